/** A query of a unit test: evaluated, and compared with the samples that the test expects. Follows cmd/promtool/unittest.go@v3.14. */
import { messageOf } from '../core/errors.ts'
import { printDuration } from '../core/time.ts'
import { compareLabelSets, LabelSet } from '../model/labels.ts'
import { isLabelName } from '../model/names.ts'
import type { PromqlEngine } from '../query/promql/engine.ts'
import { seriesOf } from '../query/promql/result.ts'
import { histogramNotation, parseSeriesLine } from '../query/promql/series-line.ts'
import { quote } from '../core/go-text.ts'
import { parseMetric } from '../query/promql/syntax/parse.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type { QueryTest } from './unit-test-file.ts'

export interface QueryTestSurroundings {
  readonly engine: PromqlEngine
  readonly ctx: QueryContext
  /** UnixMs. */
  readonly start: number
  /** Values next to each other count as equal. */
  readonly fuzzy: boolean
}

export interface QueryFailure {
  readonly text: string
  readonly sides?: { readonly head: string; readonly want: string; readonly got: string }
}

interface Sample {
  readonly labels: LabelSet
  readonly value: number
  /** '' for a float. */
  readonly histogram: string
}

/** What is wrong, in promtool's words; undefined when all is as expected. */
export async function checkQueryTest(
  test: QueryTest,
  { engine, ctx, start, fuzzy }: QueryTestSurroundings,
): Promise<QueryFailure | undefined> {
  const head = `    expr: ${quote(test.expr)}, time: ${printDuration(test.eval_time)},`
  try {
    const got = await evaluated(engine, test.expr, start + test.eval_time, ctx)
    const want = test.exp_samples.map(expected)
    for (const samples of [got, want]) samples.sort((a, b) => compareLabelSets(a.labels, b.labels))
    const isSame = want.length === got.length && want.every((one, i) => isSameSample(one, got[i] as Sample, fuzzy))
    if (isSame) return undefined
    const text = `${head}\n        exp: ${samplesText(want)}\n        got: ${samplesText(got)}`
    return { text, sides: { head, want: samplesText(want, '\n'), got: samplesText(got, '\n') } }
  } catch (error) {
    ctx.signal.throwIfAborted()
    return { text: `${head} err: ${messageOf(error)}` }
  }
}

async function evaluated(engine: PromqlEngine, expr: string, time: number, ctx: QueryContext): Promise<Sample[]> {
  const { value } = await engine.evaluateInstant(expr, time, ctx)
  if (value.type === 'scalar') return [{ labels: LabelSet.EMPTY, value: value.value, histogram: '' }]
  if (value.type !== 'vector') throw new Error('rule result is not a vector or scalar')
  return seriesOf(value).map(({ labels, values: [float], histograms: [histogram] }) => {
    return { labels, value: float ?? 0, histogram: histogram === undefined ? '' : histogramNotation(histogram.value) }
  })
}

function expected({ labels, value, histogram }: QueryTest['exp_samples'][number]): Sample {
  try {
    const wanted = LabelSet.of(parseMetric(labels))
    return { labels: wanted, value, histogram: histogram === '' ? '' : histogramNotation(parsedHistogram(histogram)) }
  } catch (cause) {
    throw new Error(`labels ${quote(labels)}: ${messageOf(cause)}`, { cause })
  }
}

function parsedHistogram(text: string): Parameters<typeof histogramNotation>[0] {
  const { values } = parseSeriesLine(`{} ${text}`)
  const [point] = values
  if (values.length !== 1 || point === undefined) throw new Error(`expected 1 value, got ${values.length}`)
  if (point.kind !== 'histogram') throw new Error(`expected histogram, got ${text}`)
  return point.value
}

function isSameSample(want: Sample, got: Sample, fuzzy: boolean): boolean {
  if (!want.labels.equals(got.labels) || want.histogram !== got.histogram) return false
  return want.histogram !== '' || want.value === got.value || (fuzzy && areNeighbours(want.value, got.value))
}

/** Whether no float lies between the two. */
function areNeighbours(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false
  return orderOf(a) - orderOf(b) === 1n || orderOf(b) - orderOf(a) === 1n
}

/** Place of a float among all floats. */
function orderOf(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value === 0 ? 0 : value).buffer)[0] as bigint
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits
}

function samplesText(samples: readonly Sample[], between = ', '): string {
  if (samples.length === 0) return 'nil'
  return samples
    .map(({ labels, value, histogram }) => `${labelsText(labels)} ${histogram || formatExponent(value)}`)
    .join(between)
}

/** `{__name__="up", job="api"}`, as labels.Labels prints itself. */
function labelsText(labels: LabelSet): string {
  const pairs = [...labels.entries()].map(([name, value]) => {
    return `${isLabelName(name, 'legacy') ? name : quote(name)}=${quote(value)}`
  })
  return `{${pairs.join(', ')}}`
}

/** `1.5E+00`. Follows strconv.FormatFloat(value, 'E', -1, 64). */
function formatExponent(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  const sign = Object.is(value, -0) ? '-' : ''
  return `${sign}${digits}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
