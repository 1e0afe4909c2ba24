/**
 * rate, increase and delta. Follows extrapolatedRate, promql/functions.go@v3.14, to the bit: what depends on times alone is
 * computed once for all series that share them, and a step reads the first and last value of its window and the counter
 * resets within it, not the samples between.
 */
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import { extentOf, noteNonCounters, quotedName, spanOf, withoutMixed } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { extendedRate } from './range-extended.ts'
import { rateHistograms } from './range-rate-histograms.ts'
import { isStartReset, isStartOverlap } from './range-starts.ts'
import { rateTimes, secondsOf } from './range-rate-times.ts'
import { scratchNumbers } from './range-scratch.ts'
import type { RateTimes } from './range-rate-times.ts'

/** `divisor` makes it a rate: the range in seconds, or 1. */
export interface RateShape {
  readonly isCounter: boolean
  readonly divisor: number
}

export const rateFunctions: RangeFunctionTable = {
  rate: {
    kernel: rateKernel(true, true),
    name: 'drop',
    extents: ['anchored', 'smoothed'],
    starts: true,
    inspect: noteNonCounters,
  },
  increase: {
    kernel: rateKernel(true, false),
    name: 'drop',
    extents: ['anchored', 'smoothed'],
    starts: true,
    inspect: noteNonCounters,
  },
  delta: { kernel: rateKernel(false, false), name: 'drop', extents: ['anchored', 'smoothed'] },
}

function rateKernel(isCounter: boolean, perSecond: boolean): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    const shape = { isCounter, divisor: perSecond ? secondsOf(windows.range) : 1 }
    const floats = withoutMixed(windows)
    const extent = extentOf(call)
    if (extent !== undefined) extendedRate(series, floats, out, row, shape, extent)
    else if (!isCounter) straightRate(series, floats, out, row, shape)
    else counterRate(series, floats, out, row, shape, call, evaluation)
    if (windows.histogramLo !== undefined) rateHistograms(series, windows, out, row, shape, extent, call, evaluation)
  }
}

/** A counter without resets is the same as a gauge, but for the point at which it was zero. */
function counterRate(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  shape: RateShape,
  call: Call,
  evaluation: Evaluation,
): void {
  if (series.starts !== undefined) {
    warnOverlaps(series, windows, call, evaluation)
    correctedRate(series, windows, out, row, shape, resetsOf(series, series.starts), 0, windows.steps)
    return
  }
  const falls = fallsOf(series, FEW_FALLS + 1)
  // Beside histograms some windows are empty, so that bounds fall.
  if (falls === undefined) straightRate(series, windows, out, row, shape)
  else if (series.histograms.length > 0) correctedByAll(series, windows, out, row, shape)
  else if (falls.length > FEW_FALLS) manyFalls(series, windows, out, row, shape)
  else {
    straightRate(series, windows, out, row, shape)
    correctAround(falls, series, windows, out, row, shape)
  }
}

/** A counter starts anew now and then; what falls more often is a gauge, of which a rate makes little sense but is asked for. */
const FEW_FALLS = 8

/** Whole numbers sum up exactly in any order, so sums up to each sample tell what the falls within a window add. */
function manyFalls(series: WindowedSeries, windows: Windows, out: StepTable, row: number, shape: RateShape): void {
  const added = exactCorrections(series, scratchNumbers(series.count))
  if (added === undefined) correctedByAll(series, windows, out, row, shape)
  else summedRate(series, windows, out, row, shape.divisor, added)
}

function correctedByAll(series: WindowedSeries, windows: Windows, out: StepTable, row: number, shape: RateShape): void {
  correctedRate(series, windows, out, row, shape, fallsOf(series, Infinity) ?? [], 0, windows.steps)
}

/** By sample: the sum of all values before a fall up to it; undefined when some value is no whole number or sums may round. */
function exactCorrections({ values, from, count }: WindowedSeries, room: Float64Array): Float64Array | undefined {
  let sum = 0
  let largest = 0
  let previous = 0
  for (let i = 0; i < count; i++) {
    const value = values[from + i] as number
    if (Math.floor(value) !== value) return undefined
    // Gauges fall half of the time: no branch could be guessed.
    sum += previous * Number(value < previous)
    largest = Math.max(largest, Math.abs(value))
    previous = value
    room[i] = sum
  }
  return largest * (count + 2) <= Number.MAX_SAFE_INTEGER ? room : undefined
}

/** Does the steps again whose windows have a fall of the counter inside: few, and mostly one run of steps a fall. */
function correctAround(
  falls: readonly number[],
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  shape: RateShape,
): void {
  const { lo, hi, steps } = windows
  let done = 0
  for (const fall of falls) {
    const from = Math.max(done, firstBeyond(hi, fall, steps))
    const to = firstBeyond(lo, fall - 1, steps)
    if (from < to) correctedRate(series, windows, out, row, shape, falls, from, to)
    done = Math.max(done, to)
  }
}

