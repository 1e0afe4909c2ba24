/**
 * Functions over range vectors: each series' samples go through the function's kernel with the windows of all steps. Windows
 * depend on the timestamps alone, so series that were sampled at the same times share them.
 */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { LabelSet } from '../../../model/labels.ts'
import { isStale } from '../../../model/stale.ts'
import type { SampleBlock } from '../../../signals/metrics.ts'
import type { HistogramSample, RangeFunctionEntry, ScalarArgs, WindowedSeries, Windows } from '../functions/range-contract.ts'
import type { Call, MatrixSelector } from '../syntax/ast.ts'
import type { Evaluation } from './context.ts'
import { leafStream } from './instant-leaf.ts'
import type { BlockRows } from './instant-leaf.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import type { RowStream } from './stream.ts'
import type { StepTable } from './vector.ts'
import { windowShape, windowsOf, withHistograms } from './windows.ts'
import type { WindowShape } from './windows.ts'

/** A call of a range function, with all that is known of it but the range vector. */
export interface RangeCall {
  readonly call: Call
  readonly entry: RangeFunctionEntry
  readonly args: ScalarArgs
}

/** The function's rows over a selector. */
export async function streamRange(matrix: MatrixSelector, call: RangeCall, evaluation: Evaluation): Promise<RowStream> {
  const { grid, dialect, querier, ctx } = evaluation
  const { selector, window } = matrix
  const ends = referenceTimes(grid, { at: selector.at as number | undefined, offset: selector.offset })
  const shape = windowShape(ends, window, selector.extent, dialect.lookbackDelta)
  const range = neededRange(ends, window + shape.before, shape.after)
  const starts = dialect.useStartTimestamps && call.entry.starts === true
  const selection = await querier.select(selector.matchers, range, { starts }, ctx)
  const run = new WindowRun(call, shape, evaluation)
  const labelsAt = (row: number): LabelSet => selection.labels.at(row)
  return leafStream(selector, selection, (block) => new WindowedRows(block, labelsAt, run), evaluation)
}

/** One call's kernel over series after series; keeps the windows of the last timestamps that it saw. */
export class WindowRun {
  readonly #call: RangeCall
  readonly #shape: WindowShape
  readonly #evaluation: Evaluation
  #windows: Windows | undefined
  #times: Float64Array | undefined
  #timeFrom = -1
  #count = -1

  constructor(call: RangeCall, shape: WindowShape, evaluation: Evaluation) {
    this.#call = call
    this.#shape = shape
    this.#evaluation = evaluation
  }

  /** Columns that are the same arrays hold the same as in the call before, unless `fresh` was called in between. */
  write(series: WindowedSeries, table: StepTable, row: number): void {
    const { entry, call, args } = this.#call
    const windows = this.#windowsOf(series)
    const { histograms } = series
    const bounded = histograms.length === 0 ? windows : withHistograms(windows, histograms, this.#shape)
    entry.kernel(series, bounded, table, row, args, call, this.#evaluation)
  }

  /** The columns that follow are others, even if they are the same arrays. */
  fresh(): void {
    this.#windows = undefined
  }

  #windowsOf({ times, timeFrom, count }: WindowedSeries): Windows {
    const isSame = times === this.#times && timeFrom === this.#timeFrom && count === this.#count
    if (this.#windows === undefined || !isSame) {
      this.#windows = windowsOf(times, timeFrom, count, this.#shape)
      this.#times = times
      this.#timeFrom = timeFrom
      this.#count = count
    }
    return this.#windows
  }
}

const NO_HISTOGRAMS: readonly HistogramSample[] = []

/** The series of a block, without staleness markers. */
class WindowedRows implements BlockRows {
  readonly #block: SampleBlock
  readonly #labelsAt: (row: number) => LabelSet
  readonly #run: WindowRun

  constructor(block: SampleBlock, labelsAt: (row: number) => LabelSet, run: WindowRun) {
    this.#block = block
    this.#labelsAt = labelsAt
    this.#run = run
    run.fresh()
  }

  write(i: number, table: StepTable, row: number): void {
    const { rows, offsets, timeOffsets, times, values, starts, hasNaN } = this.#block
    const from = offsets[i] as number
    const series: WindowedSeries = {
      times,
      timeFrom: timeOffsets[i] as number,
      values,
      from,
      count: (offsets[i + 1] as number) - from,
      starts,
      histograms: this.#histograms(i),
      labels: () => this.#labelsAt(rows[i] as number),
    }
    this.#run.write(hasNaN ? withoutMarkers(series) : series, table, row)
  }

  #histograms(i: number): readonly HistogramSample[] {
    const { histograms } = this.#block
    if (histograms === undefined) return NO_HISTOGRAMS
    const found: HistogramSample[] = []
    for (let k = histograms.offsets[i] as number; k < (histograms.offsets[i + 1] as number); k++) {
      const value = histograms.values[k] as NativeHistogram
      if (!value.stale) found.push({ t: histograms.timestamps[k] as number, value, start: histograms.starts[k] as number })
    }
    return found
  }
}

/** The series itself when it has none. */
function withoutMarkers(series: WindowedSeries): WindowedSeries {
  const { times, timeFrom, values, from, count, starts } = series
  let live = 0
  for (let k = 0; k < count; k++) if (!isStale(values[from + k] as number)) live++
  if (live === count) return series
  const kept = { times: new Float64Array(live), values: new Float64Array(live), starts: starts && new Float64Array(live) }
  let to = 0
  for (let k = 0; k < count; k++) {
    const value = values[from + k] as number
    if (isStale(value)) continue
    kept.times[to] = times[timeFrom + k] as number
    kept.values[to] = value
    if (kept.starts !== undefined) kept.starts[to] = starts?.[from + k] as number
    to++
  }
  return { ...series, ...kept, timeFrom: 0, from: 0, count: live }
}
