/** Brings the series of a script into a real store. */
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { isStale, setStale } from '../../../src/model/stale.ts'
import type { TenantId } from '../../../src/model/tenant.ts'
import type { MetricsBatch, MetricsConsumer, SeriesTable } from '../../../src/signals/metrics.ts'
import { ingest } from '../../support/metrics-store.ts'
import { customHistograms } from './custom-histograms.ts'
import type { LoadCommand, LoadedSample, LoadedSeries } from './script.ts'

/** Throws when a row is refused. */
export async function load(consumer: MetricsConsumer, command: LoadCommand, tenant: TenantId): Promise<void> {
  const series = command.withNhcb ? [...command.series, ...customHistograms(command.series)] : command.series
  const { rejected, rejections } = await consumer.consumeMetrics(
    batchOf(series, consumer.seriesTable(tenant)),
    ingest(tenant),
  )
  if (rejected > 0) throw new Error(`${rejected} samples were refused: ${rejections[0]?.message}`)
}

interface Row<T> {
  readonly ref: number
  readonly sample: LoadedSample
  readonly value: T
}

function batchOf(series: readonly LoadedSeries[], table: SeriesTable): MetricsBatch {
  const floats: Row<number>[] = []
  const histograms: Row<NativeHistogram>[] = []
  for (const { labels, samples } of series) {
    const ref = table.resolve(labels)
    if (typeof ref !== 'number') throw new Error(ref.message)
    for (const sample of samples) {
      const { value } = sample
      if (typeof value === 'number') floats.push({ ref, sample, value })
      else histograms.push({ ref, sample, value })
    }
  }
  return {
    generation: table.generation,
    samples: { ...columnsOf(floats), values: valuesOf(floats) },
    histograms: { ...columnsOf(histograms), values: histograms.map(({ value }) => value) },
    exemplars: [],
    metadata: [],
  }
}

function columnsOf(rows: readonly Row<unknown>[]): {
  refs: Uint32Array
  timestamps: Float64Array
  startTimestamps?: Float64Array
} {
  const refs = Uint32Array.from(rows, ({ ref }) => ref)
  const timestamps = Float64Array.from(rows, ({ sample }) => sample.timestamp)
  if (rows.every(({ sample }) => sample.start === 0)) return { refs, timestamps }
  return { refs, timestamps, startTimestamps: Float64Array.from(rows, ({ sample }) => sample.start) }
}

function valuesOf(rows: readonly Row<number>[]): Float64Array {
  const values = new Float64Array(rows.length)
  for (const [i, { value }] of rows.entries()) {
    if (isStale(value)) setStale(values, i)
    else values[i] = value
  }
  return values
}
