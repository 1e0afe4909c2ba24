/** Query results as columns: labels once a series, numbers in typed arrays. `[t, "v"]` pairs never leave decode.ts. */

export type Labels = Readonly<Record<string, string>>

export interface GridSeries {
  readonly labels: Labels
  /** One value a grid point; NaN where `present` is 0. */
  readonly values: Float64Array
  /** 1 where the series has a sample. A sample may be NaN itself. */
  readonly present: Uint8Array
  /** Points that hold a native histogram, whose count is taken as the value. */
  readonly histograms: number
}

/** Series over one common grid of times, as a range query gives them. */
export interface GridFrame {
  /** Unix seconds, ascending. */
  readonly times: Float64Array
  readonly series: readonly GridSeries[]
  readonly warnings: readonly string[]
}

/** One series of an instant answer. */
export interface InstantRow {
  readonly labels: Labels
  /** Unix seconds. */
  readonly time: number
  readonly value: number
  readonly histogram?: HistogramSample
}

export interface HistogramSample {
  readonly count: string
  readonly sum: string
  /** `[boundaries, left, right, count]` as the API gives them. */
  readonly buckets: readonly (readonly [number, string, string, string])[]
}

export interface RawSeries {
  readonly labels: Labels
  /** Unix seconds. */
  readonly times: Float64Array
  readonly values: Float64Array
}

export interface InstantFrame {
  readonly kind: 'vector' | 'scalar' | 'string' | 'matrix'
  /** Filled for vectors and scalars. */
  readonly rows: readonly InstantRow[]
  /** Filled for range vectors: the stored samples. */
  readonly raw: readonly RawSeries[]
  readonly text: string
  readonly warnings: readonly string[]
}

export interface Grid {
  /** Unix seconds, all of them. */
  readonly start: number
  readonly end: number
  readonly step: number
}
