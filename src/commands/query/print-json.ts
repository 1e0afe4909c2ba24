/** Answers as `promtool -o json` prints them: the result alone, on one line. */
import { compareUtf8 } from '../../core/utf8.ts'
import { formatGoDecimal } from '../../core/go-number.ts'
import type { AnsweredSeries, Labels, Point, Value } from './answer.ts'
import { timeText } from './print-promql.ts'

export function jsonText(value: Value): string {
  switch (value.type) {
    case 'vector':
      return list(value.series.map(({ labels, points }) => sampleJson(labels, points)))
    case 'matrix':
      return list(value.series.map(streamJson))
    case 'scalar':
      return pointJson(value.point)
    case 'string':
      return `[${timeText(value.time)},${JSON.stringify(value.value)}]`
  }
}

/** Keys in order. */
export function labelsJson(labels: Labels): string {
  const names = Object.keys(labels).sort(compareUtf8)
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(labels[name])}`).join(',')}}`
}

function sampleJson(labels: Labels, points: readonly Point[]): string {
  const [point] = points
  if (point === undefined) return `{"metric":${labelsJson(labels)}}`
  const key = typeof point.value === 'number' ? 'value' : 'histogram'
  return `{"metric":${labelsJson(labels)},"${key}":${pointJson(point)}}`
}

function streamJson({ labels, points }: AnsweredSeries): string {
  const floats = points.filter(({ value }) => typeof value === 'number')
  const histograms = points.filter(({ value }) => typeof value !== 'number')
  const member = (key: string, of: readonly Point[]): string => `,"${key}":${list(of.map(pointJson))}`
  const values = floats.length > 0 || histograms.length === 0 ? member('values', floats) : ''
  return `{"metric":${labelsJson(labels)}${values}${histograms.length > 0 ? member('histograms', histograms) : ''}}`
}

function pointJson({ time, value }: Point): string {
  if (typeof value === 'number') return `[${timeText(time)},"${formatGoDecimal(value)}"]`
  const { count, sum, buckets } = value
  const texts = buckets.map(({ boundaries, lower, upper, count: inside }) => {
    return `[${boundaries},"${formatGoDecimal(lower)}","${formatGoDecimal(upper)}","${formatGoDecimal(inside)}"]`
  })
  return `[${timeText(time)},{"count":"${formatGoDecimal(count)}","sum":"${formatGoDecimal(sum)}","buckets":${list(texts)}}]`
}

function list(items: readonly string[]): string {
  return `[${items.join(',')}]`
}
