/** How functions over range vectors see samples: one series at a time, with the windows of all steps. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { LabelSet } from '../../../model/labels.ts'
import type { LabelColumns } from '../../../signals/metrics.ts'
import type { Call } from '../syntax/ast.ts'
import type { Evaluation } from '../eval/context.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'

/** The samples of one series, in order of time, staleness markers left out. Columns are shared and read only. */
export interface WindowedSeries {
  /** Float sample i (0 <= i < count) has its time at `times[timeFrom + i]` and its value at `values[from + i]`. */
  readonly times: Float64Array
  readonly timeFrom: number
  readonly values: Float64Array
  readonly from: number
  readonly count: number
  /** It is known that no value is less than the one before it. */
  readonly rises?: boolean
  /** UnixMs at `starts[from + i]`, 0 = unknown; undefined when none is known or start timestamps are not used. */
  readonly starts: Float64Array | undefined
  /** Native histograms, in order of time; empty for nearly all series. */
  readonly histograms: readonly HistogramSample[]
  /** For annotations that name the metric; builds the label set when asked. */
  readonly labels: () => LabelSet
}

export interface HistogramSample {
  readonly t: number
  readonly value: NativeHistogram
  /** UnixMs, 0 = unknown. */
  readonly start: number
}

/**
 * The window of each step: `(end - range, end]`. Two series with the same timestamps share one of these, so what a kernel
 * derives from times alone can be kept with it (WeakMap or `memo`).
 */
export interface Windows {
  readonly steps: number
  /** ms. */
  readonly range: number
  /** UnixMs of the end of step s's window: the step's time, or what `@` and `offset` make of it. */
  readonly ends: Float64Array
  /** Float samples in step s's window: `[lo[s], hi[s])`, as indices i of `WindowedSeries`. */
  readonly lo: Int32Array
  readonly hi: Int32Array
  /** The same for `histograms`: made for the series at hand, undefined when it has none. */
  readonly histogramLo: Int32Array | undefined
  readonly histogramHi: Int32Array | undefined
  /** A place for what a kernel computes from the times once and uses for all series that share them. */
  memo: unknown
}

/** Scalar arguments of the call, as one number a step, in the order of the arguments; the range vector's place is undefined. */
export type ScalarArgs = readonly (Float64Array | undefined)[]

/**
 * Writes one row of `out`: cell `row * out.steps + s` for each step s; a cell that is not written stays absent. Is called for
 * one series after the other.
 */
export type RangeKernel = (
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  args: ScalarArgs,
  call: Call,
  evaluation: Evaluation,
) => void

export interface RangeFunctionEntry {
  readonly kernel: RangeKernel
  /** As for other functions; last_over_time and first_over_time keep it. */
  readonly name: 'drop' | 'keep'
  /**
   * Selectors that may be its argument beside plain ones: then the samples reach further than the window (one lookback before
   * it, with smoothed one after it too), and `lo`/`hi` tell the wider window; `range` and `ends` stay those of the query.
   */
  readonly extents?: readonly Extent[]
  /** Start timestamps are wanted when the dialect uses them. They are not handed on by subqueries. */
  readonly starts?: true
  /** Looks at the whole table once all series have been written (for annotations). `selected` has the labels before names are dropped. */
  readonly inspect?: (selected: LabelColumns, out: StepVector, call: Call, evaluation: Evaluation) => void
  /** All series are written into row 0 of a table of one row, even when there is no series; this makes the result of it. */
  readonly reduce?: (row: StepVector, call: Call) => StepVector
}

export type Extent = 'anchored' | 'smoothed'

export type RangeFunctionTable = Readonly<Record<string, RangeFunctionEntry>>
