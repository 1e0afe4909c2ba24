/** Makes the windows of range vectors: which samples of a series each step of a grid sees. */
import type { Extent, HistogramSample, Windows } from '../functions/range-contract.ts'

/** What the windows of one call have in common, whatever the series. Times in ms. */
export interface WindowShape {
  /** UnixMs of each window's end, never falling. */
  readonly ends: Float64Array
  readonly range: number
  /** How much further back than `range`, and beyond the end, samples are taken in: more than 0 for extended selectors only. */
  readonly before: number
  readonly after: number
}

/** The shape of `selector[range]`, `extent` being anchored, smoothed or neither. */
export function windowShape(
  ends: Float64Array,
  range: number,
  extent: Extent | undefined,
  lookbackDelta: number,
): WindowShape {
  const before = extent === undefined ? 0 : lookbackDelta
  return { ends, range, before, after: extent === 'smoothed' ? lookbackDelta : 0 }
}

/** Windows over `times[timeFrom, timeFrom + count)`, which rise. Left-open: a sample at `end - range` is outside. */
export function windowsOf(times: Float64Array, timeFrom: number, count: number, shape: WindowShape): Windows {
  const { ends, range, before, after } = shape
  const steps = ends.length
  const lo = new Int32Array(steps)
  const hi = new Int32Array(steps)
  const back = range + before
  const stop = timeFrom + count
  let first = timeFrom
  let behind = timeFrom
  for (let s = 0; s < steps; s++) {
    const end = ends[s] as number
    while (first < stop && (times[first] as number) <= end - back) first++
    while (behind < stop && (times[behind] as number) <= end + after) behind++
    lo[s] = first - timeFrom
    hi[s] = behind - timeFrom
  }
  return { steps, range, ends, lo, hi, histogramLo: undefined, histogramHi: undefined, memo: undefined }
}

/** The same windows for one series that has histograms too. */
export function withHistograms(windows: Windows, histograms: readonly HistogramSample[], shape: WindowShape): Windows {
  const bounds = windowsOf(
    Float64Array.from(histograms, ({ t }) => t),
    0,
    histograms.length,
    shape,
  )
  return { ...windows, histogramLo: bounds.lo, histogramHi: bounds.hi, memo: undefined }
}
