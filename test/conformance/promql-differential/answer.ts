/** What a query gave, in the shape in which two servers can be compared: that of the HTTP API, with numbers as numbers. */
import { histogramJson } from '../../../src/api/prometheus/result-json.ts'
import { LabelSet } from '../../../src/model/labels.ts'
import type { Outcome } from '../promql/evaluator.ts'

export type Answer =
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'answered'
      readonly type: string
      readonly rows: readonly AnswerRow[]
      readonly warnings: readonly string[]
      readonly infos: readonly string[]
    }

export interface AnswerRow {
  readonly labels: string
  readonly points: readonly AnswerPoint[]
}

export interface AnswerPoint {
  /** ms */
  readonly t: number
  /** One number, or those of a histogram: count, sum, and four of each bucket. */
  readonly numbers: readonly number[]
  readonly isHistogram: boolean
}

interface HistogramJson {
  readonly count: string
  readonly sum: string
  readonly buckets?: readonly (readonly [rule: number, ...bounds: string[]])[]
}

type FloatJson = readonly [seconds: number, value: string]
type HistogramPointJson = readonly [seconds: number, value: HistogramJson]

interface SeriesJson {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: FloatJson
  readonly values?: readonly FloatJson[]
  readonly histogram?: HistogramPointJson
  readonly histograms?: readonly HistogramPointJson[]
}

/** The body of `/api/v1/query` and `query_range`. */
export interface BodyJson {
  readonly status: string
  readonly error?: string
  readonly data?: { readonly resultType: string; readonly result: readonly SeriesJson[] | FloatJson }
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

export function answerOfBody({ error, data, warnings = [], infos = [] }: BodyJson): Answer {
  if (data === undefined) return { kind: 'failed', message: error ?? '' }
  const { resultType, result } = data
  const rows =
    resultType === 'scalar' || resultType === 'string'
      ? [{ labels: '', points: [floatPoint(result as FloatJson)] }]
      : (result as readonly SeriesJson[]).map(rowOfJson)
  return { kind: 'answered', type: resultType, rows, warnings, infos }
}

function rowOfJson({ metric, value, values = [], histogram, histograms = [] }: SeriesJson): AnswerRow {
  const floats = value === undefined ? values : [value]
  const natives = histogram === undefined ? histograms : [histogram]
  const points = [...floats.map(floatPoint), ...natives.map(histogramPoint)]
  return { labels: LabelSet.of(metric).toString(), points: inOrder(points) }
}

function floatPoint([seconds, value]: FloatJson): AnswerPoint {
  return { t: Math.round(seconds * 1000), numbers: [numberOf(value)], isHistogram: false }
}

function histogramPoint([seconds, { count, sum, buckets = [] }]: HistogramPointJson): AnswerPoint {
  const bounds = buckets.flatMap(([rule, ...rest]) => [rule, ...rest.map(numberOf)])
  return {
    t: Math.round(seconds * 1000),
    numbers: [numberOf(count), numberOf(sum), ...bounds],
    isHistogram: true,
  }
}

function numberOf(text: string): number {
  const infinite = /^([+-]?)Inf$/.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  return Number(text)
}

/** `time`: what the API says is the time of a scalar. */
export function answerOfOutcome(outcome: Outcome, time: number): Answer {
  if (outcome.kind === 'failed') return outcome
  const { value, warnings, infos } = outcome
  if (value.type === 'scalar' || value.type === 'string') {
    const points = [{ t: time, numbers: [Number(value.value)], isHistogram: false }]
    return { kind: 'answered', type: value.type, rows: [{ labels: '', points }], warnings, infos }
  }
  const rows = value.rows.map(({ labels, floats, histograms }) => ({
    labels: labels.toString(),
    points: inOrder([
      ...floats.map(({ t, value: number }) => ({ t, numbers: [number], isHistogram: false })),
      ...histograms.map(({ t, value: histogram }) =>
        histogramPoint([t / 1000, JSON.parse(histogramJson(histogram)) as HistogramJson]),
      ),
    ]),
  }))
  return { kind: 'answered', type: value.type, rows, warnings, infos }
}

function inOrder(points: readonly AnswerPoint[]): readonly AnswerPoint[] {
  return points.toSorted((a, b) => a.t - b.t)
}
