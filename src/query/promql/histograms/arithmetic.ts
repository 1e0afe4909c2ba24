/** Sums, differences and multiples of native histograms. Follows prometheus/model/histogram/float_histogram.go@v3.14. */
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { isInfinite } from '../functions/range-kahan.ts'
import { addSpans } from './add-spans.ts'
import type { Sign } from './add-spans.ts'
import { addReconciled, commonBounds } from './custom-bounds.ts'
import { sameNumbers } from './layout.ts'
import { reduceSpans } from './resolution.ts'
import { reconcileZeroBuckets } from './zero-bucket.ts'

export interface Combined {
  /** Not compacted. */
  readonly value: NativeHistogram
  /** One operand says that it comes after a counter reset, the other one that it does not. */
  readonly counterResetCollision: boolean
  /** Custom buckets had different bounds; those that both had are left. */
  readonly nhcbBoundsReconciled: boolean
}

/** One operand has custom buckets, the other one exponential ones. */
export type Incompatible = 'incompatible'

/**
 * `a` plus `b`, at the coarser of their schemas and with a zero bucket that takes in both of theirs. Empty buckets stay: see
 * `compact`. Follows FloatHistogram.Add.
 */
export function add(a: NativeHistogram, b: NativeHistogram): Combined | Incompatible {
  return combine(a, b, 1)
}

/**
 * `a` less `b`, likewise; the hint is that of a sum, so that the `-` of PromQL still has to make it a gauge. Follows
 * FloatHistogram.Sub.
 */
export function sub(a: NativeHistogram, b: NativeHistogram): Combined | Incompatible {
  return combine(a, b, -1)
}

/** All counts and the sum times a number; a negative one makes a gauge. */
export function multiply(h: NativeHistogram, factor: number): NativeHistogram {
  return {
    ...h,
    integer: false,
    zeroCount: h.zeroCount * factor,
    count: h.count * factor,
    sum: h.sum * factor,
    positive: multipliedSpans(h.positive, factor),
    negative: multipliedSpans(h.negative, factor),
    resetHint: factor < 0 ? 'gauge' : h.resetHint,
  }
}

/** The same as division; by 0 there are no buckets left. */
export function divide(h: NativeHistogram, scalar: number): NativeHistogram {
  return {
    ...h,
    integer: false,
    zeroCount: h.zeroCount / scalar,
    count: h.count / scalar,
    sum: h.sum / scalar,
    positive: scalar === 0 ? NO_SPANS : dividedSpans(h.positive, scalar),
    negative: scalar === 0 ? NO_SPANS : dividedSpans(h.negative, scalar),
    resetHint: scalar < 0 ? 'gauge' : h.resetHint,
  }
}

export function negate(h: NativeHistogram): NativeHistogram {
  return multiply(h, -1)
}

export function asGauge(h: NativeHistogram): NativeHistogram {
  return h.resetHint === 'gauge' ? h : { ...h, resetHint: 'gauge' }
}

/** True when one of its numbers is infinite. Follows HasOverflow. */
export function hasOverflow(h: NativeHistogram): boolean {
  if (isInfinite(h.zeroCount) || isInfinite(h.count) || isInfinite(h.sum)) return true
  return [h.positive.counts, h.negative.counts, h.customValues].some(anyInfinite)
}

export function usesCustomBuckets(h: NativeHistogram): boolean {
  return h.schema === CUSTOM_BUCKETS_SCHEMA
}

/** A histogram's hint after the other one was added or taken away. Follows adjustCounterReset. */
export function combinedHint(
  a: NativeHistogram['resetHint'],
  b: NativeHistogram['resetHint'],
): { readonly hint: NativeHistogram['resetHint']; readonly collision: boolean } {
  if (a === b) return { hint: a, collision: false }
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', collision: false }
  return { hint: 'unknown', collision: a !== 'unknown' && b !== 'unknown' }
}

function combine(a: NativeHistogram, b: NativeHistogram, sign: Sign): Combined | Incompatible {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) return 'incompatible'
  const { hint, collision } = combinedHint(a.resetHint, b.resetHint)
  const isReconciled = !sameBounds(a, b)
  const buckets = !usesCustomBuckets(a)
    ? exponential(a, b, sign)
    : isReconciled
      ? mismatched(a, b, sign)
      : custom(a, b, sign)
  const value: NativeHistogram = {
    ...buckets,
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    stale: false,
    integer: false,
    resetHint: hint,
  }
  return { value, counterResetCollision: collision, nhcbBoundsReconciled: isReconciled }
}

/** Exponential histograms have none, which is the same. */
export function sameBounds(a: NativeHistogram, b: NativeHistogram): boolean {
  return !usesCustomBuckets(a) || sameNumbers(a.customValues, b.customValues)
}

type Buckets = Pick<
  NativeHistogram,
  'schema' | 'zeroThreshold' | 'zeroCount' | 'positive' | 'negative' | 'customValues'
>

function exponential(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  const { value, otherCount } = reconcileZeroBuckets(a, b)
  const { zeroThreshold, zeroCount } = value
  const common = { schema: Math.min(a.schema, b.schema), zeroThreshold }
  const side = (ours: BucketSpans, theirs: BucketSpans): BucketSpans =>
    addSpans(reduceSpans(ours, a.schema, common.schema), reduceSpans(theirs, b.schema, common.schema), sign, common)
  return {
    ...common,
    zeroCount: zeroCount + sign * otherCount,
    positive: side(value.positive, b.positive),
    negative: side(value.negative, b.negative),
    customValues: a.customValues,
  }
}

function custom(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  return { ...CUSTOM, positive: addSpans(a.positive, b.positive, sign, a), customValues: a.customValues }
}

function mismatched(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  const bounds = commonBounds(a.customValues, b.customValues)
  const [ours, theirs] = [bounded(a), bounded(b)]
  return { ...CUSTOM, positive: addReconciled(ours, undefined, theirs, sign, bounds).spans, customValues: bounds }
}

const CUSTOM = { schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, zeroCount: 0, negative: NO_SPANS } as const

export function bounded(h: NativeHistogram): { readonly spans: BucketSpans; readonly bounds: readonly number[] } {
  return { spans: h.positive, bounds: h.customValues }
}

function multipliedSpans({ offsets, lengths, counts }: BucketSpans, factor: number): BucketSpans {
  const products = counts.slice()
  for (let i = 0; i < products.length; i++) products[i] = (products[i] as number) * factor
  return { offsets, lengths, counts: products }
}

function dividedSpans({ offsets, lengths, counts }: BucketSpans, scalar: number): BucketSpans {
  const quotients = counts.slice()
  for (let i = 0; i < quotients.length; i++) quotients[i] = (quotients[i] as number) / scalar
  return { offsets, lengths, counts: quotients }
}

function anyInfinite(counts: readonly number[]): boolean {
  for (let i = 0; i < counts.length; i++) if (isInfinite(counts[i] as number)) return true
  return false
}
