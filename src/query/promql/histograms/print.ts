/** Native histograms as text. Follows String and TestExpression, prometheus/model/histogram/float_histogram.go@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { formatGoFloat } from '../../../core/go-number.ts'
import { usesCustomBuckets } from './arithmetic.ts'
import { BucketCursor } from './buckets.ts'
import { compact } from './compact.ts'
import { upperBound } from '../../../model/histogram-bounds.ts'

/** `{count:3, sum:5, [-0.001,0.001]:1, (1,2]:2}`: populated buckets in rising order. What count_values and Go's `%v` show. */
export function printHistogram(h: NativeHistogram): string {
  const parts = [`count:${formatGoFloat(h.count)}`, `sum:${formatGoFloat(h.sum)}`]
  // A zero bucket below zero, as subtraction leaves it, is shown too: the cursor passes over those.
  const cursor = new BucketCursor({ ...h, zeroCount: h.zeroCount === 0 ? 0 : 1 }, 'rising')
  while (cursor.next()) if (cursor.count !== 0) parts.push(printBucket(h, cursor))
  return `{${parts.join(', ')}}`
}

/** Shows bounds as the schema has them, even where the zero bucket takes a part. */
function printBucket(
  h: NativeHistogram,
  { sign, index, count, isLowerInclusive, isUpperInclusive }: BucketCursor,
): string {
  const [inner, outer] =
    sign === 0 ? [-h.zeroThreshold, h.zeroThreshold] : [upperBound(h, index - 1), upperBound(h, index)]
  const [lower, upper] = sign === -1 ? [-outer, -inner] : [inner, outer]
  const open = isLowerInclusive ? '[' : '('
  const close = isUpperInclusive ? ']' : ')'
  return `${open}${formatGoFloat(lower)},${formatGoFloat(upper)}${close}:${formatGoFloat(sign === 0 ? h.zeroCount : count)}`
}

/**
 * `{{schema:1 count:3 sum:5 buckets:[1 2]}}`, the notation of PromQL's test scripts: what is unset is left out. Empty buckets
 * between populated ones are shown.
 */
export function testExpression(histogram: NativeHistogram): string {
  const h = compact(histogram, Infinity)
  const parts: string[] = []
  if (h.schema !== 0) parts.push(`schema:${h.schema}`)
  const numbers = { count: h.count, sum: h.sum, z_bucket: h.zeroCount, z_bucket_w: h.zeroThreshold }
  for (const [key, value] of Object.entries(numbers)) if (value !== 0) parts.push(`${key}:${formatGoFloat(value)}`)
  if (usesCustomBuckets(h)) parts.push(`custom_values:${list(h.customValues)}`)
  if (h.resetHint !== 'unknown') parts.push(`counter_reset_hint:${h.resetHint}`)
  parts.push(...sideParts(h.positive, 'offset', 'buckets'), ...sideParts(h.negative, 'n_offset', 'n_buckets'))
  return `{{${parts.join(' ')}}}`
}

function sideParts({ offsets, counts }: BucketSpans, offsetKey: string, bucketsKey: string): string[] {
  const [offset = 0] = offsets
  const parts = offset === 0 ? [] : [`${offsetKey}:${offset}`]
  return counts.length === 0 ? parts : [...parts, `${bucketsKey}:${list(counts)}`]
}

function list(values: readonly number[]): string {
  return `[${values.map(formatGoFloat).join(' ')}]`
}
