/** Query results as JSON text, written without an object per point. */
import { upperBound } from '../../model/histogram-bounds.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { ResultSeries } from '../../query/promql/select.ts'
import type { ExemplarSeries } from '../../signals/metrics.ts'
import { formatTimestamp, formatValue } from './number.ts'

/** `{"a":"b",...}` in the label set's order. */
export function labelsJson(labels: LabelSet): string {
  let text = '{'
  for (const [name, value] of labels.entries()) {
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return `${text}}`
}

/** `resultType: scalar`; this and the others are members of an object, without its braces. */
export function scalarJson(timestamp: number, value: number): string {
  return `"resultType":"scalar","result":${pointJson(timestamp, value)}`
}

export function stringJson(timestamp: number, value: string): string {
  return `"resultType":"string","result":[${formatTimestamp(timestamp)},${JSON.stringify(value)}]`
}

/** `resultType: vector`: the single point of each series, told at `timestamp`. */
export function vectorJson(result: readonly ResultSeries[]): string {
  const series = result.map(({ labels, timestamps, values, histograms }) => {
    const [histogram] = histograms
    const point =
      histogram === undefined
        ? `"value":${pointJson(timestamps[0] as number, values[0] as number)}`
        : `"histogram":[${formatTimestamp(histogram.timestamp)},${histogramJson(histogram.value)}]`
    return `{"metric":${labelsJson(labels)},${point}}`
  })
  return `"resultType":"vector","result":[${series.join(',')}]`
}

export function matrixJson(result: readonly ResultSeries[]): string {
  return `"resultType":"matrix","result":[${result.map(matrixSeries).join(',')}]`
}

function matrixSeries({ labels, timestamps, values, histograms }: ResultSeries): string {
  let text = `{"metric":${labelsJson(labels)}`
  if (timestamps.length > 0) {
    text += ',"values":['
    for (let i = 0; i < timestamps.length; i++) {
      text += `${i === 0 ? '' : ','}${pointJson(timestamps[i] as number, values[i] as number)}`
    }
    text += ']'
  }
  if (histograms.length > 0) {
    const points = histograms.map(({ timestamp, value }) => `[${formatTimestamp(timestamp)},${histogramJson(value)}]`)
    text += `,"histograms":[${points.join(',')}]`
  }
  return `${text}}`
}

/** `[seconds, "value"]` */
export function pointJson(timestamp: number, value: number): string {
  return `[${formatTimestamp(timestamp)},"${formatValue(value)}"]`
}

/** One series of `query_exemplars`. */
export function exemplarSeriesJson({ labels, exemplars }: ExemplarSeries): string {
  const rows = exemplars.map(({ labels: own, value, timestamp }) => {
    const point = `"value":"${formatValue(value)}","timestamp":${formatTimestamp(timestamp)}`
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
  // One below zero, as subtraction leaves it, is not shown.
  if (zeroCount > 0) rows.push([CLOSED_BOTH, -zeroThreshold, zeroThreshold, zeroCount])
  for (const [i, bucket] of bucketsOf(histogram, histogram.positive).entries()) {
    const closed = histogram.schema === CUSTOM_BUCKETS_SCHEMA && i === 0 && bucket.lower === -Infinity
    rows.push([closed ? CLOSED_BOTH : OPEN_LEFT, bucket.lower, bucket.upper, bucket.count])
  }
  const buckets = rows
    .filter(([, , , n]) => n !== 0)
    .map(([rule, ...rest]) => `[${rule},${rest.map((n) => `"${formatValue(n)}"`).join(',')}]`)
  const tail = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`
  return `{"count":"${formatValue(count)}","sum":"${formatValue(sum)}"${tail}}`
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
