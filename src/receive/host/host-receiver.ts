import { every } from '../../core/clock.ts'
import type { Clock } from '../../core/clock.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import type { DurationMs } from '../../core/time.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { NO_HISTOGRAMS } from '../../signals/metrics.ts'
import type { MetadataRow, MetricsConsumer, SeriesRef } from '../../signals/metrics.ts'
import { makeCollectors } from './collectors.ts'
import { single } from './family.ts'
import type { Collector, HostFamily, HostRoots } from './family.ts'

export interface HostReceiverOptions extends HostRoots {
  readonly interval: DurationMs
  readonly job: string
  readonly instance: string
}

export interface HostReceiverDeps {
  readonly next: MetricsConsumer
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Reads the host every `interval` and hands the metrics on, for the default tenant. */
export class HostReceiver implements Component {
  readonly name = 'host-metrics'
  readonly #options: HostReceiverOptions
  readonly #deps: HostReceiverDeps
  readonly #failures: Counter<'collector'>
  readonly #collectors: Readonly<Record<string, Collector>>
  /** Of the series of the last interval. */
  #refs = new Map<string, SeriesRef>()
  #generation = -1
  #abort = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: HostReceiverOptions, deps: HostReceiverDeps) {
    this.#options = options
    this.#deps = deps
    this.#collectors = makeCollectors(deps)
    this.#failures = deps.telemetry.counter({
      name: 'bongsu_host_collector_failures_total',
      help: 'Topics of the host that could not be read.',
      labels: ['collector'],
    })
  }

  async start(): Promise<void> {
    this.#abort = new AbortController()
    this.#running = (async () => {
      await this.#tick()
      await every(this.#deps.clock, this.#options.interval, this.#abort.signal, () => this.#tick())
    })()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('host metrics are stopped'))
    await this.#running
  }

  async #tick(): Promise<void> {
    try {
      const now = this.#deps.clock.now()
      const families = await this.collect()
      const batch = this.#batch(families, now)
      await this.#deps.next.consumeMetrics(batch, {
        tenant: DEFAULT_TENANT,
        signal: this.#abort.signal,
        receivedAt: now,
      })
    } catch (error) {
      if (this.#abort.signal.aborted) return
      this.#failures.inc(1, { collector: 'all' })
      const isTold = error instanceof BongsuError && error.retry // by the store, once for all receivers
      this.#deps.log[isTold ? 'debug' : 'warn']('host metrics of this interval are lost', { reason: messageOf(error) })
    }
  }

  /** All families of all topics; a topic that fails is told by node_scrape_collector_success. */
  async collect(): Promise<readonly HostFamily[]> {
    const families: HostFamily[] = []
    const success: [collector: string, ok: boolean, seconds: number][] = []
    for (const [collector, read] of Object.entries(this.#collectors)) {
      const start = this.#deps.clock.monotonic()
      try {
        families.push(...(await read(this.#options)))
        success.push([collector, true, (this.#deps.clock.monotonic() - start) / 1000])
      } catch (error) {
        this.#failures.inc(1, { collector })
        this.#deps.log.debug('a topic of the host can not be read', { collector, reason: messageOf(error) })
        success.push([collector, false, (this.#deps.clock.monotonic() - start) / 1000])
      }
    }
    const each = (pick: (row: (typeof success)[number]) => number): HostFamily['samples'] =>
      success.map((row) => ({ labels: { collector: row[0] }, value: pick(row) }))
    families.push(
      {
        name: 'node_scrape_collector_success',
        type: 'gauge',
        help: '1 when the topic was read.',
        samples: each((row) => (row[1] ? 1 : 0)),
      },
      {
        name: 'node_scrape_collector_duration_seconds',
        type: 'gauge',
        help: 'Time to read the topic.',
        samples: each((row) => row[2]),
      },
      single('node_time_seconds', 'gauge', 'The time of the host, in Unix seconds.', this.#deps.clock.now() / 1000),
      single('up', 'gauge', '1: the host was read.', 1),
    )
    return families
  }

  #batch(families: readonly HostFamily[], now: number): Parameters<MetricsConsumer['consumeMetrics']>[0] {
    const table = this.#deps.next.seriesTable(DEFAULT_TENANT)
    const known = table.generation === this.#generation ? this.#refs : new Map<string, SeriesRef>()
    this.#generation = table.generation
    this.#refs = new Map() // what an interval does not name any more is forgotten
    const refs: SeriesRef[] = []
    const values: number[] = []
    for (const { name, samples } of families) {
      for (const { labels, value } of samples) {
        const ref = this.#resolve(name, labels, known)
        if (ref === undefined) continue
        refs.push(ref)
        values.push(value)
      }
    }
    const metadata = families.map(({ name, type, help }): MetadataRow => ({ metric: name, type, help, unit: '' }))
    return {
      generation: this.#generation,
      samples: {
        refs: Uint32Array.from(refs),
        timestamps: new Float64Array(refs.length).fill(now),
        values: Float64Array.from(values),
      },
      histograms: NO_HISTOGRAMS,
      exemplars: [],
      metadata,
    }
  }

  #resolve(
    name: string,
    labels: Readonly<Record<string, string>>,
    known: ReadonlyMap<string, SeriesRef>,
  ): SeriesRef | undefined {
    const key = `${name}\u0000${Object.values(labels).join('\u0000')}`
    const { job, instance } = this.#options
    const found =
      known.get(key) ??
      this.#deps.next
        .seriesTable(DEFAULT_TENANT)
        .resolve(LabelSet.of({ ...labels, job, instance, [METRIC_NAME]: name }))
    if (typeof found !== 'number') {
      this.#deps.log.warn('a series of the host was refused', { code: found.code, reason: found.message })
      return undefined
    }
    this.#refs.set(key, found)
    return found
  }
}
