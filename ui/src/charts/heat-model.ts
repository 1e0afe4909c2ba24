/** What a heatmap draws, made from a frame: counts by time and bucket, of classic buckets or native histograms. */
import { parseValue } from '../data/decode.ts'
import type { GridFrame, GridSeries } from '../data/frame.ts'

export interface HeatRow {
  readonly lower: number
  readonly upper: number
  /** Where it stands on the axis, from 0 to 1. */
  readonly from: number
  readonly to: number
}

export interface HeatModel {
  readonly times: readonly number[]
  /** Low values first. */
  readonly rows: readonly HeatRow[]
  /** A row of `times.length` counts for each of `rows`; NaN = nothing is known. */
  readonly cells: readonly Float64Array[]
  /** The least positive and the greatest count; undefined when all are zero. */
  readonly span: readonly [least: number, most: number] | undefined
}

const LE = 'le'
/** More rows than that are too thin to see. */
const MAX_ROWS = 120

/** Undefined when the frame has neither classic buckets nor native histograms. */
export function heatModel({ times, series }: GridFrame): HeatModel | undefined {
  const found = series.some(({ buckets }) => buckets !== undefined)
    ? fromNative(series, times.length)
    : fromClassic(series, times.length)
  return found === undefined ? undefined : { ...found, times: [...times], span: spanOf(found.cells) }
}

/** Whether an answer has something for a heatmap. */
export const hasBuckets = ({ series }: GridFrame): boolean =>
  series.some(({ buckets, labels }) => buckets !== undefined || labels[LE] !== undefined)

type Rows = Pick<HeatModel, 'rows' | 'cells'>

/** Cumulative counts by `le`, summed over all other labels, and taken apart into the count of each bucket. */
function fromClassic(series: readonly GridSeries[], length: number): Rows | undefined {
  const sums = new Map<number, Float64Array>()
  for (const { labels, values, present } of series) {
    if (labels[LE] === undefined) continue
    const bound = parseValue(labels[LE])
    const sum = sums.get(bound) ?? new Float64Array(length).fill(NaN)
    for (let i = 0; i < length; i++)
      if (present[i] === 1 && !Number.isNaN(values[i] ?? NaN))
        sum[i] = (Number.isNaN(sum[i] ?? NaN) ? 0 : (sum[i] ?? 0)) + (values[i] ?? 0)
    sums.set(bound, sum)
  }
  const bounds = [...sums.keys()].filter((bound) => !Number.isNaN(bound)).sort((a, b) => a - b)
  if (bounds.length < 2) return undefined
  const below = new Float64Array(length)
  const cells = bounds.map((bound) => apart(sums.get(bound) ?? new Float64Array(length), below))
  const lowest = (bounds[0] ?? 0) > 0 ? 0 : -Infinity
  return { rows: evenRows(bounds.map((upper, i) => [bounds[i - 1] ?? lowest, upper])), cells }
}

/** The counts above `below`, which is moved up to them. A count that falls is taken for equal: rates are not exact. */
function apart(cumulative: Float64Array, below: Float64Array): Float64Array {
  return cumulative.map((value, i) => {
    if (Number.isNaN(value)) return NaN
    const count = Math.max(0, value - (below[i] ?? 0))
    below[i] = Math.max(below[i] ?? 0, value)
    return count
  })
}

type Bounds = readonly [lower: number, upper: number]

const evenRows = (bounds: readonly Bounds[]): readonly HeatRow[] =>
  bounds.map(([lower, upper], i) => ({ lower, upper, from: i / bounds.length, to: (i + 1) / bounds.length }))

function fromNative(series: readonly GridSeries[], length: number): Rows {
  const all = new Map<string, Bounds>()
  for (const { buckets } of series)
    buckets?.lower.forEach((lower, i) => all.set(`${lower} ${buckets.upper[i]}`, [lower, buckets.upper[i] ?? lower]))
  const bounds = merged([...all.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
  const rows = logarithmicRows(bounds) ?? evenRows(bounds)
  const cells = rows.map(() => new Float64Array(length).fill(NaN))
  for (const { buckets, present } of series) {
    if (buckets === undefined) continue
    // A histogram without observations in a bucket has a zero there, not nothing.
    for (const row of cells)
      for (let i = 0; i < length; i++) if (present[i] === 1 && Number.isNaN(row[i] ?? NaN)) row[i] = 0
    buckets.point.forEach((point, i) => {
      const middle = middleOf(buckets.lower[i] ?? 0, buckets.upper[i] ?? 0)
      const row = cells[rowAt(bounds, middle)]
      if (row !== undefined && point >= 0 && point < length) row[point] = (row[point] ?? 0) + (buckets.count[i] ?? 0)
    })
  }
  return { rows, cells }
}

/** Neighbours are put together until there are few enough. */
function merged(bounds: readonly Bounds[]): readonly Bounds[] {
  let left = bounds
  while (left.length > MAX_ROWS)
    left = left.flatMap(([lower, upper], i): Bounds[] => (i % 2 === 1 ? [] : [[lower, left[i + 1]?.[1] ?? upper]]))
  return left
}

function middleOf(lower: number, upper: number): number {
  if (lower > 0 && Number.isFinite(upper)) return Math.sqrt(lower * upper)
  if (upper < 0 && Number.isFinite(lower)) return -Math.sqrt(lower * upper)
  if (!Number.isFinite(upper)) return lower
  return Number.isFinite(lower) ? (lower + upper) / 2 : upper
}

/** The row that holds a value: the last one that begins at or below it. */
export function rowAt(bounds: readonly Bounds[], value: number): number {
  let low = 0
  let high = bounds.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((bounds[middle]?.[0] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** Rows as high as the logarithm of their width, where that is possible: all positive and finite. */
function logarithmicRows(bounds: readonly Bounds[]): readonly HeatRow[] | undefined {
  const [first] = bounds
  const top = Math.max(...bounds.map(([, upper]) => upper))
  if (first === undefined || first[0] <= 0 || !Number.isFinite(top)) return undefined
  const base = Math.log(first[0])
  const whole = Math.log(top) - base
  return bounds.map(([lower, upper]) => ({
    lower,
    upper,
    from: (Math.log(lower) - base) / whole,
    to: (Math.log(upper) - base) / whole,
  }))
}

/** Where a value stands on the axis of the rows, from 0 to 1; within its row by the logarithm where there is one. */
export function placeOf(rows: readonly HeatRow[], value: number): number | undefined {
  const row = rows.find(({ lower, upper }) => value > lower && value <= upper)
  if (row === undefined) return undefined
  const { lower, upper, from, to } = row
  if (!Number.isFinite(upper) || !Number.isFinite(lower)) return (from + to) / 2
  const share = lower > 0 ? Math.log(value / lower) / Math.log(upper / lower) : (value - lower) / (upper - lower)
  return from + share * (to - from)
}

function spanOf(cells: readonly Float64Array[]): readonly [number, number] | undefined {
  let least = Infinity
  let most = 0
  for (const row of cells)
    for (const value of row) {
      if (!(value > 0)) continue
      if (value < least) least = value
      if (value > most) most = value
    }
  return most === 0 ? undefined : [least, most]
}
