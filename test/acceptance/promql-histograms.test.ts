/** Arithmetic of native histograms against a real Prometheus: every number is the same to the bit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { histogramJson } from '../../src/api/prometheus/result-json.ts'
import { compressSnappy } from '../../src/codec/snappy.ts'
import type { BucketSpans, NativeHistogram } from '../../src/model/histogram.ts'
import { add, divide, multiply, sub } from '../../src/query/promql/histograms/arithmetic.ts'
import type { Combined } from '../../src/query/promql/histograms/arithmetic.ts'
import { compact } from '../../src/query/promql/histograms/compact.ts'
import { histogramFraction, histogramQuantile } from '../../src/query/promql/histograms/quantile.ts'
import {
  histogramAverage,
  histogramDeviation,
  histogramVariance,
} from '../../src/query/promql/histograms/statistics.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { histogramOf } from '../support/native-histogram.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { writeRequestV1 } from '../support/remote-write-message.ts'
import type { HistogramInput, SeriesInput, SpanInput } from '../support/remote-write-message.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

/** Numbers that are always the same, and look as if they were not: a linear congruence. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const COUNT = 150
const next = numbers(7)
const upTo = (limit: number): number => Math.floor(next() * limit)

function spans(first: number): BucketSpans {
  const runs = Array.from({ length: upTo(4) }, () => Array.from({ length: 1 + upTo(6) }, () => next() * 10 ** upTo(6)))
  const offsets = runs.map((_, i) => (i === 0 ? first + upTo(9) : 1 + upTo(4)))
  return { offsets, lengths: runs.map((run) => run.length), counts: runs.flat() }
}

/** Zero thresholds are below all buckets, or in their midst in every third one. */
function randomHistogram(at: number): NativeHistogram {
  const isCustom = at % 5 === 0
  const schema = isCustom ? -53 : upTo(13) - 4
  const first = schema < 0 ? -1 : -4
  const positive = isCustom ? { offsets: [0], lengths: [4], counts: [1, 2, 3, 4].map((n) => n * next()) } : spans(first)
  const negative = isCustom ? histogramOf('').negative : spans(first)
  const zeroCount = isCustom ? 0 : next() * 50
  const count = [...positive.counts, ...negative.counts].reduce((sum, one) => sum + one, zeroCount)
  return {
    ...histogramOf(`schema:${schema}`),
    zeroThreshold: isCustom ? 0 : at % 3 === 0 ? 2 ** -(upTo(3) + 18) : 1e-128,
    zeroCount,
    count,
    sum: (next() - 0.3) * count,
    positive,
    negative,
    customValues: isCustom ? [-0.5, 1.25, 7] : [],
  }
}

const left = Array.from({ length: COUNT }, (_, i) => randomHistogram(i))
const right = Array.from({ length: COUNT }, (_, i) => randomHistogram(i))
const TIME = 1_700_000_000_000

const shown = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))
const numberOf = (text: string): number =>
  text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)

const QUANTILES = [-1, 0, 0.01, 0.1, 0.25, 0.4999, 0.5, 0.75, 0.9, 0.99, 0.9999, 1, 1.5]
const BOUNDS: readonly (readonly [string, string])[] = [
  ['-Inf', '0.7'],
  ['-3', '0.001'],
  ['0.03', '+Inf'],
  ['1.1', '5.3'],
  ['-0.000001', '0.000002'],
]
const floats: readonly (readonly [query: string, ours: (h: NativeHistogram) => number])[] = [
  ...QUANTILES.map(
    (q) => [`histogram_quantile(${q}, a)`, (h: NativeHistogram) => histogramQuantile(q, h).value] as const,
  ),
  ...BOUNDS.map(
    ([lower, upper]) =>
      [
        `histogram_fraction(${lower}, ${upper}, a)`,
        (h: NativeHistogram) => histogramFraction(numberOf(lower), numberOf(upper), h).value,
      ] as const,
  ),
  ['histogram_avg(a)', histogramAverage],
  ['histogram_stddev(a)', histogramDeviation],
  ['histogram_stdvar(a)', histogramVariance],
]

