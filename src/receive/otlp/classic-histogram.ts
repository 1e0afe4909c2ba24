/** Explicit histograms and summaries as families of float series. Follows addHistogramDataPoints and addSummaryDataPoints. */
import type { ExplicitHistogram } from './native-histogram.ts'
import type { Part, Shape } from './series-resolver.ts'

/** Series `_count`, `_sum` when there is one, a bucket for each finite bound, and the bucket of all. */
export function classicShape(histogram: ExplicitHistogram): Shape {
  const bounds = finiteBounds(histogram)
  const hasSum = histogram.sum !== undefined
  const parts = (): Part[] => [
    { suffix: '_count' },
    ...(hasSum ? [{ suffix: '_sum' }] : []),
    ...bounds.map((bound): Part => ({ suffix: '_bucket', label: ['le', decimal(bound)] })),
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
    ...quantiles.map((quantile): Part => ({ suffix: '', label: ['quantile', decimal(quantile)] })),
  ]
  return { bounds: quantiles, hasSum: true, parts }
}

// A bound without a count has no bucket, and +Inf has one of its own.
function finiteBounds({ bounds, bucketCounts }: ExplicitHistogram): readonly number[] {
  const counted = Math.min(bounds.length, bucketCounts.length)
  const finite = bounds[counted - 1] === Infinity ? counted - 1 : counted
  return finite === bounds.length ? bounds : bounds.slice(0, finite)
}

/** The shortest decimal without an exponent that reads back as `value`, as Go's FormatFloat(value, 'f', -1, 64). */
export function decimal(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? []
  if (whole === undefined) return String(value)
  const shift = Number(exponent)
  const digits = whole + fraction
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - whole.length)}${digits}`
  return sign + digits + '0'.repeat(shift - fraction.length)
}
