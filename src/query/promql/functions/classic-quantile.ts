/**
 * Quantiles and fractions of classic histograms: from cumulative counts in order of their upper bounds. Follows BucketQuantile
 * and BucketFraction, promql/quantile.go@v3.14.
 */

/** Relative differences up to this between neighbouring buckets come from rounding, and are ignored. */
const TOLERANCE = 1e-12
const SMALLEST_NORMAL = 2 ** -1022

/** What was done so that counts never fall with their bounds. */
export interface MonotonicityFix {
  isForced: boolean
  /** Lowest and highest upper bound whose count was lifted. */
  minBucket: number
  maxBucket: number
  maxDiff: number
}

/**
 * The quantile of `counts[0..n)`, at least one, which are changed where they fall; `fix` tells if they were. -Infinity and
 * Infinity for `q` beyond 0 and 1; NaN without a +Inf bucket or without observations.
 */
export function classicQuantile(
  q: number,
  bounds: Float64Array,
  counts: Float64Array,
  n: number,
  fix: MonotonicityFix,
): number {
  fix.isForced = false
  if (q !== q) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  if (bounds[n - 1] !== Infinity) return NaN
  makeMonotonic(bounds, counts, n, fix)
  const observations = counts[n - 1] as number
  if (n < 2 || observations === 0) return NaN
  const rank = q * observations
  const b = firstReaching(rank, counts, n - 1)
  if (b === n - 1) return bounds[n - 2] as number
  const end = bounds[b] as number
  if (b === 0) return end <= 0 ? end : end * (rank / (counts[0] as number))
  const start = bounds[b - 1] as number
  const below = counts[b - 1] as number
  return start + (end - start) * ((rank - below) / ((counts[b] as number) - below))
}

/** The first of `n` counts that reaches the rank, `n` when none does. */
function firstReaching(rank: number, counts: Float64Array, n: number): number {
  let low = 0
  let high = n
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((counts[middle] as number) >= rank) high = middle
    else low = middle + 1
  }
  return low
}

/** Lifts each count that is below the one before, and evens out what differs by rounding. */
function makeMonotonic(bounds: Float64Array, counts: Float64Array, n: number, fix: MonotonicityFix): void {
  let before = counts[0] as number
  for (let i = 1; i < n; i++) {
    const count = counts[i] as number
    // Fast: clearly more than before.
    if (before >= 0 && count - before > 1e-11 * (count + before)) before = count
    else if (count === before) continue
    else if (areAlmostEqual(before, count)) counts[i] = before
    else if (count < before) {
      counts[i] = before
      tellForced(fix, bounds[i] as number, before - count)
    } else before = count
  }
}

function tellForced(fix: MonotonicityFix, bound: number, difference: number): void {
  if (!fix.isForced) {
    fix.isForced = true
    fix.minBucket = Infinity
    fix.maxBucket = -Infinity
    fix.maxDiff = 0
  }
  if (bound < fix.minBucket) fix.minBucket = bound
  if (bound > fix.maxBucket) fix.maxBucket = bound
  if (difference > fix.maxDiff) fix.maxDiff = difference
}

/** Follows Equal, util/almost/almost.go. */
function areAlmostEqual(a: number, b: number): boolean {
  if (a !== a && b !== b) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE
}

/** The fraction of observations between two bounds; NaN without a +Inf bucket or without observations. */
export function classicFraction(
  lower: number,
  upper: number,
  bounds: Float64Array,
  counts: Float64Array,
  n: number,
): number {
  if (bounds[n - 1] !== Infinity) return NaN
  const all = counts[n - 1] as number
  if (all === 0 || lower !== lower || upper !== upper) return NaN
  if (lower >= upper) return 0
  return (rankOf(upper, bounds, counts, n) - rankOf(lower, bounds, counts, n)) / all
}

/** How many observations are below `v`, by linear interpolation within its bucket. */
function rankOf(v: number, bounds: Float64Array, counts: Float64Array, n: number): number {
  const all = counts[n - 1] as number
  let rank = 0
  for (let i = 0; i < n; i++) {
    const start = i > 0 ? (bounds[i - 1] as number) : (bounds[0] as number) <= 0 ? -Infinity : 0
    const end = bounds[i] as number
    const count = counts[i] as number
    if (start >= v) return rank > all ? all : rank
    if (end > v) {
      const reached = start === -Infinity ? count : rank + ((count - rank) * (v - start)) / (end - start)
      return reached > all ? all : reached
    }
    rank = count
  }
  return all
}