const valueOf = (combined: Combined | 'incompatible'): NativeHistogram => compact((combined as Combined).value)
const histograms: readonly (readonly [
  query: string,
  ours: (a: NativeHistogram, b: NativeHistogram) => NativeHistogram,
])[] = [
  ['a + b', (a, b) => valueOf(add(a, b))],
  ['a - b', (a, b) => valueOf(sub(a, b))],
  ['a * 0.3', (a) => multiply(a, 0.3)],
  ['a / 7', (a) => divide(a, 7)],
]

describe.skipIf(program === undefined)('native histograms', () => {
  let server: Awaited<ReturnType<typeof startPrometheus>>
  beforeAll(async () => {
    server = await startPrometheus(program as string)
    await server.write([...seriesOf('a', left), ...seriesOf('b', right)])
  }, 30_000)
  afterAll(() => server.stop())

  test.each(floats)('%s is equal to the bit', async (query, ours) => {
    const got = await server.ask(query)
    // The peer is older than 3.14, which divides before it multiplies where a fraction ends in a custom bucket.
    const compared = query.startsWith('histogram_fraction') ? left.filter((h) => h.schema !== -53) : left
    const theirs = compared.map((h) => shown(numberOf(got.get(String(left.indexOf(h)))?.value?.[1] ?? 'absent')))
    expect(theirs).toEqual(compared.map((h) => shown(ours(h))))
  })

  test.each(histograms)('%s is equal to the bit', async (query, ours) => {
    const got = await server.ask(query)
    const theirs = left.map((_, i) => got.get(String(i))?.histogram?.[1])
    expect(theirs).toEqual(left.map((a, i) => JSON.parse(histogramJson(ours(a, right[i] as NativeHistogram)))))
  })
})

function seriesOf(name: string, samples: readonly NativeHistogram[]): SeriesInput[] {
  return samples.map((h, i) => ({
    labels: [
      ['__name__', name],
      ['i', String(i)],
    ],
    histograms: [inputOf(h)],
  }))
}

function inputOf(h: NativeHistogram): HistogramInput {
  return {
    timestamp: TIME,
    sum: h.sum,
    schema: h.schema,
    zeroThreshold: h.zeroThreshold,
    countFloat: h.count,
    zeroCountFloat: h.zeroCount,
    positiveSpans: spanInputs(h.positive),
    negativeSpans: spanInputs(h.negative),
    positiveCounts: h.positive.counts,
    negativeCounts: h.negative.counts,
    customValues: h.customValues,
    resetHint: 3,
  }
}

function spanInputs({ offsets, lengths }: BucketSpans): SpanInput[] {
  return lengths.map((length, i) => ({ offset: offsets[i] as number, length }))
}

interface Row {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [time: number, value: string]
  readonly histogram?: readonly [time: number, value: unknown]
}

async function startPrometheus(path: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-histograms-'))
  writeFileSync(join(folder, 'prometheus.yml'), '')
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const child = runChild(path, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--enable-feature=native-histograms',
  ])
  await eventually('prometheus is ready', async () => ((await fetch(`${base}/-/ready`)).ok ? true : undefined))
  return {
    write: async (series: readonly SeriesInput[]): Promise<void> => {
      const response = await fetch(`${base}/api/v1/write`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
        body: new Uint8Array(compressSnappy(writeRequestV1(series))),
      })
      if (!response.ok) throw new Error(await response.text())
    },
    /** Rows by their label i. */
    ask: async (query: string): Promise<Map<string, Row>> => {
      const body = new URLSearchParams({ query, time: String(TIME / 1000) })
      const response = await fetch(`${base}/api/v1/query`, { method: 'POST', body })
      const answer = (await response.json()) as { status: string; error?: string; data?: { result: Row[] } }
      if (answer.status !== 'success') throw new Error(answer.error)
      return new Map((answer.data?.result ?? []).map((row) => [row.metric['i'] as string, row]))
    },
    stop: async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
