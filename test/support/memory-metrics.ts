import type { TenantId } from '../../src/model/tenant.ts'
import { DEFAULT_TENANT } from '../../src/model/tenant.ts'
import { LabelSet } from '../../src/model/labels.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { isStale } from '../../src/model/stale.ts'
import { overloaded } from '../../src/signals/ingest.ts'
import type { IngestContext, IngestResult, Rejection } from '../../src/signals/ingest.ts'
import type {
  ExemplarRow,
  MetadataRow,
  MetricsBatch,
  MetricsConsumer,
  SeriesRef,
  SeriesTable,
} from '../../src/signals/metrics.ts'

export interface StoredSample {
  readonly timestamp: number
  readonly value: number
  /** 0 = unknown. */
  readonly startTimestamp: number
}
export interface StoredHistogram {
  readonly timestamp: number
  readonly value: NativeHistogram
  readonly startTimestamp: number
}
/** One batch as it was offered, and its rows with their label sets. */
export interface MemoryBatch {
  readonly batch: MetricsBatch
  readonly ctx: IngestContext
  readonly tenant: TenantId
  readonly samples: readonly {
    readonly labels: LabelSet
    readonly timestamp: number
    readonly value: number
    readonly stale: boolean
    readonly start: number
  }[]
  readonly histograms: readonly {
    readonly labels: LabelSet
    readonly timestamp: number
    readonly value: NativeHistogram
    readonly start: number
  }[]
  readonly exemplars: readonly (ExemplarRow & { readonly series: LabelSet })[]
  readonly metadata: readonly MetadataRow[]
}
interface StoredSeries {
  readonly labels: LabelSet
  readonly samples: StoredSample[]
  readonly histograms: StoredHistogram[]
  readonly exemplars: ExemplarRow[]
}

/** A table that numbers label sets in the order of their first use. */
export class MemorySeriesTable implements SeriesTable {
  generation = 1
  /** Refuses a label set, as a limit would. */
  refuse: (labels: LabelSet) => Rejection | undefined = () => undefined
  /** Calls of `resolve`. */
  resolved = 0
  readonly #refs = new Map<string, SeriesRef>()
  #labels: LabelSet[] = []

  resolve(labels: LabelSet): SeriesRef | Rejection {
    this.resolved++
    const refusal = this.refuse(labels)
    if (refusal !== undefined) return refusal
    const key = labels.key()
    const known = this.#refs.get(key)
    if (known !== undefined) return known
    this.#refs.set(key, this.#labels.length)
    this.#labels.push(labels)
    return this.#labels.length - 1
  }

  labelsOf(ref: SeriesRef): LabelSet {
    const labels = this.#labels[ref]
    if (labels === undefined) throw new Error(`no series has the ref ${ref}`)
    return labels
  }

  get size(): number {
    return this.#refs.size
  }

  /** Voids every ref, as a store does that forgets series. Numbers of before mean nothing: whoever uses one is found out. */
  startAnew(): void {
    this.generation++
    this.#refs.clear()
    this.#labels = []
    this.#labels.length = 1000 * this.generation
  }
}

/** A consumer that keeps everything, by tenant and label set: a real one in every respect but durability. */
export class MemoryMetrics implements MetricsConsumer {
  /** The batches that were kept, in their order. */
  readonly batches: MemoryBatch[] = []
  /** While true, batches are refused with `ingest.overloaded`. */
  full = false
  /** Awaited before a batch is acknowledged; throws to refuse it. Nothing is kept of a refused batch. */
  beforeKeep: ((batch: MetricsBatch) => Promise<void> | void) | undefined
  /** Refuses single rows, by label set and time. */
  refuseRow: (labels: LabelSet, timestamp: number) => Rejection | undefined = () => undefined
  readonly #tables = new Map<TenantId, MemorySeriesTable>()
  readonly #stored = new Map<TenantId, Map<string, StoredSeries>>()
  readonly #metadata = new Map<TenantId, Map<string, MetadataRow>>()
  #waiting: { readonly count: number; readonly wake: () => void }[] = []
  #offered = 0

  seriesTable(tenant: TenantId = DEFAULT_TENANT): MemorySeriesTable {
    let table = this.#tables.get(tenant)
    if (table === undefined) this.#tables.set(tenant, (table = new MemorySeriesTable()))
    return table
  }

