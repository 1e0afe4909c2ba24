/** Holds a result against what a script expects. Each check gives the difference in words, or undefined. */
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { compareLabelSets } from '../../../src/model/labels.ts'
import { almostEqual, almostEqualHistograms } from './almost.ts'
import type { Outcome, Point, ResultRow, ResultValue } from './evaluator.ts'
import type { AnnotationExpectation, EvalCommand, ExpectedSeries } from './script.ts'
import type { HistogramValue, SequenceValue } from '../../../src/query/promql/series-line.ts'
import { matchesText, showPattern } from './text-pattern.ts'

export type Difference = string | undefined

export function outcomeDifference(command: EvalCommand, outcome: Outcome): Difference {
  const { fail, warnings, infos } = command
  if (outcome.kind === 'failed') {
    if (fail === undefined) return `failed: ${outcome.message}`
    return matchesText(fail, outcome.message) ? undefined : `expected ${showPattern(fail)}, failed: ${outcome.message}`
  }
  if (fail !== undefined) return 'expected an error, got a result'
  return (
    annotationDifference('warning', warnings, outcome.warnings) ??
    annotationDifference('info', infos, outcome.infos) ??
    valueDifference(command, outcome.value)
  )
}

function annotationDifference(
  kind: 'warning' | 'info',
  { none, some, patterns }: AnnotationExpectation,
  got: readonly string[],
): Difference {
  if (none && got.length > 0) return `unexpected ${kind}: ${got.join('; ')}`
  if (some && got.length === 0) return `expected a ${kind}, got none`
  if (patterns.length === 0) return undefined
  const missing = patterns.find((pattern) => !got.some((text) => matchesText(pattern, text)))
  if (missing !== undefined) return `no ${kind} matches ${showPattern(missing)}, got: ${got.join('; ') || 'none'}`
  const extra = got.find((text) => !patterns.some((pattern) => matchesText(pattern, text)))
  return extra === undefined ? undefined : `unexpected ${kind}: ${extra}`
}

export function valueDifference(command: EvalCommand, got: ResultValue): Difference {
  const { expected, ordered } = command
  switch (expected.kind) {
    case 'scalar':
      if (got.type !== 'scalar') return `expected a scalar, got a ${got.type}`
      return almostEqual(expected.value, got.value) ? undefined : `expected ${expected.value}, got ${got.value}`
    case 'string': {
      if (got.type !== 'string') return `expected a string, got a ${got.type}`
      const want = JSON.stringify(expected.value)
      return expected.value === got.value ? undefined : `expected ${want}, got ${JSON.stringify(got.value)}`
    }
    case 'series':
      if (got.type !== 'vector' && got.type !== 'matrix') return `expected series, got a ${got.type}`
      if (ordered && got.type === 'matrix') return 'expected an order, got a matrix'
      return rowsDifference(command, expected.series, got.type, got.rows)
  }
}

function rowsDifference(
  command: EvalCommand,
  expected: readonly ExpectedSeries[],
  type: 'vector' | 'matrix',
  rows: readonly ResultRow[],
): Difference {
  if (type === 'matrix' && !isSorted(rows)) return `the matrix is not sorted: ${rows.map(showRow).join(' ')}`
  const wanted = new Map(expected.map((one, at) => [one.labels.key(), { ...one, at }]))
  const seen = new Set<string>()
  for (const [at, row] of rows.entries()) {
    const key = row.labels.key()
    const want = wanted.get(key)
    if (want === undefined) return `unexpected series ${showRow(row)}`
    if (seen.has(key)) return `series comes twice: ${showRow(row)}`
    if (command.ordered && want.at !== at) return `${row.labels.toString()} expected at ${want.at}, is at ${at}`
    seen.add(key)
    const difference = type === 'vector' ? sampleDifference(want.values[0], row) : pointsDifference(command, want, row)
    if (difference !== undefined) return `${row.labels.toString()}: ${difference}`
  }
  const missing = expected.find(({ labels }) => !seen.has(labels.key()))
  return missing === undefined ? undefined : `series not found: ${missing.labels.toString()}`
}

