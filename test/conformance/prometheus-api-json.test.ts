import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { BufferPool } from '../../src/api/prometheus/chunks.ts'
import { PointWriter } from '../../src/api/prometheus/point-writer.ts'
import { encodeValue } from '../../src/api/prometheus/result-encoder.ts'
import { exemplarSeriesJson, pointJson } from '../../src/api/prometheus/result-json.ts'
import { unixMs } from '../../src/core/time.ts'
import type { BucketSpans, NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import { LabelList } from '../../src/query/promql/eval/label-columns.ts'
import { emptyTable, setFloat, setHistogram } from '../../src/query/promql/eval/vector.ts'
import type { QueryValue, ResultSeries } from '../../src/query/promql/result.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

type GoNumber = number | { readonly num: string } | { readonly call: 'math.NaN' | 'math.Inf'; readonly args: number[] }
type Labels = Readonly<Record<string, string>>
interface Point {
  readonly T?: GoNumber
  readonly F?: GoNumber
}
interface Span {
  readonly Offset: number
  readonly Length: number
}
interface Histogram {
  readonly Schema: number
  readonly Count: number
  readonly Sum: number
  readonly ZeroCount: number
  readonly ZeroThreshold: number
  readonly PositiveSpans?: readonly Span[]
  readonly PositiveBuckets?: readonly number[]
  readonly NegativeSpans?: readonly Span[]
  readonly NegativeBuckets?: readonly number[]
  readonly CustomValues?: readonly number[]
}
interface Series {
  readonly Metric: Labels
  readonly Floats?: readonly Point[]
  readonly Histograms?: readonly { readonly T: GoNumber; readonly H: Histogram }[]
}
type Sample = Point & { readonly Metric: Labels; readonly H?: Histogram }
interface Exemplars {
  readonly SeriesLabels: Labels
  readonly Exemplars: readonly { readonly Labels: Labels; readonly Value: GoNumber; readonly Ts: GoNumber }[]
}
type Response =
  | (Point & { readonly type: 'promql.FPoint' })
  | { readonly type: 'promql.HPoint'; readonly T: GoNumber; readonly H: Histogram }
  | { readonly type: 'QueryData'; readonly ResultType: string; readonly Result: readonly unknown[] }
  | readonly Exemplars[]

const dir = conformanceDir()
const file = dir === undefined ? undefined : join(dir, 'prometheus/flat/api-json-codec-cases.json')
if (file === undefined) console.log('conformance cases are absent: the API JSON suite is skipped')
const cases =
  file === undefined
    ? []
    : (JSON.parse(readFileSync(file, 'utf8')) as { cases: { response: Response; expected: string }[] }).cases

function number(value: GoNumber | undefined): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  if ('num' in value) return Number(value.num)
  return value.call === 'math.NaN' ? NaN : (value.args[0] ?? 0) < 0 ? -Infinity : Infinity
}

const spans = (list: readonly Span[] = [], counts: readonly number[] = []): BucketSpans => ({
  offsets: list.map(({ Offset }) => Offset),
  lengths: list.map(({ Length }) => Length),
  counts,
})

const histogram = (h: Histogram): NativeHistogram => ({
  schema: h.Schema,
  count: h.Count,
  sum: h.Sum,
  zeroCount: h.ZeroCount,
  zeroThreshold: h.ZeroThreshold,
  positive: spans(h.PositiveSpans, h.PositiveBuckets),
  negative: spans(h.NegativeSpans, h.NegativeBuckets),
  customValues: h.CustomValues ?? [],
  stale: false,
  integer: false,
  resetHint: 'unknown',
})

const series = ({ Metric, Floats = [], Histograms = [] }: Series): ResultSeries => ({
  labels: LabelSet.of(Metric),
  timestamps: Floats.map(({ T }) => number(T)),
  values: Floats.map(({ F }) => number(F)),
  histograms: Histograms.map(({ T, H }) => ({ timestamp: number(T), value: histogram(H) })),
})

const points = PointWriter.open()
const encoded = (value: QueryValue): string =>
  Buffer.concat([
    ...encodeValue(value, points, { before: '', after: '', limit: 0, buffers: new BufferPool() }),
  ]).toString()

const sample = ({ Metric, H, F, T }: Sample): string => {
  const vector = emptyTable(new LabelList([LabelSet.of(Metric)]), 1)
  if (H === undefined) setFloat(vector, 0, number(F))
  else setHistogram(vector, 0, histogram(H))
  return /"result":\[(.*)\]$/.exec(encoded({ type: 'vector', time: number(T), vector }))?.[1] ?? ''
}

/** The `data` of an answer; undefined for a bare histogram, which no answer of ours consists of. */
function encode(response: Response): string | undefined {
  if ('map' in response) return `[${response.map(exemplars).join(',')}]`
  switch (response.type) {
    case 'promql.FPoint':
      return pointJson(number(response.T), number(response.F))
    case 'QueryData':
      return response.ResultType === 'parser.ValueTypeVector'
        ? // Some cases have samples of several times, which our vectors can't hold.
          `{"resultType":"vector","result":[${(response.Result as Sample[]).map(sample).join(',')}]}`
        : `{${encoded({ type: 'samples', series: (response.Result as Series[]).map(series) })}}`
    case 'promql.HPoint':
      return undefined
  }
}

const exemplars = ({ SeriesLabels, Exemplars: list }: Exemplars): string =>
  exemplarSeriesJson({
    labels: LabelSet.of(SeriesLabels),
    exemplars: list.map(({ Labels, Value, Ts }) => ({
      labels: LabelSet.of(Labels),
      value: number(Value),
      timestamp: unixMs(number(Ts)),
    })),
  })

/** Times are doubles here: exact to 2^53 ms, the year 287396. Samples so far in the future are refused. */
const isTooLate = ({ response }: { response: Response }): boolean =>
  'T' in response && Math.abs(number(response.T)) > Number.MAX_SAFE_INTEGER

describe.skipIf(file === undefined)('JSON of the query API', () => {
  let passed = 0
  const left = cases.filter(isTooLate).map(({ expected }) => ({ name: expected, reason: 'a time beyond 2^53 ms' }))
  afterAll(() => printTally({ suite: 'JSON of the query API', passed, left }))
  test.each(cases.filter((one) => !isTooLate(one)))('$expected', ({ response, expected }) => {
    expect(`{"status":"success","data":${encode(response)}}`).toBe(expected)
    passed++
  })
})
