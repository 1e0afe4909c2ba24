/** Histograms cut off at a value: `h </ v` and `h >/ v`. Follows TrimBuckets, prometheus/model/histogram/float_histogram.go@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { upperBound } from '../../../model/histogram-bounds.ts'
import { usesCustomBuckets } from './arithmetic.ts'
import { compact } from './compact.ts'
import { LayoutCursor } from './layout.ts'
import { fractionBelow } from './quantile.ts'

/** Which observations stay: those below the value (`</`), or those above it (`>/`). */
export type Kept = 'below' | 'above'

/**
 * The histogram with the observations on one side of `value`; in the bucket that has it, as many as interpolation tells. Count
 * and sum are then estimated from the buckets. The argument itself when nothing is cut.
 */
export function trim(h: NativeHistogram, value: number, kept: Kept): NativeHistogram {
  const cut: Cut = { value, kept, isLinear: usesCustomBuckets(h) }
  const totals: Totals = { count: 0, sum: 0, isTrimmed: false }
  const positive = trimSide(h, 1, cut, totals)
  const negative = trimSide(h, -1, cut, totals)
  const zeroCount = h.zeroCount > 0 ? trimZero(h, cut, totals) : h.zeroCount
  if (!totals.isTrimmed) return h
  const { count, sum } = totals
  return compact({ ...h, integer: false, positive, negative, zeroCount, count, sum })
}

interface Cut {
  readonly value: number
  readonly kept: Kept
  readonly isLinear: boolean
}

interface Totals {
  count: number
  sum: number
  isTrimmed: boolean
}

interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** What stays of a bucket, and the value that stands for it in the sum. */
interface Part {
  readonly count: number
  readonly middle: number
}

function trimSide(h: NativeHistogram, sign: 1 | -1, cut: Cut, totals: Totals): BucketSpans {
  const spans = sign === 1 ? h.positive : h.negative
  const counts = spans.counts.slice()
  const cursor = new LayoutCursor(spans)
  while (cursor.next()) {
    const count = spans.counts[cursor.at] as number
    if (count === 0) continue
    const [inner, outer] = [upperBound(h, cursor.index - 1), upperBound(h, cursor.index)]
    const bucket = sign === 1 ? { lower: inner, upper: outer, count } : { lower: -outer, upper: -inner, count }
    const part = partOf(bucket, cut, sign)
    counts[cursor.at] = part?.count ?? 0
    if (part?.count !== count) totals.isTrimmed = true
    if (part === undefined) continue
    totals.count += part.count
    totals.sum += part.middle * part.count
  }
  return { offsets: spans.offsets, lengths: spans.lengths, counts }
}

/** Undefined when nothing stays. */
function partOf(bucket: Bucket, { value, kept, isLinear }: Cut, sign: 1 | -1): Part | undefined {
  const { lower, upper, count } = bucket
  const isWhole = kept === 'below' ? upper <= value : lower >= value
  if (isWhole) return { count, middle: middleOf(lower, upper, sign, isLinear) }
  if (!(kept === 'below' ? lower < value : upper > value)) return undefined
  if (lower === -Infinity) return kept === 'below' ? belowOfUnbounded(bucket, value) : aboveOfUnbounded(bucket, value)
  if (upper === Infinity) return kept === 'below' ? { count: 0, middle: 0 } : partOfLast(bucket, value)
  const under = countBelow(bucket, value, isLinear)
  return kept === 'below'
    ? { count: under, middle: middleOf(lower, value, sign, isLinear) }
    : { count: count - under, middle: middleOf(value, upper, sign, isLinear) }
}

// Of a bucket without a lower bound: with a positive upper one, as if it began at 0.
function belowOfUnbounded({ upper, count }: Bucket, value: number): Part {
  if (value > 0 && upper > 0 && upper !== Infinity) return { count: (count * value) / upper, middle: value / 2 }
  return upper <= 0 ? { count, middle: value } : { count: 0, middle: 0 }
}

function aboveOfUnbounded({ upper, count }: Bucket, value: number): Part {
  if (value === -Infinity) return { count, middle: 0 }
  if (!(value >= 0 && upper > value && upper !== Infinity)) return { count: 0, middle: 0 }
  return { count: count * (1 - value / upper), middle: (value + upper) / 2 }
}

function partOfLast({ lower, count }: Bucket, value: number): Part {
  return value >= lower ? { count, middle: value } : { count: 0, middle: 0 }
}

function countBelow(bucket: Bucket, value: number, isLinear: boolean): number {
  if (value <= bucket.lower) return 0
  if (value >= bucket.upper) return bucket.count
  return bucket.count * fractionBelow(bucket, value, isLinear)
}

function middleOf(lower: number, upper: number, sign: 1 | -1, isLinear: boolean): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0
    return upper > 0 ? upper / 2 : upper
  }
  if (!Number.isFinite(upper)) return lower
  return isLinear ? (lower + upper) / 2 : sign * Math.sqrt(Math.abs(lower * upper))
}

/** The zero bucket's new count. It ends at 0 where the histogram has populated buckets on one side only. */
function trimZero(h: NativeHistogram, { value, kept }: Cut, totals: Totals): number {
  const [hasNegative, hasPositive] = [isPopulated(h.negative), isPopulated(h.positive)]
  const lower = hasPositive && !hasNegative ? 0 : -h.zeroThreshold
  const upper = hasNegative && !hasPositive ? 0 : h.zeroThreshold
  const { count, middle } = zeroPart({ lower, upper, count: h.zeroCount }, value, kept)
  if (count !== h.zeroCount) totals.isTrimmed = true
  totals.sum += middle * count
  totals.count += count
  return count
}

function zeroPart({ lower, upper, count }: Bucket, value: number, kept: Kept): Part {
  const isBelow = kept === 'below'
  const whole = { count, middle: (lower + upper) / 2 }
  const none = { count: 0, middle: 0 }
  if (value <= lower) return isBelow ? none : whole
  if (value >= upper) return isBelow ? whole : none
  return isBelow
    ? { count: count * ((value - lower) / (upper - lower)), middle: (lower + value) / 2 }
    : { count: count * ((upper - value) / (upper - lower)), middle: (value + upper) / 2 }
}

function isPopulated({ counts }: BucketSpans): boolean {
  return counts.some((count) => count !== 0)
}