/** The first step whose bound is greater than `index`; bounds must not fall. */
function firstBeyond(bounds: Int32Array, index: number, steps: number): number {
  let low = 0
  let high = steps
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((bounds[middle] as number) > index) high = middle
    else low = middle + 1
  }
  return low
}

/** No resets in any window. */
function straightRate(
  { values, from, times, timeFrom }: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  { isCounter, divisor }: RateShape,
): void {
  const { steps, lo, hi } = windows
  const made = rateTimes(times, timeFrom, windows, divisor)
  const { factors, limits } = made
  const { kinds, values: results } = out
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = lo[s] as number
    const last = (hi[s] as number) - 1
    if (last <= first) continue
    const start = values[from + first] as number
    const result = (values[from + last] as number) - start
    kinds[cell] = FLOAT
    if (isCounter && start <= result * (limits[s] as number)) results[cell] = result * factorOf(start, result, made, s)
    else results[cell] = result * (factors[s] as number)
  }
}

/** A counter with resets, whose sums by sample are in `added`. */
function summedRate(
  { values, from, times, timeFrom }: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  divisor: number,
  added: Float64Array,
): void {
  const { steps, lo, hi } = windows
  const made = rateTimes(times, timeFrom, windows, divisor)
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const last = (hi[s] as number) - 1
    if (last <= first) continue
    const start = values[from + first] as number
    const result = (values[from + last] as number) - start + ((added[last] as number) - (added[first] as number))
    setFloat(out, row * out.steps + s, result * factorOf(start, result, made, s))
  }
}

/** A counter that would have been zero within the window is not taken further back than that. */
function factorOf(start: number, result: number, made: RateTimes, s: number): number {
  if (result > 0 && start >= 0 && start <= result * (made.limits[s] as number)) {
    const sampled = made.interval[s] as number
    const toZero = sampled * (start / result)
    if (toZero < (made.toStart[s] as number))
      return (sampled + toZero + (made.toEnd[s] as number)) / sampled / made.divisor
  }
  return made.factors[s] as number
}

/** With resets, or with start timestamps, which make a zero of their own: the steps `[fromStep, toStep)`. */
function correctedRate(
  { values, from, times, timeFrom, starts }: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  { divisor }: RateShape,
  resets: readonly number[],
  fromStep: number,
  toStep: number,
): void {
  const { lo, hi, ends, range } = windows
  const made = rateTimes(times, timeFrom, windows, divisor)
  let entered = 0
  let left = 0
  for (let s = fromStep; s < toStep; s++) {
    const first = lo[s] as number
    const last = (hi[s] as number) - 1
    if (last < first) continue
    while (left < resets.length && (resets[left] as number) <= first) left++
    while (entered < resets.length && (resets[entered] as number) <= last) entered++
    const initial = values[from + first] as number
    let result = (values[from + last] as number) - initial
    for (let r = left; r < entered; r++) result += values[from + (resets[r] as number) - 1] as number
    const start = starts === undefined ? 0 : (starts[from + first] as number)
    let factor: number
    if (start !== 0 && start > (ends[s] as number) - range && start < (times[timeFrom + first] as number)) {
      result += initial
      const sampled = ((times[timeFrom + last] as number) - start) / 1000
      factor = (sampled + (made.toEnd[s] as number)) / sampled / divisor
    } else if (last === first) {
      continue
    } else factor = factorOf(initial, result, made, s)
    setFloat(out, row * out.steps + s, result * factor)
  }
}

/** The first `most` samples that are less than the one before them; undefined when there are none. */
function fallsOf({ values, from, count, rises }: WindowedSeries, most: number): number[] | undefined {
  if (rises === true) return undefined
  let resets: number[] | undefined
  const end = from + count
  let previous = values[from] as number
  for (let at = from + 1; at < end; at++) {
    const value = values[at] as number
    if (value < previous && (resets ??= []).push(at - from) === most) break
    previous = value
  }
  return resets
}

/** Samples at which the counter started anew: they fell, or their start says so. */
function resetsOf(series: WindowedSeries, starts: Float64Array): number[] {
  const { values, from, count } = series
  const resets: number[] = []
  for (let i = 1; i < count; i++) {
    const at = from + i
    if ((values[at] as number) < (values[at - 1] as number) || isStartReset(series, starts, i)) resets.push(i)
  }
  return resets
}

/** Once for each window in which a start lies before the sample before it. */
function warnOverlaps(series: WindowedSeries, windows: Windows, call: Call, { annotations }: Evaluation): void {
  const { lo, hi, steps } = windows
  const overlaps: number[] = []
  for (let i = 1; i < series.count; i++) if (isStartOverlap(series, i)) overlaps.push(i)
  if (overlaps.length === 0) return
  const text = `sample has start time that overlaps with previous sample timestamp for metric ${quotedName(series)}`
  for (let s = 0; s < steps; s++) {
    if (overlaps.some((i) => i > (lo[s] as number) && i < (hi[s] as number)))
      annotations.countedWarning(text, spanOf(call))
  }
}
