import type { LabelSet } from '../../src/model/labels.ts'
import { isStale } from '../../src/model/stale.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import { overloaded } from '../../src/signals/ingest.ts'
import type { IngestContext, IngestResult } from '../../src/signals/ingest.ts'
import type { ExemplarRow, MetadataRow, MetricsBatch, MetricsConsumer } from '../../src/signals/metrics.ts'
import { MemorySeriesTable } from './memory-metrics.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'

export interface RecordedSample {
  readonly labels: LabelSet
  readonly timestamp: number
  readonly value: number
  readonly stale: boolean
  readonly start: number
}
export interface RecordedBatch {
  readonly tenant: TenantId
  readonly samples: readonly RecordedSample[]
  readonly histograms: readonly {
    readonly labels: LabelSet
    readonly timestamp: number
    readonly value: NativeHistogram
  }[]
  readonly exemplars: readonly (ExemplarRow & { readonly series: LabelSet })[]
  readonly metadata: readonly MetadataRow[]
}

/** A consumer that remembers its batches one by one, and can be waited for. */
export class BatchRecorder implements MetricsConsumer {
  readonly batches: RecordedBatch[] = []
  /** While true, batches are refused with `ingest.overloaded`. */
  full = false
  readonly #tables = new Map<TenantId, MemorySeriesTable>()
  #waiting: { readonly count: number; readonly wake: () => void }[] = []
  #offered = 0

  seriesTable(tenant: TenantId): MemorySeriesTable {
    let table = this.#tables.get(tenant)
    if (table === undefined) {
      table = new MemorySeriesTable()
      this.#tables.set(tenant, table)
    }
    return table
  }

  consumeMetrics(batch: MetricsBatch, { tenant }: IngestContext): Promise<IngestResult> {
    this.#offered++
    const table = this.seriesTable(tenant)
    if (batch.generation !== table.generation) throw new Error('batch of another generation')
    if (!this.full) this.batches.push(remembered(batch, tenant, table))
    this.#waiting = this.#waiting.filter(({ count, wake }) => {
      if (this.#offered < count) return true
      wake()
      return false
    })
    if (this.full) return Promise.reject(overloaded({ queue: 'memory', limitBytes: 0 }))
    const accepted = batch.samples.refs.length + batch.histograms.refs.length
    return Promise.resolve({ accepted, rejected: 0, rejections: [] })
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
}

function remembered(batch: MetricsBatch, tenant: TenantId, table: MemorySeriesTable): RecordedBatch {
  const { samples, histograms } = batch
  return {
    tenant,
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
    })),
    exemplars: batch.exemplars.map((row) => ({ ...row, series: table.labelsOf(row.ref) })),
    metadata: batch.metadata,
  }
}
