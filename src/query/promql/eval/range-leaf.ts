/**
 * Functions over range vectors: each series' samples go through the function's kernel with the windows of all steps. Windows
 * depend on the timestamps alone, so series that were sampled at the same times share them.
 */
import { Bug } from '../../../core/errors.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { LabelSet } from '../../../model/labels.ts'
import { isStale } from '../../../model/stale.ts'
import type { SampleBlock } from '../../../signals/metrics.ts'
import type {
  HistogramSample,
  RangeFunctionEntry,
  ScalarArgs,
  WindowedSeries,
  Windows,
} from '../functions/range-contract.ts'
import type { Call, MatrixSelector } from '../syntax/ast.ts'
import { wantedWindows } from '../plan/pushdown.ts'
import { ByTimes } from './by-times.ts'
import type { Evaluation } from './context.ts'
import { leafStream } from './instant-leaf.ts'
import type { BlockRows } from './instant-leaf.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import type { WindowTally } from './sample-tally.ts'
import { mapStream } from './stream.ts'
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
  const windows = wantedWindows(ends, window + shape.before, shape.after)
  const selection = await querier.select(selector.matchers, range, { starts, windows }, ctx)
  const tally = evaluation.tally?.windows({ isStored: true, isFixed: selector.at !== undefined })
  const run = new WindowRun(call, shape, evaluation, tally)
  const labelsAt = (row: number): LabelSet => selection.labels.at(row)
  const stream = leafStream(selector, selection, new WindowedRows(labelsAt, run), evaluation)
  if (tally === undefined) return stream
  return mapStream(stream, stream.distinctNameless, (part) => {
    tally.results(part)
    return part
  })
}

/** One call's kernel over series after series; series with the same timestamps get the same windows. */
export class WindowRun {
  readonly #call: RangeCall
  readonly #shape: WindowShape
  readonly #evaluation: Evaluation
  readonly #tally: WindowTally | undefined
  readonly #windows = new ByTimes<Windows>()

  constructor(call: RangeCall, shape: WindowShape, evaluation: Evaluation, tally: WindowTally | undefined) {
    this.#call = call
    this.#shape = shape
    this.#evaluation = evaluation
    this.#tally = tally
  }

  /** See `ByTimes`. */
  begin(generation: number): void {
    this.#windows.begin(generation)
  }

  /** `ownTimes`: the times are this series' alone, and not at a place among those of others. */
  write(series: WindowedSeries, table: StepTable, row: number, ownTimes: boolean): void {
    const { entry, call, args } = this.#call
    const { times, timeFrom, count, histograms } = series
    const make = (): Windows => windowsOf(times, timeFrom, count, this.#shape)
    const windows = ownTimes ? make() : this.#windows.get(timeFrom, count, make)
    const bounded = histograms.length === 0 ? windows : withHistograms(windows, histograms, this.#shape)
    this.#tally?.add(series, bounded)
    entry.kernel(series, bounded, table, row, args, call, this.#evaluation)
  }
}

const NO_HISTOGRAMS: readonly HistogramSample[] = []

/** The series of a block, without staleness markers. */
class WindowedRows implements BlockRows {
  readonly #labelsAt: (row: number) => LabelSet
  readonly #run: WindowRun
  #block: SampleBlock | undefined

  constructor(labelsAt: (row: number) => LabelSet, run: WindowRun) {
    this.#labelsAt = labelsAt
    this.#run = run
  }

  begin(block: SampleBlock): void {
    this.#block = block
    this.#run.begin(block.timesGeneration)
  }

  write(i: number, table: StepTable, row: number): void {
    if (this.#block === undefined) throw new Bug('rows were written before their block began')
    const { rows, offsets, timeOffsets, times, values, rising, starts, hasNaN, histograms } = this.#block
    const from = offsets[i] as number
    const series: WindowedSeries = {
      times,
      timeFrom: timeOffsets[i] as number,
      values,
      from,
      count: (offsets[i + 1] as number) - from,
      rises: rising?.[i] === 1,
      starts,
      histograms: histograms === undefined ? NO_HISTOGRAMS : liveHistograms(histograms, i),
      labels: () => this.#labelsAt(rows[i] as number),
    }
    const live = hasNaN ? withoutMarkers(series) : series
    this.#run.write(live, table, row, live !== series)
  }
}

function liveHistograms(histograms: NonNullable<SampleBlock['histograms']>, i: number): readonly HistogramSample[] {
  const { offsets, timestamps, starts, values } = histograms
  const found: HistogramSample[] = []
  for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++) {
    const value = values[k] as NativeHistogram
    if (!value.stale) found.push({ t: timestamps[k] as number, value, start: starts[k] as number })
  }
  return found
}

/** The series itself when it has none. */
function withoutMarkers(series: WindowedSeries): WindowedSeries {
  const { times, timeFrom, values, from, count, starts } = series
  let live = 0
  for (let k = 0; k < count; k++) if (!isStale(values[from + k] as number)) live++
  if (live === count) return series
  const kept = {
    times: new Float64Array(live),
    values: new Float64Array(live),
    starts: starts && new Float64Array(live),
  }
  let to = 0
  for (let k = 0; k < count; k++) {
    const value = values[from + k] as number
    if (isStale(value)) continue
    kept.times[to] = times[timeFrom + k] as number
    kept.values[to] = value
    if (kept.starts !== undefined) kept.starts[to] = starts?.[from + k] as number
    to++
  }
  return { ...series, ...kept, timeFrom: 0, from: 0, count: live, rises: false }
}
