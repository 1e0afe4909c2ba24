import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { BucketSpans, NativeHistogram } from '../../src/model/histogram.ts'
import { isStale } from '../../src/model/stale.ts'
import { parseSeriesDescription } from '../../src/query/promql/syntax/series-description.ts'
import type { SeriesPoint } from '../../src/query/promql/syntax/series-description.ts'
import { PromqlSyntaxError } from '../../src/query/promql/syntax/syntax-error.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

interface SeriesCase {
  readonly input: string
  readonly fail?: true
  readonly expectedMetric?: Readonly<Record<string, string>>
  readonly expectedValues?: readonly unknown[]
}

interface GoHistogram {
  readonly Schema?: number
  readonly Count?: number
  readonly Sum?: number
  readonly ZeroCount?: number
  readonly ZeroThreshold?: number
  readonly CounterResetHint?: string
  readonly CustomValues?: readonly number[]
  readonly PositiveSpans?: readonly { Offset?: number; Length: number }[]
  readonly PositiveBuckets?: readonly number[]
  readonly NegativeSpans?: readonly { Offset?: number; Length: number }[]
  readonly NegativeBuckets?: readonly number[]
}

interface HistogramCase {
  readonly name: string
  readonly input: string
  readonly expected?: readonly GoHistogram[]
  readonly expectedError?: string
}

const dir = conformanceDir()

function load(file: string): readonly unknown[] {
  if (dir === undefined) return []
  return (JSON.parse(readFileSync(join(dir, 'prometheus/flat', file), 'utf8')) as { cases: unknown[] }).cases
}

const NONE = { add: refuse, sub: refuse }

function refuse(): never {
  throw new Error('no histograms here')
}

describe.skipIf(dir === undefined)('series descriptions of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL series descriptions', passed, left: [] }))

  test.each(load('promql-series-desc-cases.json') as readonly SeriesCase[])('$input', (one) => {
    const want = one.fail === true ? 'error' : [one.expectedMetric, one.expectedValues?.map(goValue)]
    expect(outcome(one.input)).toEqual(want)
    passed++
  })
})

/** Labels and points, or that there is an error. */
function outcome(input: string): unknown {
  try {
    const { labels, points } = parseSeriesDescription(input, NONE)
    return [labels, points.map(plain)]
  } catch (error) {
    if (error instanceof PromqlSyntaxError) return 'error'
    throw error
  }
}

/** Constants of Go stay expressions in the recorded cases. */
function goValue(value: unknown): unknown {
  if (typeof value === 'number' || value === 'none') return value
  const text = JSON.stringify(value)
  if (text.includes('StaleNaN') || text.includes('stale')) return 'stale'
  return text.includes('NaN') ? NaN : text.includes('-1') ? -Infinity : Infinity
}

function plain(point: SeriesPoint): unknown {
  if (point.kind === 'omitted') return 'none'
  if (point.kind === 'histogram') return point.value
  return isStale(point.value) ? 'stale' : point.value
}

describe.skipIf(dir === undefined)('histogram series of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL histogram series', passed, left: [] }))

  test.each(load('promql-histogram-series-cases.json') as readonly HistogramCase[])(
    '$name',
    ({ input, expected, expectedError }) => {
      expect(histograms(input)).toEqual(expectedError ?? expected?.map(fromGo))
      passed++
    },
  )
})

/** The histograms of a description, or its error. */
function histograms(input: string): unknown {
  try {
    const { points } = parseSeriesDescription(input, ARITHMETIC)
    return points.map((point) => (point.kind === 'histogram' ? point.value : point))
  } catch (error) {
    return (error as Error).message
  }
}

function fromGo(histogram: GoHistogram): NativeHistogram {
  const spans = (runs: GoHistogram['PositiveSpans'] = [], counts: readonly number[] = []): BucketSpans => ({
    offsets: runs.map(({ Offset = 0 }) => Offset),
    lengths: runs.map(({ Length }) => Length),
    counts,
  })
  const hint = (histogram.CounterResetHint ?? '').replace('histogram.', '') as keyof typeof HINTS
  return {
    schema: histogram.Schema ?? 0,
    zeroThreshold: histogram.ZeroThreshold ?? 0,
    zeroCount: histogram.ZeroCount ?? 0,
    count: histogram.Count ?? 0,
    sum: histogram.Sum ?? 0,
    stale: false,
    integer: false,
    positive: spans(histogram.PositiveSpans, histogram.PositiveBuckets),
    negative: spans(histogram.NegativeSpans, histogram.NegativeBuckets),
    customValues: histogram.CustomValues ?? [],
    resetHint: HINTS[hint] ?? 'unknown',
  }
}

const HINTS = { CounterReset: 'reset', NotCounterReset: 'not_reset', GaugeType: 'gauge' } as const

/** Enough for the cases: runs of buckets that begin at the same place, the step's schema the same or finer. */
const ARITHMETIC = { add: combine(1), sub: combine(-1) }

function combine(sign: 1 | -1): (left: NativeHistogram, right: NativeHistogram) => NativeHistogram {
  return (left, right) => {
    const positive = coarser(right, left.schema)
    const counts = Array.from({ length: Math.max(left.positive.counts.length, positive.counts.length) }, (_, i) => {
      return (left.positive.counts[i] ?? 0) + sign * (positive.counts[i] ?? 0)
    })
    const spans = counts.length === 0 ? left.positive : { offsets: [0], lengths: [counts.length], counts }
    return { ...left, sum: left.sum + sign * right.sum, positive: spans }
  }
}

function coarser({ schema, positive }: NativeHistogram, wanted: number): BucketSpans {
  const factor = 2 ** (schema - wanted)
  const counts: number[] = []
  for (const [i, count] of positive.counts.entries()) {
    const bucket = Math.ceil(i / factor)
    counts[bucket] = (counts[bucket] ?? 0) + count
  }
  return { ...positive, counts }
}
