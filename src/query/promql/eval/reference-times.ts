import { unixMs } from '../../../core/time.ts'
import type { TimeRange, UnixMs } from '../../../core/time.ts'
import { timeAt } from './grid.ts'
import type { Grid } from './grid.ts'

/** The time that a selector or subquery looks at, at each step: the step's or that of `@`, less the offset. In UnixMs. */
export function referenceTimes(grid: Grid, { at, offset }: { at: number | undefined; offset: number }): Float64Array {
  const times = new Float64Array(grid.count)
  for (let s = 0; s < grid.count; s++) times[s] = (at ?? timeAt(grid, s)) - offset
  return times
}

/** What of the stored samples the windows `(t - before, t + after]` of all `times` need. Half-open, as the store counts. */
export function neededRange(times: Float64Array, before: number, after: number): TimeRange<UnixMs> {
  const first = times[0] as number
  const last = times[times.length - 1] as number
  return { start: unixMs(first - before + 1), end: unixMs(last + after + 1) }
}
