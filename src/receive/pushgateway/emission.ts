/** From pushed series to a batch. */
import { setStale, STALE_NAN } from '../../model/stale.ts'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { Rejection } from '../../signals/ingest.ts'
import { NO_HISTOGRAMS } from '../../signals/metrics.ts'
import type { MetadataRow, MetricsBatch, SeriesTable } from '../../signals/metrics.ts'
import type { PushedFamily, PushedSeries } from './group.ts'

export interface Emission {
  readonly current: readonly PushedSeries[]
  /** Series that are no more: they get a staleness marker. */
  readonly gone: readonly PushedSeries[]
  readonly metadata: readonly MetadataRow[]
  /** UnixMs. */
  readonly timestamp: number
}

const STALE_HISTOGRAM: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: STALE_NAN,
  stale: true,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

interface Resolved {
  readonly ref: number
  /** Undefined: a staleness marker. */
  readonly value: PushedSeries['value'] | undefined
}

/** The batch must be consumed in the same turn: it holds refs. */
export function toBatch(
  emission: Emission,
  table: SeriesTable,
): { batch: MetricsBatch; refused: readonly Rejection[] } {
  const samples: Resolved[] = []
  const histograms: Resolved[] = []
  const refused: Rejection[] = []
  const add = ({ labels, value }: PushedSeries, gone: boolean): void => {
    const ref = table.resolve(labels)
    if (typeof ref !== 'number') refused.push(ref)
    else (typeof value === 'number' ? samples : histograms).push({ ref, value: gone ? undefined : value })
  }
  for (const one of emission.gone) add(one, true)
  for (const one of emission.current) add(one, false)
  const batch = { ...columns(samples, histograms, emission), generation: table.generation }
  return { batch, refused }
}

function columns(
  samples: readonly Resolved[],
  histograms: readonly Resolved[],
  { timestamp, metadata }: Emission,
): Omit<MetricsBatch, 'generation'> {
  const values = new Float64Array(samples.length)
  samples.forEach(({ value }, i) => (value === undefined ? setStale(values, i) : (values[i] = value as number)))
  const refs = (rows: readonly Resolved[]): Uint32Array => Uint32Array.from(rows, ({ ref }) => ref)
  const times = (rows: readonly Resolved[]): Float64Array => new Float64Array(rows.length).fill(timestamp)
  return {
    samples: { refs: refs(samples), timestamps: times(samples), values },
    histograms:
      histograms.length === 0
        ? NO_HISTOGRAMS
        : {
            refs: refs(histograms),
            timestamps: times(histograms),
            values: histograms.map(({ value }) => (value ?? STALE_HISTOGRAM) as NativeHistogram),
          },
    exemplars: [],
    metadata,
  }
}

export function metadataOf(families: Iterable<PushedFamily>): MetadataRow[] {
  return Array.from(families, ({ name, type, help, unit }) => ({ metric: name, type, help, unit }))
}
