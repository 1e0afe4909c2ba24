/** GET/POST query, query_range, format_query, parse_query. Follows web/api/v1/api.go, prometheus. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { defineError } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import { compareLabelSets, LabelSet } from '../../model/labels.ts'
import { evaluateScalar } from '../../query/promql/constant.ts'
import type { QueryResult } from '../../query/promql/query-result.ts'
import { sampleRows, selectInstant, selectRange, singlePoints, timesOf } from '../../query/promql/select.ts'
import type { ResultSeries, Steps } from '../../query/promql/select.ts'
import { parseExpression, typeOf } from '../../query/promql/syntax/expression.ts'
import type { Expression } from '../../query/promql/syntax/expression.ts'
import { expressionTree, printExpression } from '../../query/promql/syntax/print.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import {
  badParameter,
  badRequest,
  durationParam,
  limitParam,
  parseDurationParam,
  requiredTime,
  timeParam,
  withName,
} from './params.ts'
import type { PointWriter } from './point-writer.ts'
import { QueryStats } from './query-stats.ts'
import { sendResult } from './send-result.ts'

const MAX_STEPS = 11_000

export const tooManySteps = defineError<Record<string, never>>({
  code: 'api.too_many_steps',
  status: 400,
  blame: 'caller',
  retry: false,
  message: () =>
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  advice: 'Ask for a longer step or a shorter range.',
})

/** What every query is evaluated with. */
interface Evaluation {
  readonly querier: PrometheusDeps['querier']
  readonly lookback: DurationMs
  readonly ctx: QueryContext
}

interface Answer {
  readonly result: QueryResult
  readonly truncated: boolean
  readonly samples: number
}

export async function query(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): Promise<FastifyReply> {
  const stats = new QueryStats(deps.clock)
  const params = paramsOf(request)
  const limit = limitParam(params)
  const time = timeParam(params, 'time', deps.clock.now())
  const timeout = durationParam(params, 'timeout')
  const lookback = lookbackOf(params, deps)
  const expression = expressionOf(params)
  const ctx = deps.queryContext(reply, timeout)
  stats.prepared()
  const answer = await instantAnswer(expression, time, limit, { querier: deps.querier, lookback, ctx })
  return sendAnswer(reply, answer, params, { stats, points: deps.points })
}

