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
  /** The buckets of those points, one after another; undefined when there are none. */
  readonly buckets: BucketColumns | undefined
}

/** Buckets of native histograms as columns. */
export interface BucketColumns {
  /** Which point of the grid a bucket belongs to. */
  readonly point: Int32Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly count: Float64Array
}

/** One node of an evaluated query, as `explain=true` tells it. */
export interface ExplainedNode {
  readonly text: string
  readonly kind: string
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  /** UTF-16 offsets in the query. */
  readonly start: number
  readonly end: number
  /** Absent on nodes that were not evaluated by themselves. */
  readonly series?: number
  readonly steps?: number
  readonly samples?: number
  /** With all that is below it. */
  readonly elapsedMs?: number
  readonly route?: string
  readonly children: readonly ExplainedNode[]
}

/** What the server tells beside the data. */
export interface QueryFacts {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  readonly explain: ExplainedNode | undefined
  /** Stored samples read. */
  readonly samples: number | undefined
  /** ms that the server spent. */
  readonly serverMs: number | undefined
}

/** Series over one common grid of times, as a range query gives them. */
export interface GridFrame {
  /** Unix seconds, ascending. */
  readonly times: Float64Array
  readonly series: readonly GridSeries[]
  readonly facts: QueryFacts
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
  readonly buckets?: readonly (readonly [number, string, string, string])[]
}

export interface RawSeries {
  readonly labels: Labels
  /** Unix seconds. */
  readonly times: Float64Array
  readonly values: Float64Array
  /** Samples that are native histograms, by their position; their count is the value. */
  readonly histograms: ReadonlyMap<number, HistogramSample>
}

/** A sample with labels of its own, a trace id for one, that stands for many. */
export interface Exemplar {
  readonly seriesLabels: Labels
  readonly labels: Labels
  readonly value: number
  /** Unix seconds. */
  readonly time: number
}

export interface InstantFrame {
  readonly kind: 'vector' | 'scalar' | 'string' | 'matrix'
  /** Filled for vectors and scalars. */
  readonly rows: readonly InstantRow[]
  /** Filled for range vectors: the stored samples. */
  readonly raw: readonly RawSeries[]
  readonly text: string
  readonly facts: QueryFacts
}

export interface Grid {
  /** Unix seconds, all of them. */
  readonly start: number
  readonly end: number
  readonly step: number
}
