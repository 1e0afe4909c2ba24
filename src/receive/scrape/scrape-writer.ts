import { BongsuError, messageOf } from '../../core/errors.ts'
import type { UnixMs } from '../../core/time.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { IngestResult } from '../../signals/ingest.ts'
import { NO_HISTOGRAMS } from '../../signals/metrics.ts'
import type {
  ExemplarRow,
  HistogramColumns,
  MetadataRow,
  MetricsBatch,
  MetricsConsumer,
  SeriesRef,
  SeriesTable,
} from '../../signals/metrics.ts'
import { notAppended } from './errors.ts'
import type { PageReading } from './page-reading.ts'
import type { Reporter, ScrapeReport } from './report-series.ts'
import { Rows } from './rows.ts'
import { NO_REF } from './scrape-cache.ts'
import type { ScrapeCache } from './scrape-cache.ts'
import type { TargetMetadata } from './target-metadata.ts'

const NO_SLOTS = new Uint32Array(0)

export interface WriterDeps {
  readonly next: MetricsConsumer
  readonly tenant: TenantId
  /** Ends writes that wait, at the process's end. */
  readonly signal: AbortSignal
  readonly cache: ScrapeCache
  readonly metadata: TargetMetadata
  readonly reporter: Reporter
}

/** What was read of one scrape's page, if there was one. */
export interface PageOutcome {
  readonly reading: PageReading | undefined
  readonly good: boolean
}

/** What became of one scrape's batch. `refused`: series that the table did not take. */
export interface Written {
  readonly result: IngestResult
  readonly refused: number
}

/** Writes the scrapes of one target: one batch each, with its samples, staleness markers and report series. */
export class ScrapeWriter {
  readonly #deps: WriterDeps

  constructor(deps: WriterDeps) {
    this.#deps = deps
  }

  /** Begins a scrape. A page must be read and written in the same turn of the event loop, since it is read into refs. */
  begin(): void {
    const { next, tenant, cache } = this.#deps
    cache.begin()
    cache.renew(next.seriesTable(tenant))
  }

  /**
   * Writes what a page held, staleness markers for what it held no longer, and the report, which is asked for once the rows are
   * complete. Of a page that failed (`good` false) nothing is written; series read before it did are not stale, though. Without
   * a page every series is. Rejects with `scrape.append_failed`; what must be marked stale is remembered then.
   */
  async write({ reading, good }: PageOutcome, time: UnixMs, report: () => ScrapeReport): Promise<Written> {
    const { next, tenant, cache, metadata, reporter } = this.#deps
    const table = next.seriesTable(tenant)
    const page = good ? reading : undefined
    const refused = page?.resolve(table) ?? 0
    const tracked = reading?.tracked ?? NO_SLOTS
    const rows = page?.rows ?? new Rows(cache.alive.length + 16)
    for (const ref of this.#vanished(tracked)) rows.addStale(ref, time)
    for (const [ref, value] of reporter.rows(table, report())) rows.add(ref, time, value, 0)
    const rowsOfMetadata = page === undefined ? [] : [...metadata.changes(), ...reporter.metadata()]
    const batch = batchOf(table, rows, page, cache, rowsOfMetadata)
    const result = await this.#consume(batch, time, tracked)
    cache.stored(tracked, page !== undefined)
    if (page !== undefined) {
      metadata.stored(cache.scrape)
      reporter.stored()
    }
    return { result, refused }
  }

  /** Refs of all series that this target keeps alive. */
  *fed(): Iterable<SeriesRef> {
    const { next, tenant, cache, reporter } = this.#deps
    const table = next.seriesTable(tenant)
    cache.renew(table)
    yield* cache.aliveRefs()
    if (reporter.used) for (const ref of reporter.refs(table)) if (ref !== undefined) yield ref
  }

  /** Marks everything stale, the report series too, but those series that `elsewhere` holds: another target feeds them now. */
  async writeEnd(time: UnixMs, elsewhere: (refs: readonly SeriesRef[]) => ReadonlySet<SeriesRef>): Promise<void> {
    const { next, tenant, cache, reporter } = this.#deps
    const table = next.seriesTable(tenant)
    cache.renew(table)
    const refs = [...cache.aliveRefs(), ...reporter.refs(table).filter((ref) => ref !== undefined)]
    const others = elsewhere(refs)
    const rows = new Rows(refs.length)
    for (const ref of refs) if (!others.has(ref)) rows.addStale(ref, time)
    if (rows.count === 0) return
    await this.#consume(batchOf(table, rows, undefined, cache, []), time, NO_SLOTS)
    cache.stored(NO_SLOTS, false)
  }

  /** Series alive before that are not in this scrape. One may still be there under another spelling of its labels. */
  #vanished(tracked: Uint32Array): Iterable<SeriesRef> {
    const { alive, refs, tracked: seen, scrape } = this.#deps.cache
    const gone = new Set<SeriesRef>()
    for (let i = 0; i < alive.length; i++) {
      const slot = alive[i] as number
      const ref = refs[slot] as number
      if (ref !== NO_REF && seen[slot] !== scrape) gone.add(ref)
    }
    if (gone.size > 0) for (const slot of tracked) gone.delete(refs[slot] as number)
    return gone
  }

  async #consume(batch: MetricsBatch, receivedAt: UnixMs, tracked: Uint32Array): Promise<IngestResult> {
    const { next, tenant, signal, cache } = this.#deps
    try {
      return await next.consumeMetrics(batch, { tenant, signal, receivedAt })
    } catch (cause) {
      cache.uncertain(tracked)
      if (signal.aborted) throw signal.reason
      if (cause instanceof BongsuError) throw notAppended({ detail: messageOf(cause) }, { cause })
      throw cause
    }
  }
}

function batchOf(
  table: SeriesTable,
  rows: Rows,
  page: PageReading | undefined,
  { refs }: ScrapeCache,
  metadata: readonly MetadataRow[],
): MetricsBatch {
  const exemplars = (page?.exemplars ?? []).flatMap(({ slot, ...exemplar }): ExemplarRow[] => {
    const ref = refs[slot] as number
    return ref === NO_REF ? [] : [{ ref, ...exemplar }]
  })
  return {
    generation: table.generation,
    samples: rows.take(),
    histograms: page === undefined ? NO_HISTOGRAMS : histogramsOf(page, refs),
    exemplars,
    metadata,
  }
}

function histogramsOf({ histograms }: PageReading, refs: Uint32Array): HistogramColumns {
  if (histograms.length === 0) return NO_HISTOGRAMS
  const kept = histograms.filter(({ slot }) => refs[slot] !== NO_REF)
  const columns = {
    refs: Uint32Array.from(kept, ({ slot }) => refs[slot] as number),
    timestamps: Float64Array.from(kept, ({ timestamp }) => timestamp),
    values: kept.map(({ value }) => value),
  }
  if (!kept.some(({ start }) => start !== 0)) return columns
  return { ...columns, startTimestamps: Float64Array.from(kept, ({ start }) => start) }
}
