/**
 * What functions over range vectors give for one window, said as plainly as possible: the definitions of
 * promql/functions.go@v3.14, against which the kernels that look at many windows at once are held.
 */
export interface ReferencePoint {
  readonly t: number
  readonly v: number
  /** 0 = unknown. */
  readonly start: number
}

export interface ReferenceWindow {
  readonly points: readonly ReferencePoint[]
  readonly start: number
  readonly end: number
  /** Time of the step. */
  readonly at: number
  readonly args: readonly number[]
}

type Definition = (window: ReferenceWindow) => number | undefined

export const definitions: Readonly<Record<string, Definition>> = {
  rate: (window) => extrapolated(window, true, true),
  increase: (window) => extrapolated(window, true, false),
  delta: (window) => extrapolated(window, false, false),
  irate: (window) => lastTwo(window, true),
  idelta: (window) => lastTwo(window, false),
  resets: ({ points }) =>
    count(
      pairs(points).filter(([a, b]) => isReset(a, b)),
      points,
    ),
  changes: ({ points }) =>
    count(
      pairs(points).filter(([a, b]) => a.v !== b.v && !(Number.isNaN(a.v) && Number.isNaN(b.v))),
      points,
    ),
  deriv: ({ points }) => (points.length < 2 ? undefined : regression(points, (points[0] as ReferencePoint).t).slope),
  predict_linear: ({ points, at, args }) => {
    if (points.length < 2) return undefined
    const { slope, intercept } = regression(points, at)
    return slope * (args[1] as number) + intercept
  },
  double_exponential_smoothing: ({ points, args }) => smoothing(points, args[1] as number, args[2] as number),
  sum_over_time: ({ points }) => {
    if (points.length === 0) return undefined
    const { sum, c } = kahan(points.map(({ v }) => v))
    return infinite(sum) ? sum : sum + c
  },
  avg_over_time: ({ points }) => average(points),
  count_over_time: ({ points }) => points.length || undefined,
  present_over_time: ({ points }) => (points.length > 0 ? 1 : undefined),
  absent_over_time: ({ points }) => (points.length > 0 ? 1 : undefined),
  first_over_time: ({ points }) => points[0]?.v,
  last_over_time: ({ points }) => points.at(-1)?.v,
  ts_of_first_over_time: ({ points }) => seconds(points[0]),
  ts_of_last_over_time: ({ points }) => seconds(points.at(-1)),
  min_over_time: ({ points }) => extremum(points, (a, b) => a < b)?.v,
  max_over_time: ({ points }) => extremum(points, (a, b) => a > b)?.v,
  ts_of_min_over_time: ({ points }) => seconds(extremum(points, (a, b) => a <= b)),
  ts_of_max_over_time: ({ points }) => seconds(extremum(points, (a, b) => a >= b)),
  stdvar_over_time: ({ points }) => variance(points),
  stddev_over_time: ({ points }) => {
    const square = variance(points)
    return square === undefined ? undefined : Math.sqrt(square)
  },
  quantile_over_time: ({ points, args }) =>
    points.length === 0
      ? undefined
      : quantile(
          args[0] as number,
          points.map(({ v }) => v),
        ),
  mad_over_time: ({ points }) => {
    if (points.length === 0) return undefined
    const values = points.map(({ v }) => v)
    if (values.some(Number.isNaN)) return NaN
    const median = quantile(0.5, values)
    return quantile(
      0.5,
      values.map((v) => Math.abs(v - median)),
    )
  },
}

function seconds(point: ReferencePoint | undefined): number | undefined {
  return point === undefined ? undefined : point.t / 1000
}

function count(pairsOf: readonly unknown[], points: readonly ReferencePoint[]): number | undefined {
  return points.length === 0 ? undefined : pairsOf.length
}

function pairs(points: readonly ReferencePoint[]): readonly (readonly [ReferencePoint, ReferencePoint])[] {
  return points.slice(1).map((point, i) => [points[i] as ReferencePoint, point])
}

function isReset(a: ReferencePoint, b: ReferencePoint): boolean {
  return b.v < a.v || startReset(a, b)
}

function startReset(a: ReferencePoint, b: ReferencePoint): boolean {
  if (b.start === 0 || b.start >= b.t) return false
  if (b.start < a.t) return false
  if (b.start > a.t) return true
  if (a.start > a.t) return false
  return a.start !== 0 && a.start !== a.t
}

