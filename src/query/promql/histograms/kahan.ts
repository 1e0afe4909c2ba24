/** Compensated sums of native histograms. Follows KahanAdd, prometheus/model/histogram/float_histogram.go@v3.14. */
import { NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { restOf } from '../functions/range-kahan.ts'
import { addCompensated } from './add-spans.ts'
import type { SharedShape } from './add-spans.ts'
import {
  add,
  bounded,
  combinedHint,
  customBuckets,
  divide,
  histogramFrom,
  multiply,
  sameBounds,
  usesCustomBuckets,
} from './arithmetic.ts'
import type { Buckets, Combined, Incompatible } from './arithmetic.ts'
import type { CompensatedSpans } from './compact.ts'
import { addReconciled, sharedBounds } from './custom-bounds.ts'
import { reduceCompensated } from './resolution.ts'
import { reconcileZeroBuckets } from './zero-bucket.ts'

/** A running sum: histograms are added with `kahanAdd`, and `finishSum` gives the result. Immutable, like histograms. */
export interface CompensatedSum {
  /** The sum as floats have it. */
  readonly value: NativeHistogram
  /** What rounding lost of each of its numbers, in buckets of the same layout; undefined before the first addition. */
  readonly rest: NativeHistogram | undefined
}

export interface CompensatedAddition extends Omit<Combined, 'value'> {
  readonly sum: CompensatedSum
}

export function startSum(h: NativeHistogram): CompensatedSum {
  return { value: h, rest: undefined }
}

/** The sum with one more histogram. */
export function kahanAdd({ value: a, rest }: CompensatedSum, b: NativeHistogram): CompensatedAddition | Incompatible {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) return 'incompatible'
  const { hint, collision } = combinedHint(a.resetHint, b.resetHint)
  const isReconciled = !sameBounds(a, b)
  const sum = usesCustomBuckets(a) ? addCustom(a, rest ?? nothingOf(a), b) : addExponential(a, rest ?? nothingOf(a), b)
  const count = a.count + b.count
  const total = a.sum + b.sum
  const countRest = restOf(a.count, b.count, count, rest?.count ?? 0)
  const totalRest = restOf(a.sum, b.sum, total, rest?.sum ?? 0)
  return {
    sum: {
      value: histogramFrom(sum.value, count, total, hint),
      rest: histogramFrom(sum.rest, countRest, totalRest, rest?.resetHint ?? a.resetHint),
    },
    counterResetCollision: collision,
    nhcbBoundsReconciled: isReconciled,
  }
}

/** Sum and rest over a number. */
export function divideSum({ value, rest }: CompensatedSum, scalar: number): CompensatedSum {
  return { value: divide(value, scalar), rest: rest && divide(rest, scalar) }
}

/** Sum and rest times a number. */
export function multiplySum({ value, rest }: CompensatedSum, factor: number): CompensatedSum {
  return { value: multiply(value, factor), rest: rest && multiply(rest, factor) }
}

/** The sum with what its roundings lost; not compacted. */
export function finishSum({ value, rest }: CompensatedSum): NativeHistogram {
  if (rest === undefined) return value
  const finished = add(value, rest)
  return finished === 'incompatible' ? value : finished.value
}

interface Sums {
  readonly value: Buckets
  readonly rest: Buckets
}

function addExponential(a: NativeHistogram, rest: NativeHistogram, b: NativeHistogram): Sums {
  const { value, rests = rest, otherCount, otherRest } = reconcileZeroBuckets(a, b, rest)
  const { zeroThreshold, customValues } = value
  const schema = Math.min(a.schema, b.schema)
  const shape = { schema, zeroThreshold }
  const ours = { spans: value.positive, rests: rests.positive.counts }
  const positive = addSide(ours, a.schema, b.positive, b.schema, shape)
  const oursBelow = { spans: value.negative, rests: rests.negative.counts }
  const negative = addSide(oursBelow, a.schema, b.negative, b.schema, shape)
  const withOther = value.zeroCount + otherCount
  const otherLost = restOf(value.zeroCount, otherCount, withOther, rests.zeroCount)
  const zeroCount = withOther + otherRest
  const zeroRest = restOf(withOther, otherRest, zeroCount, otherLost)
  return {
    value: { schema, zeroThreshold, zeroCount, positive: positive.spans, negative: negative.spans, customValues },
    rest: {
      schema,
      zeroThreshold,
      zeroCount: zeroRest,
      positive: restSpans(positive),
      negative: restSpans(negative),
      customValues,
    },
  }
}

function addSide(
  a: CompensatedSpans,
  schemaOfA: number,
  b: BucketSpans,
  schemaOfB: number,
  shape: SharedShape,
): CompensatedSpans {
  const ours = reduceCompensated(a, schemaOfA, shape.schema)
  if (schemaOfB === shape.schema) return addCompensated(ours, b, undefined, shape)
  const theirs = reduceCompensated({ spans: b, rests: b.counts.map(() => 0) }, schemaOfB, shape.schema)
  return addCompensated(ours, theirs.spans, theirs.rests, shape)
}

function addCustom(a: NativeHistogram, rest: NativeHistogram, b: NativeHistogram): Sums {
  const bounds = sameBounds(a, b) ? a.customValues : sharedBounds(a.customValues, b.customValues)
  const positive =
    bounds === a.customValues
      ? addCompensated({ spans: a.positive, rests: rest.positive.counts }, b.positive, undefined, a)
      : addReconciled(bounded(a), rest.positive.counts, bounded(b), 1, bounds)
  return { value: customBuckets(positive.spans, bounds), rest: customBuckets(restSpans(positive), bounds) }
}

function restSpans({ spans, rests }: CompensatedSpans): BucketSpans {
  return { offsets: spans.offsets, lengths: spans.lengths, counts: rests }
}

/** The histogram's buckets with nothing in them. */
function nothingOf(h: NativeHistogram): NativeHistogram {
  return { ...h, zeroCount: 0, count: 0, sum: 0, positive: emptied(h.positive), negative: emptied(h.negative) }
}

function emptied({ offsets, lengths, counts }: BucketSpans): BucketSpans {
  if (counts.length === 0) return NO_SPANS
  const zeros = counts.slice()
  for (let i = 0; i < zeros.length; i++) zeros[i] = 0
  return { offsets, lengths, counts: zeros }
}
