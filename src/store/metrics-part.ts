import type { Pin } from './head/head.ts'
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

/** What one write brought in: durable in the log, on its way to the tables. Refs hold as long as `pin` does. */
export interface MetricsPart {
  readonly tenant: TenantHead
  readonly pin: Pin
  readonly refs: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
  readonly histograms: readonly PartHistogram[]
  readonly exemplars: readonly PartExemplar[]
  readonly metadata: readonly MetadataRow[]
  /** Series that the log learned of with this write. */
  readonly defined: readonly SeriesRef[]
  /** The oldest sample or histogram, Infinity when none. */
  readonly minTime: number
}
