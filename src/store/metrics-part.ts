import type { TenantHead } from './head/tenant-head.ts'
import type { StoredExemplar } from './head/exemplars.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { MetadataRow, SeriesRef } from '../signals/metrics.ts'

export interface PartHistogram {
  readonly ref: SeriesRef
  readonly timestamp: number
  readonly start: number
  readonly value: NativeHistogram
}

export interface PartExemplar {
  readonly ref: SeriesRef
  readonly stored: StoredExemplar
}

/** What one write brought in: durable in the log, on its way to the tables. */
export interface MetricsPart {
  readonly tenant: TenantHead
  /** To be called once, when the rows are in the tables or were refused: labels behind the refs, and columns, last until then. */
  readonly release: () => void
  readonly refs: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
  readonly histograms: readonly PartHistogram[]
  readonly exemplars: readonly PartExemplar[]
  readonly metadata: readonly MetadataRow[]
  /** Series that the log learned of with this write. */
  readonly defined: readonly SeriesRef[]
  /** Times of the oldest and the newest row, Infinity and -Infinity when there is none. Histograms count for `minTime`. */
  readonly minTime: number
  readonly maxTime: number
}

/** Smallest and largest of a column; Infinity and -Infinity when it is empty. */
export function extremes(column: Float64Array): { readonly min: number; readonly max: number } {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}
