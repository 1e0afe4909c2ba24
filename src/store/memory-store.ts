/** The head alone, without log and tables: for unit tests of rules, which start and end in milliseconds. */
import type { Clock } from '../core/clock.ts'
import { Bug } from '../core/errors.ts'
import { durationMs } from '../core/time.ts'
import type { TenantId } from '../model/tenant.ts'
import type { IngestContext, IngestResult, Rejection } from '../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer, MetricsQuerier, SeriesRef, SeriesTable } from '../signals/metrics.ts'
import type { Engine } from './engine.ts'
import { headSection } from './head/config.ts'
import { Head } from './head/head.ts'
import { limitsSection } from './head/limits.ts'
import { KEPT, REPEATED } from './head/tenant-head.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { MetricsReader } from './metrics-querier.ts'

const NO_LIMITS = {
  max_global_series_per_user: 0,
  max_global_series_per_metric: 0,
  max_label_names_per_series: 0,
  max_label_name_length: 0,
  max_label_value_length: 0,
}
const MAX_TOLD = 100

/**
 * Keeps every sample, histogram and metadata row in memory for as long as it lives, of any time, in order within each series, as
 * a new Prometheus takes them. Exemplars are not kept. Tenants are apart from each other, and a new one costs next to nothing.
 */
export class MemoryStore implements MetricsConsumer {
  readonly querier: MetricsQuerier
  readonly #head: Head
  #outcomes = new Uint8Array(64)

  constructor(clock: Clock) {
    const head = { ...headSection.schema.parse({}), out_of_order_time_window: durationMs(0), max_exemplars: 0 }
    this.#head = new Head({ head, limits: limitsSection.schema.parse(NO_LIMITS) }, { clock })
    this.querier = new MetricsReader({
      clock,
      engine: NO_TABLES,
      head: this.#head,
      flushOlder: () => Promise.resolve(),
      hasStoredHistograms: () => false,
      pageBytes: 0,
    })
  }

  seriesTable(tenant: TenantId): SeriesTable {
    return this.#head.tenant(tenant)
  }

  consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    const tenant = this.#head.tenant(ctx.tenant)
    const { samples, histograms } = batch
    const count = samples.refs.length
    if (this.#outcomes.length < count) this.#outcomes = new Uint8Array(count * 2)
    tenant.takeSamples(samples, Infinity, this.#outcomes)
    const rejections = new Rejections(tenant)
    let minTime = Infinity
    for (let i = 0; i < count; i++) {
      const t = samples.timestamps[i] as number
      minTime = Math.min(minTime, t)
      rejections.note(this.#outcomes[i] as number, i, samples.refs[i] as number, t)
    }
    for (const [i, value] of histograms.values.entries()) {
      const [ref, t] = [histograms.refs[i] as number, histograms.timestamps[i] as number]
      minTime = Math.min(minTime, t)
      const outcome = tenant.takeHistogram(ref, t, value, histograms.startTimestamps?.[i] ?? 0, Infinity)
      rejections.note(outcome, count + i, ref, t)
    }
    tenant.changes.note(minTime)
    for (const row of batch.metadata) tenant.metadata.add(row)
    const { rejected, told } = rejections
    return Promise.resolve({ accepted: count + histograms.values.length - rejected, rejected, rejections: told })
  }
}

class Rejections {
  rejected = 0
  readonly told: (Rejection & { readonly row: number })[] = []
  readonly #tenant: TenantHead

  constructor(tenant: TenantHead) {
    this.#tenant = tenant
  }

  note(outcome: number, row: number, ref: SeriesRef, t: number): void {
    if (outcome === KEPT || outcome === REPEATED) return
    this.rejected++
    if (this.told.length < MAX_TOLD) this.told.push({ row, ...this.#tenant.refusalOf(outcome, ref, t) })
  }
}

/** The head has every row, so nobody asks the tables. */
const NO_TABLES: Engine = {
  name: 'no-tables',
  kind: 'embedded',
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  read: () => {
    throw new Bug('a memory store was asked for rows of tables')
  },
  write: () => Promise.reject(new Bug('a memory store was told to write tables')),
  define: () => Promise.reject(new Bug('a memory store was told to define tables')),
}
