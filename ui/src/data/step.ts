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

/**
 * The grid of a range query: the wanted step in seconds, or one that fits the width in pixels. Start and end are aligned
 * to the step, so that the same points are asked for again a moment later and a cache can answer.
 */
export function chooseGrid(range: Range, wanted: number | undefined, width: number): GridChoice {
  const auto = niceStep(range, Math.min(MAX_POINTS, Math.max(120, Math.floor(width / 1.5))))
  const least = niceStep(range, MAX_POINTS - 1)
  const raised = wanted !== undefined && wanted < (range.end - range.start) / (MAX_POINTS - 1)
  const step = raised ? least : (wanted ?? auto)
  const start = Math.floor(range.start / step) * step
  return { grid: { start, end: Math.max(start, Math.floor(range.end / step) * step), step }, raised }
}
