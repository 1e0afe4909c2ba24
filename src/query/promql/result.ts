/** The result of a query, in columns, and as rows for those who would rather have objects. */
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import { timeAt } from './eval/grid.ts'
import type { Grid } from './eval/grid.ts'
import { ABSENT, HISTOGRAM, histogramAt } from './eval/vector.ts'
import type { StepVector } from './eval/vector.ts'

export type QueryValue =
  | { readonly type: 'scalar'; readonly time: number; readonly value: number }
  | { readonly type: 'string'; readonly time: number; readonly value: string }
  /** An instant vector: one step. Rows in the result's order; none is empty. */
  | { readonly type: 'vector'; readonly time: number; readonly vector: StepVector }
  /** A range query's: rows of which none is empty, in order of their label sets, or to be taken in the `order` that is. */
  | { readonly type: 'matrix'; readonly grid: Grid; readonly vector: StepVector; readonly order?: Uint32Array }
  /** A range vector at one time: samples with the times that they really have, rows in order of their label sets. */
  | { readonly type: 'samples'; readonly series: readonly ResultSeries[] }

export interface HistogramPoint {
  readonly timestamp: number
  readonly value: NativeHistogram
}

/** One series of a result: floats and histograms apart, both in time order. */
export interface ResultSeries {
  readonly labels: LabelSet
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
  readonly histograms: readonly HistogramPoint[]
}

/** The series of a vector or a matrix, as objects: for tests, tools and small results. */
export function seriesOf(value: QueryValue): readonly ResultSeries[] {
  switch (value.type) {
    case 'vector':
      return stepRows(value.vector, { start: value.time, step: 1, count: 1 })
    case 'matrix':
      return stepRows(value.vector, value.grid, value.order)
    case 'samples':
      return value.series
    case 'scalar':
    case 'string':
      return []
  }
}

function stepRows(vector: StepVector, grid: Grid, order?: Uint32Array): ResultSeries[] {
  return Array.from({ length: vector.labels.size }, (_, at) => {
    const row = order?.[at] ?? at
    const timestamps: number[] = []
    const values: number[] = []
    const histograms: HistogramPoint[] = []
    for (let s = 0; s < grid.count; s++) {
      const cell = row * vector.steps + s
      const timestamp = timeAt(grid, s)
      if (vector.kinds[cell] === ABSENT) continue
      if (vector.kinds[cell] === HISTOGRAM) histograms.push({ timestamp, value: histogramAt(vector, cell) })
      else {
        timestamps.push(timestamp)
        values.push(vector.values[cell] as number)
      }
    }
    return { labels: vector.labels.at(row), timestamps, values, histograms }
  })
}
