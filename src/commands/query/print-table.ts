/** Answers as a table for people, and as CSV for spreadsheets: a column for each label. */
import { compareUtf8 } from '../../core/utf8.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import { formatGoPlain } from '../../core/go-number.ts'
import { table } from '../display.ts'
import type { AnsweredSeries, Point, Value } from './answer.ts'
import { histogramText, sortedSeries } from './print-promql.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** Cells of a drawn line. */
const BARS_WIDTH = 24

export function tableText(value: Value): string {
  switch (value.type) {
    case 'vector':
    case 'matrix': {
      if (value.series.length === 0) return 'no series\n'
      return value.type === 'vector' ? vectorTable(value.series) : matrixTable(sortedSeries(value.series))
    }
    case 'scalar':
      return table(
        [{ title: 'value', right: true }, { title: 'time' }],
        [[valueText(value.point), isoTime(value.point.time)]],
      )
    case 'string':
      return `${value.value}\n`
  }
}

/** Comma-separated, quoted as RFC 4180 has it, one line a sample: labels, time in seconds, value. */
export function csvText(value: Value): string {
  if (value.type === 'string')
    return csv([
      ['timestamp', 'value'],
      [String(value.time / 1000), value.value],
    ])
  const series = value.type === 'scalar' ? [{ labels: {}, points: [value.point] }] : value.series
  const names = labelNames(series)
  const rows = series.flatMap(({ labels, points }) =>
    points.map((point) => [...names.map((name) => labels[name] ?? ''), String(point.time / 1000), valueText(point)]),
  )
  return csv([[...names, 'timestamp', 'value'], ...rows])
}

/** One line a thing: label sets of `query series`. */
export function labelSetsTable(labelSets: readonly Readonly<Record<string, string>>[]): string {
  if (labelSets.length === 0) return 'no series\n'
  const names = labelNames(labelSets.map((labels) => ({ labels, points: [] })))
  return table(
    names.map((title) => ({ title: columnTitle(title) })),
    labelSets.map((labels) => names.map((name) => labels[name] ?? '')),
  )
}

export function labelSetsCsv(labelSets: readonly Readonly<Record<string, string>>[]): string {
  const names = labelNames(labelSets.map((labels) => ({ labels, points: [] })))
  return csv([names, ...labelSets.map((labels) => names.map((name) => labels[name] ?? ''))])
}

/** Lines of CSV. */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

function vectorTable(series: readonly AnsweredSeries[]): string {
  const names = labelNames(series)
  const rows = series.map(({ labels, points: [point] }) => [
    ...names.map((name) => labels[name] ?? ''),
    point === undefined ? '' : valueText(point),
  ])
  return table([...names.map((name) => ({ title: columnTitle(name) })), { title: 'value', right: true }], rows)
}

function matrixTable(series: readonly AnsweredSeries[]): string {
  const names = labelNames(series)
  const rows = series.map(({ labels, points }) => {
    const numbers = points.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
    const last = points.at(-1)
    return [
      ...names.map((name) => labels[name] ?? ''),
      sparkline(numbers),
      ...[smallest(numbers), largest(numbers)].map((one) => (one === undefined ? '' : formatGoPlain(one))),
      last === undefined ? '' : valueText(last),
      String(points.length),
    ]
  })
  const right = ['min', 'max', 'last', 'samples'].map((title) => ({ title, right: true }))
  return table([...names.map((name) => ({ title: columnTitle(name) })), { title: 'values' }, ...right], rows)
}

/** The name first, then by name. */
function labelNames(series: readonly AnsweredSeries[]): readonly string[] {
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)))
  const named = names.delete(METRIC_NAME)
  return [...(named ? [METRIC_NAME] : []), ...[...names].sort(compareUtf8)]
}

function columnTitle(name: string): string {
  return name === METRIC_NAME ? 'metric' : name
}

function valueText({ value }: Point): string {
  return typeof value === 'number' ? formatGoPlain(value) : histogramText(value)
}

function isoTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms / 1000) : date.toISOString()
}

/** The values as bars of eight heights; many values share a bar, which shows their largest. */
function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [smallest(finite), largest(finite)]
  if (low === undefined || high === undefined) return ''
  const count = Math.min(BARS_WIDTH, values.length)
  const bars = Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count))
    const value = largest(part.filter(Number.isFinite))
    if (value === undefined) return ' '
    return BARS[high === low ? 0 : Math.round(((value - low) / (high - low)) * (BARS.length - 1))] ?? ' '
  })
  return bars.join('')
}

function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((least, value) => Math.min(least, value))
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value))
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