function isSorted(rows: readonly ResultRow[]): boolean {
  return rows.every((row, i) => i === 0 || compareLabelSets((rows[i - 1] as ResultRow).labels, row.labels) <= 0)
}

/** Of an instant vector: an omitted value is zero there. */
function sampleDifference(want: SequenceValue | undefined, row: ResultRow): Difference {
  const wanted = want === undefined || want.kind === 'omitted' ? ({ kind: 'float', value: 0 } as const) : want
  const [float] = row.floats
  const [histogram] = row.histograms
  if (wanted.kind === 'histogram') {
    if (histogram === undefined) return `expected a histogram, got ${float?.value}`
    return histogramDifference(wanted, histogram.value)
  }
  if (float === undefined) return `expected ${wanted.value}, got ${showHistogram(histogram?.value)}`
  return almostEqual(wanted.value, float.value) ? undefined : `expected ${wanted.value}, got ${float.value}`
}

function pointsDifference({ start, end, step }: EvalCommand, { values }: ExpectedSeries, row: ResultRow): Difference {
  const floats: Point<number>[] = []
  const histograms: Point<HistogramValue>[] = []
  for (const [i, value] of values.entries()) {
    const t = start + i * step
    if (t > end) return `${values.length} points expected, more than there are times`
    if (value.kind === 'float') floats.push({ t, value: value.value })
    else if (value.kind === 'histogram') histograms.push({ t, value })
  }
  if (floats.length !== row.floats.length || histograms.length !== row.histograms.length) {
    return `expected ${floats.length} floats and ${histograms.length} histograms, got ${showRow(row)}`
  }
  for (const [i, want] of floats.entries()) {
    const got = row.floats[i] as Point<number>
    if (got.t !== want.t) return `float ${i} expected at ${want.t}, got ${showRow(row)}`
    if (!almostEqual(want.value, got.value)) return `expected ${want.value} at ${want.t}, got ${showRow(row)}`
  }
  for (const [i, want] of histograms.entries()) {
    const got = row.histograms[i] as Point<NativeHistogram>
    if (got.t !== want.t) return `histogram ${i} expected at ${want.t}, got ${showRow(row)}`
    const difference = histogramDifference(want.value, got.value)
    if (difference !== undefined) return `at ${want.t}: ${difference}`
  }
  return undefined
}

function histogramDifference(want: HistogramValue, got: NativeHistogram): Difference {
  if (almostEqualHistograms(want.value, got, want.hasResetHint)) return undefined
  return `expected ${showHistogram(want.value)}, got ${showHistogram(got)}`
}

function showRow({ labels, floats, histograms }: ResultRow): string {
  const points = [
    ...floats.map(({ t, value }) => `${value}@${t}`),
    ...histograms.map(({ t, value }) => `${showHistogram(value)}@${t}`),
  ]
  return `${labels.toString()} ${points.join(' ')}`
}

function showHistogram(histogram: NativeHistogram | undefined): string {
  if (histogram === undefined) return 'nothing'
  const { schema, count, sum, zeroCount, zeroThreshold, positive, negative, customValues, resetHint } = histogram
  const side = ({ offsets, lengths, counts }: NativeHistogram['positive']): string =>
    `${offsets.map((offset, i) => `${offset}+${lengths[i]}`).join(',')}:[${counts.join(' ')}]`
  const parts = [`schema:${schema} count:${count} sum:${sum}`]
  if (zeroCount !== 0 || zeroThreshold !== 0) parts.push(`z_bucket:${zeroCount} z_bucket_w:${zeroThreshold}`)
  if (positive.counts.length > 0) parts.push(`buckets:${side(positive)}`)
  if (negative.counts.length > 0) parts.push(`n_buckets:${side(negative)}`)
  if (customValues.length > 0) parts.push(`custom_values:[${customValues.join(' ')}]`)
  return `{{${parts.join(' ')} ${resetHint}}}`
}