  async consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    const table = this.seriesTable(ctx.tenant)
    if (batch.generation !== table.generation) throw new Error('a batch of another generation')
    // Refs are only good now; what they mean is looked up before the first await.
    const offered = remembered(batch, ctx, table)
    this.#count()
    if (this.full) throw overloaded({ queue: 'memory', limitBytes: 0 })
    if (this.beforeKeep !== undefined) await this.beforeKeep(batch)
    this.batches.push(offered)
    return this.#keep(offered)
  }

  /** Batches offered so far, refused ones too. */
  get offered(): number {
    return this.#offered
  }

  /** Resolves once `count` batches in all were offered. */
  async until(count: number): Promise<void> {
    if (this.#offered >= count) return
    await new Promise<void>((wake) => this.#waiting.push({ count, wake }))
  }

  /** The samples of the series with that name, over all batches: `{a="b"} value@timestamp`, `stale` for a marker. */
  lines(name: string, hide: readonly string[] = []): readonly string[] {
    return this.batches
      .flatMap(({ samples }) => samples)
      .filter(({ labels }) => labels.name === name)
      .map(({ labels, timestamp, value, stale }) => {
        const shown = labels.without('__name__', ...hide).toString()
        return `${shown} ${stale ? 'stale' : value}@${timestamp}`
      })
  }

  /** What is kept of one series. */
  series(labels: Readonly<Record<string, string>>, tenant: TenantId = DEFAULT_TENANT): StoredSeries | undefined {
    return this.#stored.get(tenant)?.get(LabelSet.of(labels).key())
  }

  /** All series of a tenant, in the order of their first row. */
  all(tenant: TenantId = DEFAULT_TENANT): readonly StoredSeries[] {
    return [...(this.#stored.get(tenant)?.values() ?? [])]
  }

  metadata(tenant: TenantId = DEFAULT_TENANT): Map<string, MetadataRow> {
    let rows = this.#metadata.get(tenant)
    if (rows === undefined) this.#metadata.set(tenant, (rows = new Map()))
    return rows
  }

  #count(): void {
    this.#offered++
    this.#waiting = this.#waiting.filter(({ count, wake }) => {
      if (this.#offered < count) return true
      wake()
      return false
    })
  }

  #keep({ tenant, samples, histograms, exemplars, metadata }: MemoryBatch): IngestResult {
    const refused: (Rejection & { row: number })[] = []
    const keep = (labels: LabelSet, timestamp: number, row: number, into: (series: StoredSeries) => void): void => {
      const refusal = this.refuseRow(labels, timestamp)
      if (refusal === undefined) into(this.#series(tenant, labels))
      else refused.push({ ...refusal, row })
    }
    samples.forEach(({ labels, timestamp, value, start }, row) => {
      keep(labels, timestamp, row, (series) => series.samples.push({ timestamp, value, startTimestamp: start }))
    })
    histograms.forEach(({ labels, timestamp, value, start }, i) => {
      keep(labels, timestamp, samples.length + i, (series) => {
        series.histograms.push({ timestamp, value, startTimestamp: start })
      })
    })
    for (const { series, ...row } of exemplars) this.#series(tenant, series).exemplars.push(row)
    for (const row of metadata) this.metadata(tenant).set(row.metric, row)
    const accepted = samples.length + histograms.length - refused.length
    return { accepted, rejected: refused.length, rejections: refused.slice(0, 100) }
  }

  #series(tenant: TenantId, labels: LabelSet): StoredSeries {
    let all = this.#stored.get(tenant)
    if (all === undefined) this.#stored.set(tenant, (all = new Map()))
    let series = all.get(labels.key())
    if (series === undefined) all.set(labels.key(), (series = { labels, samples: [], histograms: [], exemplars: [] }))
    return series
  }
}

function remembered(batch: MetricsBatch, ctx: IngestContext, table: MemorySeriesTable): MemoryBatch {
  const { samples, histograms } = batch
  return {
    batch,
    ctx,
    tenant: ctx.tenant,
    samples: Array.from(samples.refs, (ref, i) => ({
      labels: table.labelsOf(ref),
      timestamp: samples.timestamps[i] ?? NaN,
      value: samples.values[i] ?? NaN,
      stale: isStale(samples.values[i] ?? 0),
      start: samples.startTimestamps?.[i] ?? 0,
    })),
    histograms: histograms.values.map((value, i) => ({
      labels: table.labelsOf(histograms.refs[i] ?? -1),
      timestamp: histograms.timestamps[i] ?? NaN,
      value,
      start: histograms.startTimestamps?.[i] ?? 0,
    })),
    exemplars: batch.exemplars.map((row) => ({ ...row, series: table.labelsOf(row.ref) })),
    metadata: batch.metadata,
  }
}
