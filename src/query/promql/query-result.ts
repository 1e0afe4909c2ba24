/** What a query answers: in columns, metric names already dropped where they are to be. */
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Grid } from './eval/grid.ts'
import type { StepVector } from './eval/vector.ts'

/** `rows` are the rows to print, in that order; absent = all as they come. Rows without a sample are left out. */
export type QueryResult =
  | { readonly type: 'vector'; readonly time: number; readonly vector: StepVector; readonly rows?: Uint32Array }
  | { readonly type: 'matrix'; readonly grid: Grid; readonly vector: StepVector; readonly rows?: Uint32Array }
  /** A matrix whose series have times of their own: a range selector. */
  | { readonly type: 'samples'; readonly series: readonly SampleRow[] }
  | { readonly type: 'scalar'; readonly time: number; readonly value: number }
  | { readonly type: 'string'; readonly time: number; readonly value: string }

/** One series in order of time, without staleness markers. */
export interface SampleRow {
  readonly labels: LabelSet
  readonly times: Float64Array
  readonly values: Float64Array
  readonly histograms: readonly { readonly timestamp: number; readonly value: NativeHistogram }[]
}
