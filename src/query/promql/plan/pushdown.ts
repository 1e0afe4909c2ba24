/**
 * What of a selector's work the store can do while it reads, in SQL where the samples are in tables. Only what is exact whatever
 * the function: samples that no window sees are left where they are. A month in steps of an hour with windows of five minutes
 * reads a twelfth of the samples.
 *
 * Folding windows in SQL was measured and is not done: with the rules for two rows of one time, for staleness markers and for
 * the sign of zero, a `GROUP BY` takes as long a row as handing over the columns and folding them here.
 */
import { unixMs } from '../../../core/time.ts'
import type { SampleWindows, Selection } from '../../../signals/metrics.ts'

/** Gaps between windows are worth leaving out when they are as long as the windows. */
const MIN_GAP_SHARE = 0.5

/**
 * The windows `(t - before, t + after]` of all `times`, when there are gaps between them that are worth leaving out. `times` are
 * evenly spaced.
 */
export function wantedWindows(times: Float64Array, before: number, after: number): SampleWindows | undefined {
  const [first = 0, second = first] = times
  const every = second - first
  const span = before + after
  // Fractions of a ms are for whoever tests samples one by one.
  if (![first, every, before, after].every(Number.isInteger)) return undefined
  if (every <= 0 || every - span < every * MIN_GAP_SHARE) return undefined
  return { from: unixMs(first - before + 1), every, span }
}

/** For `explain`: where a selector's samples came from, and what was pushed down. */
export function routeText({ route, isThinned }: Pick<Selection, 'route' | 'isThinned'>): string {
  if (route === 'memory') return route
  const streamed = route === 'tables' ? 'tables: streamed' : 'memory and tables: streamed'
  return isThinned ? `${streamed}, pushed into SQL: only samples in windows` : streamed
}
