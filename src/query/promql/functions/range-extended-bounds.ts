/** Which samples of a wide window say something of the range within it. */
import type { Extent, Windows } from './range-contract.ts'

/** By step: the first and the last sample that count; where there are none the last is before the first. */
export class ExtendedBounds {
  readonly extent: Extent
  readonly first: Int32Array
  readonly last: Int32Array

  constructor(steps: number, extent: Extent) {
    this.extent = extent
    this.first = new Int32Array(steps)
    this.last = new Int32Array(steps).fill(-1)
  }
}

/**
 * The first is the sample at or before the range's start, else the first after it; the last, of smoothed selectors, the
 * sample at or after the end. Computed at the first call for these windows.
 */
export function extendedBounds(
  times: Float64Array,
  timeFrom: number,
  windows: Windows,
  extent: Extent,
): ExtendedBounds {
  if (windows.memo instanceof ExtendedBounds && windows.memo.extent === extent) return windows.memo
  const bounds = new ExtendedBounds(windows.steps, extent)
  for (let s = 0; s < windows.steps; s++) {
    const newest = (windows.hi[s] as number) - 1
    if (newest >= (windows.lo[s] as number)) fillStep(bounds, times, timeFrom, windows, s)
  }
  windows.memo = bounds
  return bounds
}

function fillStep(bounds: ExtendedBounds, times: Float64Array, timeFrom: number, windows: Windows, s: number): void {
  const lo = windows.lo[s] as number
  const newest = (windows.hi[s] as number) - 1
  const end = windows.ends[s] as number
  const start = end - windows.range
  const smoothed = bounds.extent === 'smoothed'
  let after = lo
  while (after < newest && (times[timeFrom + after] as number) <= start) after++
  const first = Math.max(lo, after - 1)
  let last = newest
  if (smoothed) {
    last = lo
    while (last < newest && (times[timeFrom + last] as number) < end) last++
  }
  if ((times[timeFrom + last] as number) <= start) return
  if (smoothed && (times[timeFrom + first] as number) > end) return
  bounds.first[s] = first
  bounds.last[s] = last
}

/**
 * The windows of an anchored selector for functions that look at each sample: from the one sample at or before the range's
 * start on, and nothing when no sample is after it. For series without histograms.
 */
export function anchoredWindows(times: Float64Array, timeFrom: number, windows: Windows): Windows {
  const { memo } = windows
  if (memo instanceof AnchoredWindows) return memo.windows
  const { first, last } = extendedBounds(times, timeFrom, windows, 'anchored')
  const hi = last.map((newest) => newest + 1)
  const lo = first.map((oldest, s) => Math.min(oldest, hi[s] as number))
  const made = new AnchoredWindows({ ...windows, lo, hi, memo: undefined })
  windows.memo = made
  return made.windows
}

class AnchoredWindows {
  readonly windows: Windows

  constructor(windows: Windows) {
    this.windows = windows
  }
}
