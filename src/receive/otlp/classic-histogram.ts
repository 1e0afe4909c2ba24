/** Explicit histograms and summaries as families of float series. Follows addHistogramDataPoints and addSummaryDataPoints. */
import { formatGoDecimal } from '../../core/go-number.ts'
import type { ExplicitHistogram } from './native-histogram.ts'
import type { Part, Shape } from './series-resolver.ts'

/** Series `_count`, `_sum` when there is one, a bucket for each finite bound, and the bucket of all. */
export function classicShape(histogram: ExplicitHistogram): Shape {
  const bounds = finiteBounds(histogram)
  const hasSum = histogram.sum !== undefined
  const parts = (): Part[] => [
    { suffix: '_count' },
    ...(hasSum ? [{ suffix: '_sum' }] : []),
    ...bounds.map((bound): Part => ({ suffix: '_bucket', label: ['le', formatGoDecimal(bound)] })),
    { suffix: '_bucket', label: ['le', '+Inf'] },
  ]
  return { bounds, hasSum, parts }
}

/** The values in the order of `classicShape`'s parts, of which `finite` are buckets with a finite bound. */
export function classicValues(histogram: ExplicitHistogram, hasSum: boolean, finite: number): number[] {
  const values = hasSum ? [histogram.count, histogram.sum ?? NaN] : [histogram.count]
  let cumulative = 0
  for (let i = 0; i < finite; i++) {
    cumulative += histogram.bucketCounts[i] as number
    values.push(cumulative)
  }
  values.push(histogram.count)
  return values
}

/** Which of `bounds` holds `value`; their number when none does. */
export function bucketOf(value: number, bounds: readonly number[]): number {
  const at = bounds.findIndex((bound) => value <= bound)
  return at === -1 ? bounds.length : at
}

export function summaryShape(quantiles: readonly number[]): Shape {
  const parts = (): Part[] => [
    { suffix: '_count' },
    { suffix: '_sum' },
    ...quantiles.map((quantile): Part => ({ suffix: '', label: ['quantile', formatGoDecimal(quantile)] })),
  ]
  return { bounds: quantiles, hasSum: true, parts }
}

// A bound without a count has no bucket, and +Inf has one of its own.
function finiteBounds({ bounds, bucketCounts }: ExplicitHistogram): readonly number[] {
  const counted = Math.min(bounds.length, bucketCounts.length)
  const finite = bounds[counted - 1] === Infinity ? counted - 1 : counted
  return finite === bounds.length ? bounds : bounds.slice(0, finite)
}
