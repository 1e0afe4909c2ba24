/** Answers as promtool prints them by default. Follows the String methods of prometheus/common, model/{metric,value,value_histogram}.go. */
import { compareUtf8 } from '../../core/utf8.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import { formatGoDecimal } from '../../core/go-number.ts'
import { formatFixed, quote } from '../../core/go-text.ts'
import type { AnsweredSeries, HistogramAnswer, Labels, Point, Value } from './answer.ts'

export function promqlText(value: Value): string {
  switch (value.type) {
    case 'vector':
      return value.series
        .map(({ labels, points }) => `${metricText(labels)} => ${points.map(pointText).join('')}`)
        .join('\n')
    case 'matrix':
      return value.series
        .toSorted((a, b) => compareMetrics(a.labels, b.labels))
        .map(({ labels, points }) => `${metricText(labels)} =>\n${points.map(pointText).join('\n')}`)
        .join('\n')
    case 'scalar':
      return `scalar: ${formatGoDecimal(value.point.value)} @[${timeText(value.point.time)}]`
    case 'string':
      return value.value
  }
}

/** `name{label="value", ...}`. */
export function metricText(labels: Labels): string {
  const { [METRIC_NAME]: name, ...others } = labels
  const pairs = Object.entries(others).map(([label, text]) => `${label}=${quote(text)}`)
  if (pairs.length === 0) return name ?? '{}'
  return `${name ?? ''}{${pairs.sort(compareUtf8).join(', ')}}`
}

/** `{__name__="name", label="value"}`: a series of `query series`. */
export function labelSetText(labels: Labels): string {
  const names = Object.keys(labels).sort(compareUtf8)
  return `{${names.map((name) => `${name}=${quote(labels[name] ?? '')}`).join(', ')}}`
}

export function pointText({ time, value }: Point): string {
  return `${typeof value === 'number' ? formatGoDecimal(value) : histogramText(value)} @[${timeText(time)}]`
}

export function histogramText({ count, sum, buckets }: HistogramAnswer): string {
  const texts = buckets.map(({ boundaries, lower, upper, count: inside }) => {
    const open = boundaries === 1 || boundaries === 3 ? '[' : '('
    const close = boundaries === 0 || boundaries === 3 ? ']' : ')'
    return `${open}${formatGoDecimal(lower)},${formatGoDecimal(upper)}${close}:${formatGoDecimal(inside)}`
  })
  return `Count: ${formatFixed(count, 6)}, Sum: ${formatFixed(sum, 6)}, Buckets: [${texts.join(' ')}]`
}

/** Seconds, as short as they are exact. */
export function timeText(ms: number): string {
  return formatGoDecimal(ms / 1000)
}

/** Order of the series of a matrix: fewer labels first. Follows LabelSet.Before, prometheus/common. */
export function compareMetrics(a: Labels, b: Labels): number {
  const [left, right] = [Object.keys(a), Object.keys(b)]
  if (left.length !== right.length) return left.length - right.length
  for (const name of [...left, ...right].sort(compareUtf8)) {
    const [mine, other] = [a[name], b[name]]
    if (mine === undefined) return -1
    if (other === undefined) return 1
    const order = compareUtf8(mine, other)
    if (order !== 0) return order
  }
  return 0
}

export function sortedSeries(series: readonly AnsweredSeries[]): readonly AnsweredSeries[] {
  return series.toSorted((a, b) => compareMetrics(a.labels, b.labels))
}
