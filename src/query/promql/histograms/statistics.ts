/** Mean and spread of native histograms. Follows histogram_avg and histogramVariance, promql/functions.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { restOf } from '../functions/range-kahan.ts'
import { usesCustomBuckets } from './arithmetic.ts'
import { BucketCursor } from './buckets.ts'

export function histogramAverage(h: NativeHistogram): number {
  return h.sum / h.count
}

/** Variance of the observations, as if each were in the middle of its bucket: the geometric one in exponential buckets. */
export function histogramVariance(h: NativeHistogram): number {
  const mean = histogramAverage(h)
  const isCustom = usesCustomBuckets(h)
  const cursor = new BucketCursor(h, 'rising')
  let variance = 0
  let rest = 0
  while (cursor.next()) {
    if (cursor.count === 0) continue
    const delta = middleOf(cursor, isCustom) - mean
    const added = cursor.count * delta * delta
    const total = variance + added
    rest = restOf(variance, added, total, rest)
    variance = total
  }
  return (variance + rest) / h.count
}

export function histogramDeviation(h: NativeHistogram): number {
  return Math.sqrt(histogramVariance(h))
}

function middleOf({ lower, upper }: BucketCursor, isCustom: boolean): number {
  if (isCustom) return (upper + lower) / 2
  if (lower <= 0 && upper >= 0) return 0
  const middle = Math.sqrt(upper * lower)
  return upper < 0 ? -middle : middle
}
