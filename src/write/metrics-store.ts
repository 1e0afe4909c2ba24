/** Everything between receivers and queries for metrics, put together: head, log, road to the tables, reader. */
import { setImmediate } from 'node:timers/promises'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { every } from '../core/clock.ts'
import type { Component } from '../core/lifecycle.ts'
import type { Log } from '../core/log.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { messageOf } from '../core/errors.ts'
import { durationMs } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import type { MetricsConsumer, MetricsQuerier } from '../signals/metrics.ts'
import type { Engine } from '../store/engine.ts'
import { Flusher } from '../store/flusher.ts'
import { CELL_BYTES, CELL_VALUES } from '../store/head/cells.ts'
import type { HeadConfig } from '../store/head/config.ts'
import { Head } from '../store/head/head.ts'
import type { LimitsConfig } from '../store/head/limits.ts'
import type { MetricsPart } from '../store/metrics-part.ts'
import { MetricsReader } from '../store/metrics-querier.ts'
import { restoreHead } from '../store/metrics-restore.ts'
import { SampleSorter } from '../store/sample-order.ts'
import { writeSegment } from '../store/segment-writer.ts'
import { replaySegment } from '../store/wal-replay.ts'
import { listSegments, removeSegment } from '../store/wal/segment.ts'
import { Wal } from '../store/wal/wal.ts'
import type { SealedSegment } from '../store/wal/wal.ts'
import { MetricsWriter } from './metrics-writer.ts'
import { StoreMetrics } from './store-metrics.ts'
import { WriteMetrics } from './write-metrics.ts'

const UPKEEP = durationMs(2_000)
/** The head's memory beside which so much smaller a one holds samples of the tables that were asked for lately. */
const PAGE_SHARE = 4
const SEAL_CHECK = durationMs(1_000)
/** A start reads no more than this many samples back, so that it takes seconds. */
const MAX_RESTORED = 10_000_000

export interface MetricsStoreOptions {
  readonly head: HeadConfig
  readonly limits: LimitsConfig
  /** Folder of the log; made when missing. One process at a time. */
  readonly walFolder: string
}

export interface MetricsStoreDeps {
  /** Started before this store, stopped after it, its schema migrated. */
  readonly engine: Engine
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/**
 * Nothing is taken in or answered before `start` resolves: it reads recent rows back from the tables, then what an earlier
 * process left in the log. `stop` refuses writes, and writes what is acknowledged to the tables as far as the deadline lets it;
 * the rest stays in the log for the next start.
 */
export class MetricsStore implements Component {
  readonly name = 'metrics-store'
  readonly head: Head
  readonly #options: MetricsStoreOptions
  readonly #deps: MetricsStoreDeps
  readonly #wal: Wal<MetricsPart>
  readonly #flusher: Flusher<SealedSegment<MetricsPart>>
  readonly #writer: MetricsWriter
  readonly #reader: MetricsReader
  readonly #metrics: StoreMetrics
  readonly #sorter = new SampleSorter()
  readonly #histogramTenants = new Set<string>()
  readonly #life = new AbortController()
  #upkeep: Promise<unknown> | undefined

