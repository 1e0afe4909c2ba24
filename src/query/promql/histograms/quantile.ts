/** Quantiles and fractions of native histograms. Follows promql/quantile.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { goExp2, goLog2 } from '../functions/go-math.ts'
import { usesCustomBuckets } from './arithmetic.ts'
import { BucketCursor } from './buckets.ts'

/** What an info annotation tells about observations of NaN: they made the quantile NaN, or higher than it should be. */
export type NanNote = 'nan_result' | 'nan_skew'

export interface HistogramQuantile {
  readonly value: number
  readonly note?: NanNote
}

export interface HistogramFraction {
  readonly value: number
  /** Observations of NaN were there, and are in no fraction. */
  readonly excludesNans: boolean
}

interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/**
 * The q-quantile: interpolated on a logarithmic scale in exponential buckets, linearly in custom ones and in the zero bucket.
 * NaN without observations or for q NaN; infinite for q outside of [0, 1]. Follows HistogramQuantile.
 */
export function histogramQuantile(q: number, h: NativeHistogram): HistogramQuantile {
  if (q < 0) return { value: -Infinity }
  if (q > 1) return { value: Infinity }
  if (h.count === 0 || Number.isNaN(q)) return { value: NaN }
  // Observations of NaN are in no bucket, but counted: then only ranks from below are right.
  const isForward = Number.isNaN(h.sum) || q < 0.5
  const rank = isForward ? q * h.count : (1 - q) * h.count
  const cursor = new BucketCursor(h, isForward ? 'rising' : 'falling')
  const reached = countUpTo(cursor, rank)
  const end = usesCustomBuckets(h) ? openEnd(cursor) : undefined
  if (end !== undefined) return { value: end }
  const bucket = quantileBucket(h, cursor)
  // Rounding may make the buckets hold more than all.
  const count = Math.min(reached, h.count)
  if (count < rank) return Number.isNaN(h.sum) ? { value: NaN, note: 'nan_result' } : { value: bucket.upper }
  const rankWithin = isForward ? rank - (count - bucket.count) : count - rank
  if (!Number.isNaN(h.sum)) return { value: interpolated(bucket, rankWithin, usesCustomBuckets(h)) }
  // Prometheus 3.14 counts the buckets behind this one, and then interpolates in the last one it came to.
  const all = countRest(cursor, count)
  const last = all === undefined ? bucket : plainBucket(cursor)
  const value = interpolated(last, rankWithin, usesCustomBuckets(h))
  return (all ?? count) < h.count ? { value, note: 'nan_skew' } : { value }
}

/** Moves on until the buckets passed hold `rank` observations, or to the last bucket; how many they hold. */
function countUpTo(cursor: BucketCursor, rank: number): number {
  let count = 0
  while (cursor.next()) {
    if (cursor.count === 0) continue
    count += cursor.count
    if (count >= rank) break
  }
  return count
}

/** The observations of all buckets; undefined when there was none left to count. */
function countRest(cursor: BucketCursor, counted: number): number | undefined {
  if (!cursor.next()) return undefined
  let count = counted + cursor.count
  while (cursor.next()) count += cursor.count
  return count
}

/** The end of a custom bucket that is the answer by itself, as the other end is infinite. */
function openEnd({ lower, upper }: BucketCursor): number | undefined {
  if (lower === -Infinity) return upper <= 0 ? upper : undefined
  return upper === Infinity ? lower : undefined
}

/** The bucket at hand; one that reaches over 0 ends there where the histogram has only one side. */
function quantileBucket(h: NativeHistogram, cursor: BucketCursor): Bucket {
  // An empty zero bucket is never at hand: there was no bucket at all.
  if (cursor.sign === 0 && cursor.count === 0) return { lower: 0, upper: 0, count: 0 }
  const { lower, upper, count } = plainBucket(cursor)
  if (usesCustomBuckets(h)) return { lower: lower === -Infinity ? 0 : lower, upper, count }
  return lower < 0 && upper > 0 ? { ...oneSided(h, lower, upper), count } : { lower, upper, count }
}