export async function queryRange(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PrometheusDeps,
): Promise<FastifyReply> {
  const stats = new QueryStats(deps.clock)
  const params = paramsOf(request)
  const limit = limitParam(params)
  const steps = stepsOf(params)
  const timeout = durationParam(params, 'timeout')
  const lookback = lookbackOf(params, deps)
  const expression = expressionOf(params)
  const type = typeOf(expression)
  if (type === 'string' || type === 'range vector') {
    const message = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`
    throw badParameter({ name: 'query', message })
  }
  const ctx = deps.queryContext(reply, timeout)
  stats.prepared()
  const series = await stepSeries(expression, steps, { querier: deps.querier, lookback, ctx })
  return sendAnswer(reply, matrixAnswer(series, limit), params, { stats, points: deps.points })
}

export function formatQuery(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendData(reply, JSON.stringify(printExpression(expressionOf(paramsOf(request)))))
}

export function parseQuery(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendData(reply, JSON.stringify(expressionTree(expressionOf(paramsOf(request)))))
}

function expressionOf(params: URLSearchParams): Expression {
  return withName('query', () => parseExpression(params.get('query') ?? ''))
}

/** What is not positive means the configured lookback, as in Prometheus. */
function lookbackOf(params: URLSearchParams, deps: PrometheusDeps): DurationMs {
  const text = params.get('lookback_delta') ?? ''
  if (text === '') return deps.options.lookbackDelta
  try {
    const asked = parseDurationParam(text)
    return asked > 0 ? asked : deps.options.lookbackDelta
  } catch (cause) {
    throw badRequest({ message: `error parsing lookback delta duration: ${(cause as Error).message}` }, { cause })
  }
}

function stepsOf(params: URLSearchParams): Steps {
  const start = requiredTime(params, 'start')
  const end = requiredTime(params, 'end')
  if (end < start) throw badParameter({ name: 'end', message: 'end timestamp must not be before start time' })
  const step = withName('step', () => parseDurationParam(params.get('step') ?? ''))
  if (step <= 0) {
    const message = 'zero or negative query resolution step widths are not accepted. Try a positive integer'
    throw badParameter({ name: 'step', message })
  }
  if (Math.floor((end - start) / step) > MAX_STEPS) throw tooManySteps({})
  return { start, end, step: durationMs(Math.max(1, Math.floor(step))) }
}

async function instantAnswer(
  expression: Expression,
  time: UnixMs,
  limit: number,
  evaluation: Evaluation,
): Promise<Answer> {
  const { querier, ctx } = evaluation
  if (expression.kind === 'parens') return instantAnswer(expression.inner, time, limit, evaluation)
  if (expression.kind === 'string') {
    return { result: { type: 'string', time, value: expression.value }, truncated: false, samples: 0 }
  }
  if (typeOf(expression) === 'scalar') {
    return { result: { type: 'scalar', time, value: evaluateScalar(expression) }, truncated: false, samples: 0 }
  }
  if (expression.kind === 'selector' && expression.window !== undefined) {
    const series = await selectRange({ ...expression, window: expression.window }, time, querier, ctx)
    return matrixAnswer(series, limit)
  }
  const steps = { start: time, end: time, step: durationMs(1) }
  return vectorAnswer(await stepSeries(expression, steps, evaluation), limit, time)
}

/** The series of an expression at each step; a number is a series without labels. */
async function stepSeries(
  expression: Expression,
  steps: Steps,
  { querier, lookback, ctx }: Evaluation,
): Promise<readonly ResultSeries[]> {
  if (expression.kind === 'parens') return stepSeries(expression.inner, steps, { querier, lookback, ctx })
  if (expression.kind === 'selector') return selectInstant(expression, steps, lookback, querier, ctx)
  const value = evaluateScalar(expression.kind === 'vector' ? expression.argument : expression)
  const timestamps = timesOf(steps)
  return [{ labels: LabelSet.of({}), timestamps, values: timestamps.map(() => value), histograms: [] }]
}

function matrixAnswer(series: readonly ResultSeries[], limit: number): Answer {
  const { kept, ...told } = cut(series, limit)
  return { result: { type: 'samples', series: sampleRows(kept) }, ...told }
}

/** The single point of each series, told at `time`. */
function vectorAnswer(series: readonly ResultSeries[], limit: number, time: number): Answer {
  const { kept, ...told } = cut(series, limit)
  return { result: { type: 'vector', time, vector: singlePoints(kept) }, ...told }
}

/** Sorted as a matrix is, cut to `limit`. */
function cut(
  series: readonly ResultSeries[],
  limit: number,
): { readonly kept: readonly ResultSeries[]; readonly truncated: boolean; readonly samples: number } {
  const samples = series.reduce((sum, { timestamps, histograms }) => sum + timestamps.length + histograms.length, 0)
  const sorted = series.toSorted((a, b) => compareLabelSets(a.labels, b.labels))
  const truncated = limit > 0 && sorted.length > limit
  return { kept: truncated ? sorted.slice(0, limit) : sorted, truncated, samples }
}

function sendAnswer(
  reply: FastifyReply,
  answer: Answer,
  params: URLSearchParams,
  { stats, points }: { readonly stats: QueryStats; readonly points: PointWriter },
): FastifyReply {
  const asked = params.get('stats') ?? ''
  const warnings: string[] = []
  if (answer.truncated) warnings.push('results truncated due to limit')
  if (!['', 'true', 'all'].includes(asked)) {
    const reason = 'is deprecated and will be rejected in the next major release, use "true" or "all"'
    warnings.push(`value ${JSON.stringify(asked)} for parameter "stats" ${reason}`)
  }
  const told = asked === '' ? {} : { stats: JSON.stringify(stats.of(answer.samples)) }
  return sendResult(reply, answer.result, points, { ...told, warnings, infos: [] })
}
