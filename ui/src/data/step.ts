import type { Range } from './prometheus.ts'
import type { Grid } from './frame.ts'

/** Steps that people read easily, in seconds. */
const NICE = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** Prometheus refuses a range query with more points a series. */
export const MAX_POINTS = 11_000

/** The smallest easily read step that keeps a range within `points`, in seconds. */
export function niceStep(range: Range, points: number): number {
  const least = (range.end - range.start) / Math.max(1, points)
  return NICE.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400
}

export interface GridChoice {
  readonly grid: Grid
  /** True when the wanted step had to grow to stay within the point limit. */
  readonly raised: boolean
}

/** The end of a grid is a multiple of the step, but of a minute at most. */
const ALIGNMENT = 60

/**
 * The grid of a range query: the wanted step in seconds, or one that fits the width in pixels. Its points stay the same for
 * a while, so that lines don't shimmer from refresh to refresh. The end is rounded up, not down: with a long step the
 * newest samples would be left out otherwise, which in the first minutes of a series are all that there is.
 */
export function chooseGrid(range: Range, wanted: number | undefined, width: number): GridChoice {
  const auto = niceStep(range, Math.min(MAX_POINTS, Math.max(120, Math.floor(width / 1.5))))
  const least = niceStep(range, MAX_POINTS - 2)
  const raised = wanted !== undefined && wanted < (range.end - range.start) / (MAX_POINTS - 2)
  const step = raised ? least : (wanted ?? auto)
  const alignment = Math.min(step, ALIGNMENT)
  const end = Math.ceil(range.end / alignment) * alignment
  return { grid: { start: end - Math.ceil((end - range.start) / step) * step, end, step }, raised }
}