function plainBucket({ lower, upper, count }: BucketCursor): Bucket {
  return { lower, upper, count }
}

function oneSided(
  h: NativeHistogram,
  lower: number,
  upper: number,
): { readonly lower: number; readonly upper: number } {
  const hasNegative = h.negative.counts.length > 0
  const hasPositive = h.positive.counts.length > 0
  return { lower: hasPositive && !hasNegative ? 0 : lower, upper: hasNegative && !hasPositive ? 0 : upper }
}

function interpolated({ lower, upper, count }: Bucket, rank: number, isCustom: boolean): number {
  const fraction = rank / count
  if (isCustom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction
  const logLower = goLog2(Math.abs(lower))
  const logUpper = goLog2(Math.abs(upper))
  if (lower > 0) return goExp2(logLower + (logUpper - logLower) * fraction)
  return -goExp2(logUpper + (logLower - logUpper) * (1 - fraction))
}

/**
 * The fraction of observations between two values, interpolated as for quantiles. NaN without observations or for a bound that is
 * NaN. Follows HistogramFraction.
 */
export function histogramFraction(lower: number, upper: number, h: NativeHistogram): HistogramFraction {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: NaN, excludesNans: false }
  if (lower >= upper) return { value: 0, excludesNans: false }
  const cursor = new BucketCursor(h, 'rising')
  const [below, upTo] = [new Rank(lower), new Rank(upper)]
  const isCustom = usesCustomBuckets(h)
  let rank = 0
  while (!(below.isSet && upTo.isSet) && cursor.next()) {
    const bucket = fractionBucket(h, cursor)
    below.meet(bucket, rank, isCustom)
    upTo.meet(bucket, rank, isCustom)
    rank += cursor.count
  }
  const count = Number.isNaN(h.sum) ? (countRest(cursor, rank) ?? rank) : h.count
  const value = (upTo.within(count) - below.within(count)) / h.count
  return { value, excludesNans: Number.isNaN(h.sum) && count < h.count }
}

function fractionBucket(h: NativeHistogram, cursor: BucketCursor): Bucket {
  const { lower, upper, count } = plainBucket(cursor)
  return lower <= 0 && upper >= 0 ? { ...oneSided(h, lower, upper), count } : { lower, upper, count }
}

/** How many observations are below a value, told as buckets come by. */
class Rank {
  readonly #value: number
  #rank = 0
  isSet = false

  constructor(value: number) {
    this.#value = value
  }

  /** A bucket that has `before` observations in front of it. */
  meet(bucket: Bucket, before: number, isCustom: boolean): void {
    if (this.isSet) return
    if (bucket.lower >= this.#value) this.#set(before)
    else if (bucket.upper > this.#value) this.#set(this.#interpolated(bucket, before, isCustom))
  }

  /** Never more than there are. */
  within(count: number): number {
    return !this.isSet || this.#rank > count ? count : this.#rank
  }

  #set(rank: number): void {
    this.#rank = rank
    this.isSet = true
  }

  #interpolated(bucket: Bucket, before: number, isCustom: boolean): number {
    const isLinear = isCustom || (bucket.lower <= 0 && bucket.upper >= 0)
    // Nothing can be said about where in an infinite bucket the value is.
    if (isLinear && bucket.lower === -Infinity) return bucket.count
    return before + bucket.count * fractionBelow(bucket, this.#value, isLinear)
  }
}

/** How much of a bucket of finite bounds is below a value within it. Follows FractionBelow, model/histogram/generic.go@v3.14. */
export function fractionBelow({ lower, upper }: Omit<Bucket, 'count'>, value: number, isLinear: boolean): number {
  if (isLinear) return (value - lower) / (upper - lower)
  const logLower = goLog2(Math.abs(lower))
  const logUpper = goLog2(Math.abs(upper))
  const logValue = goLog2(Math.abs(value))
  if (value > 0) return (logValue - logLower) / (logUpper - logLower)
  return 1 - (logValue - logUpper) / (logLower - logUpper)
}
