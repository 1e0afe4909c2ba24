/** Parts of answers as JSON text: label sets, single points, exemplars, native histograms. */
import { formatGoPlain } from '../../core/go-number.ts'
import { upperBound } from '../../model/histogram-bounds.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { ExemplarSeries } from '../../signals/metrics.ts'
import { formatTimestamp } from './timestamp.ts'

/** `{"a":"b",...}` in the label set's order. */
export function labelsJson(labels: LabelSet): string {
  let text = '{'
  for (const [name, value] of labels.entries()) {
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return `${text}}`
}

/** `[seconds, "value"]` */
export function pointJson(timestamp: number, value: number): string {
  return `[${formatTimestamp(timestamp)},"${formatGoPlain(value)}"]`
}

/** One series of `query_exemplars`. */
export function exemplarSeriesJson({ labels, exemplars }: ExemplarSeries): string {
  const rows = exemplars.map(({ labels: own, value, timestamp }) => {
    const point = `"value":"${formatGoPlain(value)}","timestamp":${formatTimestamp(timestamp)}`
    return `{"labels":${labelsJson(own)},${point}}`
  })
  return `{"seriesLabels":${labelsJson(labels)},"exemplars":[${rows.join(',')}]}`
}

/** Which ends of a bucket belong to it, as the API codes them. */
const OPEN_LEFT = 0
const OPEN_RIGHT = 1
const CLOSED_BOTH = 3

/** `{count, sum, buckets: [[boundaries, lower, upper, count]]}`, empty buckets left out. Follows marshalHistogram, prometheus. */
export function histogramJson(histogram: NativeHistogram): string {
  const rows: [rule: number, lower: number, upper: number, count: number][] = []
  for (const { lower, upper, count } of bucketsOf(histogram, histogram.negative).reverse()) {
    rows.push([OPEN_RIGHT, -upper, -lower, count])
  }
  const { zeroCount, zeroThreshold, count, sum } = histogram
  // A negative count (of a negated histogram) and NaN are not shown, unlike those of other buckets.
  if (zeroCount > 0) rows.push([CLOSED_BOTH, -zeroThreshold, zeroThreshold, zeroCount])
  for (const [i, bucket] of bucketsOf(histogram, histogram.positive).entries()) {
    const closed = histogram.schema === CUSTOM_BUCKETS_SCHEMA && i === 0 && bucket.lower === -Infinity
    rows.push([closed ? CLOSED_BOTH : OPEN_LEFT, bucket.lower, bucket.upper, bucket.count])
  }
  const buckets = rows
    .filter(([, , , n]) => n !== 0)
    .map(([rule, ...rest]) => `[${rule},${rest.map((n) => `"${formatGoPlain(n)}"`).join(',')}]`)
  const tail = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`
  return `{"count":"${formatGoPlain(count)}","sum":"${formatGoPlain(sum)}"${tail}}`
}

interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** The buckets of one side with their absolute bounds, in order of index. */
function bucketsOf(histogram: NativeHistogram, { offsets, lengths, counts }: BucketSpans): Bucket[] {
  const buckets: Bucket[] = []
  let index = 0
  for (const [run, length] of lengths.entries()) {
    index += offsets[run] ?? 0
    for (let i = 0; i < length; i++, index++) {
      const lower = upperBound(histogram, index - 1)
      buckets.push({
        // A wide zero bucket takes what it covers of its neighbour.
        lower: lower > 0 ? Math.max(lower, histogram.zeroThreshold) : lower,
        upper: upperBound(histogram, index),
        count: counts[buckets.length] ?? 0,
      })
    }
  }
  return buckets
}
