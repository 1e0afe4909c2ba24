/** rate, increase and delta of native histograms of anchored and smoothed selectors. Follows extendedHistogramRate@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { divide } from '../histograms/arithmetic.ts'
import { detectReset } from '../histograms/reset.ts'
import { compactGauge, differenceOf, isCustom, isGauge, sumOf } from './range-histograms.ts'
import type { Extent, HistogramSample } from './range-contract.ts'
import { windowsOf } from '../eval/windows.ts'
import { extendedBounds } from './range-extended-bounds.ts'
import { interpolateHistograms } from './range-interpolate.ts'
import type { Placed } from './range-interpolate.ts'
import type { HistogramWindow } from './range-rate-histograms.ts'

export function extendedHistogramRate(window: HistogramWindow, extent: Extent): NativeHistogram | undefined {
  const { shape, notes } = window
  const smoothed = extent === 'smoothed'
  const bounds = boundsOf(window, extent)
  if (bounds === undefined || !isValid(window, bounds)) return undefined
  const left = atStart(window, bounds.first, smoothed)
  if (left === undefined) return undefined
  const right = atEnd(window, bounds.last, smoothed)
  if (right === undefined) return undefined
  if (!shape.isCounter && !(isGauge(left) && isGauge(right))) notes.notGauge()
  let result = differenceOf(right, left, notes)
  if (shape.isCounter && result !== undefined) result = corrected(window, bounds, left, right, result, smoothed)
  return result === undefined ? undefined : compactGauge(divide(result, shape.divisor))
}

interface Bounds {
  readonly first: number
  readonly last: number
}

function boundsOf({ samples, start, end }: HistogramWindow, extent: Extent): Bounds | undefined {
  const times = Float64Array.from(samples, ({ t }) => t)
  const shape = { ends: Float64Array.of(end), range: end - start, before: Infinity, after: Infinity }
  const { first, last } = extendedBounds(times, 0, windowsOf(times, 0, times.length, shape), extent)
  const bounds = { first: first[0] as number, last: last[0] as number }
  return bounds.last < bounds.first ? undefined : bounds
}

function isValid({ samples, shape, notes }: HistogramWindow, { first, last }: Bounds): boolean {
  const used = samples.slice(first, last + 1)
  for (const { value } of used) {
    if (isCustom(value) !== isCustom((used[0] as HistogramSample).value)) {
      notes.mixedSchemas()
      return false
    }
    if (shape.isCounter && isGauge(value)) notes.notCounter()
  }
  return true
}

function atStart(window: HistogramWindow, first: number, smoothed: boolean): NativeHistogram | undefined {
  const sample = window.samples[first] as HistogramSample
  return smoothed && sample.t < window.start ? between(window, first, window.start) : sample.value
}

function atEnd(window: HistogramWindow, last: number, smoothed: boolean): NativeHistogram | undefined {
  const sample = window.samples[last] as HistogramSample
  return smoothed && last > 0 && sample.t > window.end ? between(window, last - 1, window.end) : sample.value
}

function between({ samples, shape, notes }: HistogramWindow, i: number, time: number): NativeHistogram | undefined {
  const before = samples[i] as HistogramSample
  const after = samples[i + 1] as HistogramSample
  const how = { isCounter: shape.isCounter, ...notes.place }
  const placed = ({ t, value }: HistogramSample): Placed => ({ timestamp: t, value })
  return interpolateHistograms(placed(before), placed(after), time, how)
}

/**
 * Gives back what resets between the boundaries took away. A reset that the left boundary was interpolated over is in it
 * already; the last sample stands for itself in `right`, which has its reset hint.
 */
function corrected(
  { samples, start, notes }: HistogramWindow,
  { first, last }: Bounds,
  left: NativeHistogram,
  right: NativeHistogram,
  difference: NativeHistogram,
  smoothed: boolean,
): NativeHistogram | undefined {
  const oldest = samples[first] as HistogramSample
  const second = samples[first + 1]
  const isOver = smoothed && oldest.t < start && second !== undefined && detectReset(second.value, oldest.value)
  const from = isOver ? first + 2 : first + 1
  if (from > last) return difference
  let previous = isOver ? second.value : left
  let correction: NativeHistogram | undefined
  for (const value of [...samples.slice(from, last).map((sample) => sample.value), right]) {
    if (detectReset(value, previous)) {
      correction = correction === undefined ? previous : sumOf(correction, previous, notes)
      if (correction === undefined) return undefined
    }
    previous = value
  }
  return correction === undefined ? difference : sumOf(difference, correction, notes)
}
