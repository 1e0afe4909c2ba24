/**
 * rate, increase and delta of anchored and smoothed selectors: nothing is extrapolated; the window's boundaries get a value
 * from the samples around them. Follows extendedRate, promql/functions.go@v3.14.
 */
import { valueAtEnd, valueAtStart } from '../eval/interpolation.ts'
import { setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Extent, WindowedSeries, Windows } from './range-contract.ts'
import { extendedBounds } from './range-extended-bounds.ts'
import type { RateShape } from './range-rate.ts'

export function extendedRate(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  { isCounter, divisor }: RateShape,
  extent: Extent,
): void {
  const { ends, range, lo, steps } = windows
  const { first, last } = extendedBounds(series.times, series.timeFrom, windows, extent)
  const points = {
    times: series.times,
    timeFrom: series.timeFrom,
    values: series.values,
    from: series.from,
    smoothed: extent === 'smoothed',
    isCounter,
  }
  for (let s = 0; s < steps; s++) {
    const oldest = first[s] as number
    const newest = last[s] as number
    if (newest < oldest) continue
    const end = ends[s] as number
    const start = end - range
    const left = valueAtStart(points, oldest, start)
    // The first sample of all that were taken in has none before it to draw a line from.
    const right = newest > (lo[s] as number) ? valueAtEnd(points, newest, end) : pointValue(series, newest)
    let result = right - left
    if (isCounter) {
      const from = timeOf(series, oldest) <= start ? oldest + 1 : oldest
      const to = timeOf(series, newest) >= end ? newest - 1 : newest
      result += correction(series, left, right, from, to)
    }
    setFloat(out, row * out.steps + s, result / divisor)
  }
}

/** What resets took away between the two boundaries and the samples `[from, to]` strictly between them. */
function correction(
  { values, from: base }: WindowedSeries,
  left: number,
  right: number,
  from: number,
  to: number,
): number {
  let sum = 0
  let previous = left
  for (let i = from; i <= to; i++) {
    const value = values[base + i] as number
    if (value < previous) sum += previous
    previous = value
  }
  return right < previous ? sum + previous : sum
}

function timeOf({ times, timeFrom }: WindowedSeries, i: number): number {
  return times[timeFrom + i] as number
}

function pointValue({ values, from }: WindowedSeries, i: number): number {
  return values[from + i] as number
}
