/** Sums, differences and multiples of native histograms. Follows prometheus/model/histogram/float_histogram.go@v3.14. */
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { isInfinite } from '../functions/range-kahan.ts'
import { addSpans } from './add-spans.ts'
import type { SharedShape, Sign } from './add-spans.ts'
import { addReconciled, sharedBounds } from './custom-bounds.ts'
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
  const { schema, zeroThreshold, customValues } = h
  const zeroCount = h.zeroCount * factor
  const positive = multipliedSpans(h.positive, factor)
  const negative = multipliedSpans(h.negative, factor)
  const buckets = { schema, zeroThreshold, zeroCount, positive, negative, customValues }
  return histogramFrom(buckets, h.count * factor, h.sum * factor, factor < 0 ? 'gauge' : h.resetHint)
}

/** The same as division; by 0 there are no buckets left. */
export function divide(h: NativeHistogram, scalar: number): NativeHistogram {
  const { schema, zeroThreshold, customValues } = h
  const zeroCount = h.zeroCount / scalar
  const positive = scalar === 0 ? NO_SPANS : dividedSpans(h.positive, scalar)
  const negative = scalar === 0 ? NO_SPANS : dividedSpans(h.negative, scalar)
  const buckets = { schema, zeroThreshold, zeroCount, positive, negative, customValues }
  return histogramFrom(buckets, h.count / scalar, h.sum / scalar, scalar < 0 ? 'gauge' : h.resetHint)
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
  const value = histogramFrom(buckets, a.count + sign * b.count, a.sum + sign * b.sum, hint)
  return { value, counterResetCollision: collision, nhcbBoundsReconciled: isReconciled }
}

/** Exponential histograms have none, which is the same. */
export function sameBounds(a: NativeHistogram, b: NativeHistogram): boolean {
  return !usesCustomBuckets(a) || sameNumbers(a.customValues, b.customValues)
}

/** All that a histogram says about its buckets. */
export type Buckets = Pick<
  NativeHistogram,
  'schema' | 'zeroThreshold' | 'zeroCount' | 'positive' | 'negative' | 'customValues'
>

/** Field by field, as spreading an object costs more than adding up a hundred buckets. */
export function histogramFrom(
  { schema, zeroThreshold, zeroCount, positive, negative, customValues }: Buckets,
  count: number,
  sum: number,
  resetHint: NativeHistogram['resetHint'],
): NativeHistogram {
  const [stale, integer] = [false, false]
  return { schema, zeroThreshold, zeroCount, count, sum, stale, integer, positive, negative, customValues, resetHint }
}

function exponential(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  const { value, otherCount } = reconcileZeroBuckets(a, b)
  const { zeroThreshold, zeroCount } = value
  const schema = Math.min(a.schema, b.schema)
  const shape = { schema, zeroThreshold }
  return {
    schema,
    zeroThreshold,
    zeroCount: zeroCount + sign * otherCount,
    positive: addSides(value.positive, a.schema, b.positive, b.schema, sign, shape),
    negative: addSides(value.negative, a.schema, b.negative, b.schema, sign, shape),
    customValues: a.customValues,
  }
}

function addSides(
  a: BucketSpans,
  schemaOfA: number,
  b: BucketSpans,
  schemaOfB: number,
  sign: Sign,
  shape: SharedShape,
): BucketSpans {
  return addSpans(reduceSpans(a, schemaOfA, shape.schema), reduceSpans(b, schemaOfB, shape.schema), sign, shape)
}

function custom(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  return customBuckets(addSpans(a.positive, b.positive, sign, a), a.customValues)
}

function mismatched(a: NativeHistogram, b: NativeHistogram, sign: Sign): Buckets {
  const bounds = sharedBounds(a.customValues, b.customValues)
  const [ours, theirs] = [bounded(a), bounded(b)]
  return customBuckets(addReconciled(ours, undefined, theirs, sign, bounds).spans, bounds)
}

export function customBuckets(positive: BucketSpans, customValues: readonly number[]): Buckets {
  return { schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, zeroCount: 0, positive, negative: NO_SPANS, customValues }
}

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
