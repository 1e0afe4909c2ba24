/** Values between samples, for smoothed selectors. Follows interpolate and pickOrInterpolate*, promql/functions.go@v3.14. */

/** Float samples: i has its time at `times[timeFrom + i]` and its value at `values[from + i]`. */
export interface Points {
  readonly times: Float64Array
  readonly timeFrom: number
  readonly values: Float64Array
  readonly from: number
  /** Whether a boundary between two samples has a value of its own. */
  readonly smoothed: boolean
  /** A fall between two samples is a reset: the line begins at 0. */
  readonly isCounter: boolean
}

/** Value at a range's start, `first` being the sample at or before it, or the first after it. */
export function valueAtStart(points: Points, first: number, start: number): number {
  if (points.smoothed && timeOf(points, first) < start) return between(points, first, start)
  return valueOf(points, first)
}

/** Value at a range's end, `last` being the sample at or after it, or the last before it; one that is beyond has one before it. */
export function valueAtEnd(points: Points, last: number, end: number): number {
  if (points.smoothed && timeOf(points, last) > end) return between(points, last - 1, end)
  return valueOf(points, last)
}

/** Value at `time`, on the line from sample i to the next. */
export function between(points: Points, i: number, time: number): number {
  const y2 = valueOf(points, i + 1)
  let y1 = valueOf(points, i)
  if (points.isCounter && y2 < y1) y1 = 0
  const t1 = timeOf(points, i)
  return y1 + ((y2 - y1) * (time - t1)) / (timeOf(points, i + 1) - t1)
}

function timeOf({ times, timeFrom }: Points, i: number): number {
  return times[timeFrom + i] as number
}

function valueOf({ values, from }: Points, i: number): number {
  return values[from + i] as number
}
