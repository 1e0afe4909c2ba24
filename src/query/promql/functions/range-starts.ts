/** Start timestamps: when a counter began, and with it whether it began anew. Follows promql/functions.go@v3.14. */
import type { WindowedSeries } from './range-contract.ts'

/** Whether a sample at `time` that started at `start` begins anew after the one before it. 0 = unknown. */
export function startTellsReset(previousStart: number, previousTime: number, start: number, time: number): boolean {
  if (start === 0 || start >= time || start < previousTime) return false
  if (start > previousTime) return true
  // The start is the time of the sample before: a delta, or a cumulative series with an unknown start, as that one's own tells.
  if (previousStart > previousTime) return false
  return previousStart !== 0 && previousStart !== previousTime
}

/** Two samples can't both be right when one starts within the other's time and not where that one did. */
export function startsOverlap(previousStart: number, previousTime: number, start: number): boolean {
  return start !== 0 && start < previousTime && start !== previousStart
}

/** For float sample i > 0 of a series. */
export function isStartReset(series: WindowedSeries, starts: Float64Array, i: number): boolean {
  const { times, timeFrom, from } = series
  const time = timeFrom + i
  return startTellsReset(
    starts[from + i - 1] as number,
    times[time - 1] as number,
    starts[from + i] as number,
    times[time] as number,
  )
}

export function isStartOverlap({ times, timeFrom, starts, from }: WindowedSeries, i: number): boolean {
  if (starts === undefined) return false
  return startsOverlap(starts[from + i - 1] as number, times[timeFrom + i - 1] as number, starts[from + i] as number)
}
