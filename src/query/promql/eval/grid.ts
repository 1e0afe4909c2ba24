/** The times at which an expression is evaluated: `start, start + step, ...`, `count` of them, in UnixMs. */
export interface Grid {
  readonly start: number
  /** At least 1. With a `count` of 1 it says nothing. */
  readonly step: number
  readonly count: number
}

/** Time of the grid's step `s`. */
export function timeAt({ start, step }: Grid, s: number): number {
  return start + s * step
}

/** The grid of a range query, or of an instant query when `start` is `end`. */
export function gridOf(start: number, end: number, step: number): Grid {
  return start === end ? { start, step: 1, count: 1 } : { start, step, count: Math.floor((end - start) / step) + 1 }
}

/** Time of the last step. */
export function lastTime(grid: Grid): number {
  return timeAt(grid, grid.count - 1)
}