  constructor(options: MetricsStoreOptions, deps: MetricsStoreDeps) {
    this.#options = options
    this.#deps = deps
    const { engine, clock, log, telemetry } = deps
    const writeMetrics = new WriteMetrics(telemetry)
    this.#metrics = new StoreMetrics(telemetry)
    this.head = new Head(
      { head: options.head, limits: options.limits },
      { clock, onSeriesRefused: (code) => writeMetrics.seriesRefused(code) },
    )
    this.#wal = new Wal<MetricsPart>(
      { folder: options.walFolder, segmentBytes: options.head.flush_bytes },
      {
        clock,
        onSealed: (segment) => this.#flusher.add(segment),
        onRefused: (parts) => this.#writer.undo(parts),
        onSynced: (seconds) => this.#metrics.synced(seconds),
      },
    )
    this.#flusher = new Flusher({
      clock,
      log,
      write: (segment, signal, isRetry) => this.#write(segment, signal, isRetry),
      release: (segment) => this.#release(segment),
    })
    this.#writer = new MetricsWriter(
      { maxPendingBytes: options.head.max_pending_bytes },
      {
        head: this.head,
        wal: this.#wal,
        clock,
        flushingBytes: () => this.#flusher.bytes,
        metrics: writeMetrics,
      },
    )
    this.#reader = new MetricsReader({
      engine,
      clock,
      head: this.head,
      flushOlder: (before, signal) => this.#flushOlder(before, signal),
      hasStoredHistograms: (tenant) => this.#histogramTenants.has(tenant),
      pageBytes: options.head.max_bytes / PAGE_SHARE,
    })
    this.#metrics.read(this.head, { walBytes: () => this.#wal.bytes, flushingBytes: () => this.#flusher.bytes })
  }

  get consumer(): MetricsConsumer {
    return this.#writer
  }

  get querier(): MetricsQuerier {
    return this.#reader
  }

  async start(signal: AbortSignal): Promise<void> {
    const { engine, clock, log } = this.#deps
    const deps = { head: this.head, engine, log }
    const { head, walFolder } = this.#options
    const started = clock.monotonic()
    const left = await listSegments(walFolder)
    const maxSamples = Math.min(MAX_RESTORED, ((head.max_bytes / 2) * CELL_VALUES) / CELL_BYTES)
    const restored = await restoreHead(
      this.head,
      engine,
      { now: clock.now(), maxAge: head.max_age, maxSamples },
      signal,
    )
    for (const tenant of restored.histogramTenants) this.#histogramTenants.add(tenant)
    let replayed = 0
    for (const segment of left) {
      signal.throwIfAborted()
      const { segment: sealed, rows } = await replaySegment(segment, deps, signal)
      replayed += rows
      if (sealed.parts.length === 0) await removeSegment(sealed.path)
      else this.#flusher.add(sealed)
      await setImmediate()
    }
    this.#wal.open((left.at(-1)?.sequence ?? 0) + 1)
    this.#upkeep = Promise.all([
      this.#repeat(UPKEEP, () => this.head.maintain(this.#life.signal)),
      this.#repeat(SEAL_CHECK, () => this.#wal.sealOlder(head.flush_interval)),
    ])
    const ms = Math.round(clock.monotonic() - started)
    log.info('metrics are ready', { series: restored.series, samples: restored.samples, replayed, ms })
  }

  async stop(deadline: AbortSignal): Promise<void> {
    await this.#wal.close()
    await this.#flusher.stop(deadline)
    this.#life.abort()
    await this.#upkeep
    this.#upkeep = undefined
  }

  /** Writes all that is acknowledged to the tables; rejects when they refuse. For tools and tests. */
  async flush(): Promise<void> {
    await this.#wal.seal()
    await this.#flusher.flushed()
  }

  /** A fault in one round is logged, and the next round comes all the same. */
  #repeat(interval: DurationMs, work: () => Promise<void>): Promise<void> {
    return every(this.#deps.clock, interval, this.#life.signal, async () => {
      try {
        await work()
      } catch (error) {
        this.#deps.log.error('the upkeep of metrics failed', { error: messageOf(error) })
      }
    })
  }

  async #write(segment: SealedSegment<MetricsPart>, signal: AbortSignal, isRetry: boolean): Promise<void> {
    const started = this.#deps.clock.monotonic()
    const { engine, clock } = this.#deps
    const rows = await writeSegment(
      segment,
      {
        mayBeStored: isRetry || segment.isLeft,
        engine,
        clock,
        sorter: this.#sorter,
        onSeries: (added) => this.#reader.seriesAdded(added),
        onSamples: (added) => this.#reader.samplesAdded(added),
      },
      signal,
    )
    for (const { tenant, histograms } of segment.parts) {
      if (histograms.length > 0) this.#histogramTenants.add(tenant.tenant)
    }
    this.#metrics.flushed(rows, (this.#deps.clock.monotonic() - started) / 1000)
  }

  async #release({ path, parts }: SealedSegment<MetricsPart>): Promise<void> {
    for (const { release } of parts) release()
    await removeSegment(path)
  }

  // Rows in the head need no table: only those older than its watermark are missing there.
  async #flushOlder(before: number, signal: AbortSignal): Promise<void> {
    const isOlder = ({ minTime }: MetricsPart): boolean => minTime < before
    const isWaiting =
      this.#wal.openParts.some(isOlder) || this.#flusher.pending.some(({ parts }) => parts.some(isOlder))
    if (!isWaiting) return
    await this.flush()
    signal.throwIfAborted()
  }
}

/** The log's folder beside an embedded store's data. */
export function walFolderOf(storePath: string): string {
  return join(storePath, 'wal', 'metrics')
}
