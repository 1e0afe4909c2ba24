/** GET/POST query, query_range, format_query, parse_query. Follows web/api/v1/api.go, prometheus. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { defineError } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import { compareLabelSets, LabelSet } from '../../model/labels.ts'
import { evaluateScalar, isConstant } from '../../query/promql/constant.ts'
import { selectInstant, selectRange, timesOf } from '../../query/promql/select.ts'
import type { ResultSeries, Steps } from '../../query/promql/select.ts'
import type { Expression } from '../../query/promql/syntax/ast.ts'
import { expressionTree } from '../../query/promql/syntax/expression-tree.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { prettify } from '../../query/promql/syntax/prettify.ts'
import { PromqlSyntaxError } from '../../query/promql/syntax/syntax-error.ts'
import { typeName, typeOf } from '../../query/promql/syntax/walk.ts'
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
import { matrixJson, scalarJson, stringJson, vectorJson } from './result-json.ts'
import { QueryStats } from './query-stats.ts'

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
  /** The members `resultType` and `result` of the data, without braces. */
  readonly json: string
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
  refuseUnanswered(params, expression)
  const ctx = deps.queryContext(reply, timeout)
  stats.prepared()
  const answer = await instantAnswer(expression, time, limit, { querier: deps.querier, lookback, ctx })
  return sendAnswer(reply, answer, params, stats)
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
  if (type === 'string' || type === 'matrix') {
    const message = `invalid expression type "${typeName(type)}" for range query, must be Scalar or instant Vector`
    throw badParameter({ name: 'query', message })
  }
  refuseUnanswered(params, expression)
  const ctx = deps.queryContext(reply, timeout)
  stats.prepared()
  const series = await stepSeries(expression, steps, { querier: deps.querier, lookback, ctx })
  return sendAnswer(reply, vectorAnswer(series, limit, matrixJson), params, stats)
}

export function formatQuery(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendData(reply, JSON.stringify(prettify(expressionOf(paramsOf(request)))))
}

export function parseQuery(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendData(reply, JSON.stringify(expressionTree(expressionOf(paramsOf(request)))))
}

function expressionOf(params: URLSearchParams): Expression {
  return withName('query', () => parseExpression(params.get('query') ?? ''))
}

/** The error for PromQL that is right, but not answered by this version. */
function refuseUnanswered(params: URLSearchParams, expression: Expression): void {
  if (isAnswered(expression)) return
  const what = 'instant and range selectors and arithmetic of numbers'
  const rest = 'functions, operators and aggregations are not supported yet'
  const message = `unexpected ${expression.kind}: this version answers ${what} only; ${rest}`
  const error = new PromqlSyntaxError(params.get('query') ?? '', [{ span: expression.span, message }])
  withName('query', () => {
    throw error
  })
}

function isAnswered(expression: Expression): boolean {
  if (expression.kind === 'parens') return isAnswered(expression.inner)
  if (expression.kind === 'selector') return expression.offsetExpr === undefined && expression.extent === undefined
  if (expression.kind === 'matrix') return expression.windowExpr === undefined && isAnswered(expression.selector)
  return expression.kind === 'string' || vectorArgument(expression) !== undefined || isConstant(expression)
}

/** The number in `vector(number)`. */
function vectorArgument(expression: Expression): Expression | undefined {
  const argument = expression.kind === 'call' && expression.func.name === 'vector' ? expression.args[0] : undefined
  return argument !== undefined && isConstant(argument) ? argument : undefined
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
    return { json: stringJson(time, expression.value), truncated: false, samples: 0 }
  }
  if (typeOf(expression) === 'scalar') {
    return { json: scalarJson(time, evaluateScalar(expression)), truncated: false, samples: 0 }
  }
  if (expression.kind === 'matrix') {
    const series = await selectRange({ ...expression.selector, window: expression.window }, time, querier, ctx)
    return vectorAnswer(series, limit, matrixJson)
  }
  const steps = { start: time, end: time, step: durationMs(1) }
  return vectorAnswer(await stepSeries(expression, steps, evaluation), limit, vectorJson)
}

/** The series of an expression at each step; a number is a series without labels. */
async function stepSeries(
  expression: Expression,
  steps: Steps,
  { querier, lookback, ctx }: Evaluation,
): Promise<readonly ResultSeries[]> {
  if (expression.kind === 'parens') return stepSeries(expression.inner, steps, { querier, lookback, ctx })
  if (expression.kind === 'selector') return selectInstant(expression, steps, lookback, querier, ctx)
  const value = evaluateScalar(vectorArgument(expression) ?? expression)
  const timestamps = timesOf(steps)
  return [{ labels: LabelSet.of({}), timestamps, values: timestamps.map(() => value), histograms: [] }]
}

/** Sorted as a matrix is, cut to `limit`. */
function vectorAnswer(
  series: readonly ResultSeries[],
  limit: number,
  print: (series: readonly ResultSeries[]) => string,
): Answer {
  const samples = series.reduce((sum, { timestamps, histograms }) => sum + timestamps.length + histograms.length, 0)
  const sorted = series.toSorted((a, b) => compareLabelSets(a.labels, b.labels))
  const truncated = limit > 0 && sorted.length > limit
  return { json: print(truncated ? sorted.slice(0, limit) : sorted), truncated, samples }
}

function sendAnswer(reply: FastifyReply, answer: Answer, params: URLSearchParams, stats: QueryStats): FastifyReply {
  const asked = params.get('stats') ?? ''
  const warnings: string[] = []
  if (answer.truncated) warnings.push('results truncated due to limit')
  if (!['', 'true', 'all'].includes(asked)) {
    const reason = 'is deprecated and will be rejected in the next major release, use "true" or "all"'
    warnings.push(`value ${JSON.stringify(asked)} for parameter "stats" ${reason}`)
  }
  const extra = asked === '' ? '' : `,"stats":${JSON.stringify(stats.of(answer.samples))}`
  return sendData(reply, `{${answer.json}${extra}}`, warnings)
}
