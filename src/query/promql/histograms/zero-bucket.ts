/** Zero buckets of different widths. Follows reconcileZeroBuckets, prometheus/model/histogram/float_histogram.go@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { exponentialBound } from '../../../model/histogram-bounds.ts'
import { restOf } from '../functions/range-kahan.ts'
import { compactCompensated, compactSpans } from './compact.ts'
import type { CompensatedSpans } from './compact.ts'
import { LayoutCursor } from './layout.ts'

/** A zero bucket as a histogram would have it with a wider threshold. */
export interface ZeroBucket {
  readonly count: number
  /** What compensated addition lost of `count`. */
  readonly rest: number
  /** At least as wide as was asked for: widened to the end of a populated bucket that it would cut. */
  readonly threshold: number
}

/** What goes into the zero bucket when it grows to `threshold`, at least the histogram's own; `rests` has its compensation. */
export function widerZeroBucket(h: NativeHistogram, threshold: number, rests?: NativeHistogram): ZeroBucket {
  let rest = rests?.zeroCount ?? 0
  if (threshold === h.zeroThreshold) return { count: h.zeroCount, rest, threshold }
  let wanted = threshold
  for (;;) {
    const positive = takeIn(h.positive, rests?.positive.counts, h.schema, {
      count: h.zeroCount,
      rest,
      threshold: wanted,
    })
    const negative = takeIn(h.negative, rests?.negative.counts, h.schema, positive)
    // A wider bucket takes in more on the positive side: count again. The rest goes on as it is, as in Prometheus.
    if (negative.threshold === positive.threshold) return negative
    rest = negative.rest
    wanted = negative.threshold
  }
}

/** The zero bucket with the buckets of one side that begin below its threshold. */
function takeIn(
  spans: BucketSpans,
  rests: readonly number[] | undefined,
  schema: number,
  zero: ZeroBucket,
): ZeroBucket {
  let { count, rest, threshold } = zero
  const cursor = new LayoutCursor(spans)
  while (cursor.next() && exponentialBound(cursor.index - 1, schema) < threshold) {
    const added = spans.counts[cursor.at] as number
    rest = restOf(count, added, count + added, rest)
    count += added
    if (rests !== undefined) {
      const lost = rests[cursor.at] as number
      rest = restOf(count, lost, count + lost, rest)
      count += lost
    }
    const upper = exponentialBound(cursor.index, schema)
    if (upper <= threshold) continue
    if (added !== 0) threshold = upper
    break
  }
  return { count, rest, threshold }
}

/** Both histograms of an addition with one zero threshold. */
export interface Reconciled {
  readonly value: NativeHistogram
  /** The compensation that belongs to `value`, if one was given. */
  readonly rests: NativeHistogram | undefined
  /** What the other one's zero bucket counts at the common threshold, and what its sum lost. */
  readonly otherCount: number
  readonly otherRest: number
}

/**
 * The narrowest zero bucket that takes in those of both without cutting a populated bucket of either. The other histogram's
 * buckets that are within it are for the caller to leave out.
 */
export function reconcileZeroBuckets(h: NativeHistogram, other: NativeHistogram, rests?: NativeHistogram): Reconciled {
  let value = h
  let kept = rests
  let zero: ZeroBucket = { count: other.zeroCount, rest: 0, threshold: other.zeroThreshold }
  while (zero.threshold !== value.zeroThreshold) {
    if (value.zeroThreshold > zero.threshold) zero = widerZeroBucket(other, value.zeroThreshold)
    if (zero.threshold > value.zeroThreshold) ({ value, rests: kept } = widened(value, zero.threshold, kept))
  }
  return { value, rests: kept, otherCount: zero.count, otherRest: zero.rest }
}

function widened(
  h: NativeHistogram,
  threshold: number,
  rests: NativeHistogram | undefined,
): { readonly value: NativeHistogram; readonly rests: NativeHistogram | undefined } {
  const zero = widerZeroBucket(h, threshold, rests)
  const wide = { ...h, zeroCount: zero.count, zeroThreshold: zero.threshold }
  const trim = (spans: BucketSpans): BucketSpans => ({ ...spans, counts: trimmed(spans, spans.counts, wide) })
  if (rests === undefined) {
    const positive = compactSpans(trim(h.positive), 0)
    return { value: { ...wide, positive, negative: compactSpans(trim(h.negative), 0) }, rests }
  }
  const trimBoth = (spans: BucketSpans, lost: BucketSpans): CompensatedSpans =>
    compactCompensated({ spans: trim(spans), rests: trimmed(spans, lost.counts, wide) })
  const positive = trimBoth(h.positive, rests.positive)
  const negative = trimBoth(h.negative, rests.negative)
  return {
    value: { ...wide, positive: positive.spans, negative: negative.spans },
    rests: {
      ...rests,
      zeroCount: zero.rest,
      zeroThreshold: zero.threshold,
      positive: { ...positive.spans, counts: positive.rests },
      negative: { ...negative.spans, counts: negative.rests },
    },
  }
}

/** Counts of a layout with 0 for the buckets that begin below the zero threshold. */
function trimmed(spans: BucketSpans, counts: readonly number[], { schema, zeroThreshold }: NativeHistogram): number[] {
  const left = counts.slice()
  const cursor = new LayoutCursor(spans)
  while (cursor.next() && exponentialBound(cursor.index - 1, schema) < zeroThreshold) left[cursor.at] = 0
  return left
}