function extrapolated(
  { points, start, end }: ReferenceWindow,
  isCounter: boolean,
  isRate: boolean,
): number | undefined {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return undefined
  let result = last.v - first.v
  if (isCounter) for (const [a, b] of pairs(points)) if (isReset(a, b)) result += a.v
  let toStart = (first.t - start) / 1000
  let toEnd = (end - last.t) / 1000
  let sampled = (last.t - first.t) / 1000
  const mean = points.length > 1 ? sampled / (points.length - 1) : 0
  const threshold = mean * 1.1
  if (isCounter && first.start !== 0 && first.start > start && first.start < first.t) {
    toStart = 0
    sampled = (last.t - first.start) / 1000
    result += first.v
  } else if (points.length === 1) {
    return undefined
  } else {
    if (toStart >= threshold) toStart = mean / 2
    if (isCounter) {
      let toZero = toStart
      if (result > 0 && first.v >= 0) toZero = sampled * (first.v / result)
      if (toZero < toStart) toStart = toZero
    }
  }
  if (toEnd >= threshold) toEnd = mean / 2
  let factor = 1
  if (sampled !== 0) factor = (sampled + toStart + toEnd) / sampled
  if (isRate) factor /= rangeSeconds(start, end)
  return result * factor
}

function lastTwo({ points }: ReferenceWindow, isRate: boolean): number | undefined {
  const [a, b] = points.slice(-2)
  if (a === undefined || b === undefined) return undefined
  if (!isRate) return b.v - a.v
  return (isReset(a, b) ? b.v : b.v - a.v) / ((b.t - a.t) / 1000)
}

/** Go's Duration.Seconds adds seconds and nanoseconds: 13.931 s are 13.931000000000001. */
export function rangeSeconds(start: number, end: number): number {
  const ns = (end - start) * 1e6
  return Math.floor(ns / 1e9) + (ns % 1e9) / 1e9
}

function infinite(v: number): boolean {
  return v === Infinity || v === -Infinity
}

function inc(v: number, sum: number, c: number): { readonly sum: number; readonly c: number } {
  const t = sum + v
  if (infinite(t)) return { sum: t, c: 0 }
  if (Math.abs(sum) >= Math.abs(v)) return { sum: t, c: c + (sum - t + v) }
  return { sum: t, c: c + (v - t + sum) }
}

function kahan(values: readonly number[]): { readonly sum: number; readonly c: number } {
  return values.reduce((so, v) => inc(v, so.sum, so.c), { sum: 0, c: 0 })
}

function average(points: readonly ReferencePoint[]): number | undefined {
  if (points.length === 0) return undefined
  let so = { sum: (points[0] as ReferencePoint).v, c: 0 }
  let mean: { sum: number; c: number } | undefined
  for (const [i, { v }] of points.entries()) {
    if (i === 0) continue
    const n = i + 1
    if (mean === undefined) {
      const next = inc(v, so.sum, so.c)
      if (!infinite(next.sum)) {
        so = next
        continue
      }
      mean = { sum: so.sum / (n - 1), c: so.c / (n - 1) }
    }
    const q = (n - 1) / n
    mean = inc(v / n, q * mean.sum, q * mean.c)
  }
  return mean === undefined ? so.sum / points.length + so.c / points.length : mean.sum + mean.c
}

function variance(points: readonly ReferencePoint[]): number | undefined {
  if (points.length === 0) return undefined
  let mean = { sum: 0, c: 0 }
  let squares = { sum: 0, c: 0 }
  for (const [i, { v }] of points.entries()) {
    const delta = v - (mean.sum + mean.c)
    mean = inc(delta / (i + 1), mean.sum, mean.c)
    squares = inc(delta * (v - (mean.sum + mean.c)), squares.sum, squares.c)
  }
  return (squares.sum + squares.c) / points.length
}

function extremum(
  points: readonly ReferencePoint[],
  isBetter: (a: number, b: number) => boolean,
): ReferencePoint | undefined {
  let best = points[0]
  for (const point of points) {
    if (best === undefined || isBetter(point.v, best.v) || Number.isNaN(best.v)) best = point
  }
  return best
}

function quantile(q: number, values: readonly number[]): number {
  if (Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const numbers = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b)
  const sorted = [...values.filter(Number.isNaN), ...numbers]
  const rank = q * (values.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight
}

function regression(
  points: readonly ReferencePoint[],
  at: number,
): { readonly slope: number; readonly intercept: number } {
  const level = (points[0] as ReferencePoint).v
  if (points.every(({ v }, i) => i === 0 || v === level)) {
    return infinite(level) ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: level }
  }
  const total = (of: (x: number, y: number) => number): number => {
    const { sum, c } = kahan(points.map(({ t, v }) => of((t - at) / 1e3, v)))
    return sum + c
  }
  const n = points.length
  const x = total((a) => a)
  const y = total((_, b) => b)
  const slope = (total((a, b) => a * b) - (x * y) / n) / (total((a) => a * a) - (x * x) / n)
  return { slope, intercept: y / n - (slope * x) / n }
}

function smoothing(points: readonly ReferencePoint[], sf: number, tf: number): number | undefined {
  if (points.length < 2) return undefined
  let s0 = 0
  let s1 = (points[0] as ReferencePoint).v
  let b = (points[1] as ReferencePoint).v - s1
  for (const [i, { v }] of points.entries()) {
    if (i === 0) continue
    if (i > 1) b = tf * (s1 - s0) + (1 - tf) * b
    const next = sf * v + (1 - sf) * (s1 + b)
    s0 = s1
    s1 = next
  }
  return s1
}
