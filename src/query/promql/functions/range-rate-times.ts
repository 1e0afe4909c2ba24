/** The part of a rate that depends on the times of the samples alone. */
import type { Windows } from './range-contract.ts'

/** By step, in seconds. Meaningless where the window is empty. */
export class RateTimes {
  /** The range in seconds for a rate, 1 for an increase. */
  readonly divisor: number
  /** From the first sample to the last. */
  readonly interval: Float64Array
  /** How far the slope is taken on towards the window's start and end. */
  readonly toStart: Float64Array
  readonly toEnd: Float64Array
  /** What the increase between first and last sample is multiplied with. */
  readonly factors: Float64Array
  /**
   * A counter that is not above its increase times this may have been zero within `toStart`: only then need one divide to find
   * out. A little too large, for roundings.
   */
  readonly limits: Float64Array

  constructor(steps: number, divisor: number) {
    this.divisor = divisor
    this.interval = new Float64Array(steps)
    this.toStart = new Float64Array(steps)
    this.toEnd = new Float64Array(steps)
    this.factors = new Float64Array(steps)
    this.limits = new Float64Array(steps)
  }
}

/** Computed at the first call for these windows. */
export function rateTimes(times: Float64Array, timeFrom: number, windows: Windows, divisor: number): RateTimes {
  const { memo } = windows
  if (memo instanceof RateTimes && memo.divisor === divisor) return memo
  const made = new RateTimes(windows.steps, divisor)
  for (let s = 0; s < windows.steps; s++) fillStep(made, times, timeFrom, windows, s)
  windows.memo = made
  return made
}

/**
 * Towards a boundary that is no further away than 1.1 of the mean distance of samples the slope goes on all the way, else for
 * half of that distance.
 */
function fillStep(made: RateTimes, times: Float64Array, timeFrom: number, windows: Windows, s: number): void {
  const first = windows.lo[s] as number
  const last = (windows.hi[s] as number) - 1
  if (last < first) return
  const end = windows.ends[s] as number
  const firstTime = times[timeFrom + first] as number
  const lastTime = times[timeFrom + last] as number
  const interval = (lastTime - firstTime) / 1000
  const mean = last > first ? interval / (last - first) : 0
  const limit = mean * 1.1
  const upToStart = (firstTime - (end - windows.range)) / 1000
  const upToEnd = (end - lastTime) / 1000
  const toStart = upToStart >= limit ? mean / 2 : upToStart
  const toEnd = upToEnd >= limit ? mean / 2 : upToEnd
  made.interval[s] = interval
  made.toStart[s] = toStart
  made.toEnd[s] = toEnd
  made.limits[s] = (toStart / interval) * (1 + 1e-9)
  made.factors[s] = (interval === 0 ? 1 : (interval + toStart + toEnd) / interval) / made.divisor
}

/** As Go's Duration.Seconds: whole seconds and the rest apart. */
export function secondsOf(ms: number): number {
  const rest = ms % 1000
  return (ms - rest) / 1000 + (rest * 1e6) / 1e9
}
