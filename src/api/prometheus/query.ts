/** GET/POST query, query_range, format_query, parse_query. Follows web/api/v1/api.go, prometheus. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { defineError } from '../../core/errors.ts'
import type { DurationMs } from '../../core/time.ts'
import type { QueryResult, RangeTimes } from '../../query/promql/engine.ts'
import { gridOf } from '../../query/promql/eval/grid.ts'
import type { Grid } from '../../query/promql/eval/grid.ts'
import { prettify } from '../../query/promql/syntax/prettify.ts'
import { expressionTree } from '../../query/promql/syntax/expression-tree.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import type { Notes } from './envelope.ts'
import { explained } from './explain.ts'
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
import { rowCount } from './result-encoder.ts'
import { sendValue } from './send-value.ts'

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

export async function query(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): Promise<FastifyReply> {
  const stats = new QueryStats(deps.clock)
  const params = paramsOf(request)
  const limit = limitParam(params)
  const time = timeParam(params, 'time', deps.clock.now())
  const timeout = durationParam(params, 'timeout')
  const lookbackDelta = lookbackOf(params, deps)
  const text = params.get('query') ?? ''
  withName('query', () => deps.engine.parse(text))
  const ctx = deps.queryContext(reply, timeout)
  const result = await inTurn(deps, ctx, stats, () =>
    deps.engine.evaluateInstant(text, time, ctx, { lookbackDelta, stats: isMeasured(params) }),
  )
  return sendResult(reply, result, { limit, params, stats, points: deps.points, grid: gridOf(time, time, 0) })
}

export async function queryRange(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PrometheusDeps,
): Promise<FastifyReply> {
  const stats = new QueryStats(deps.clock)
  const params = paramsOf(request)
  const limit = limitParam(params)
  const times = timesOf(params)
  const timeout = durationParam(params, 'timeout')
  const lookbackDelta = lookbackOf(params, deps)
  const text = params.get('query') ?? ''
  withName('query', () => deps.engine.checkForRange(text))
  const ctx = deps.queryContext(reply, timeout)
  const result = await inTurn(deps, ctx, stats, () =>
    deps.engine.evaluateRange(text, times, ctx, { lookbackDelta, stats: isMeasured(params) }),
  )
  return sendResult(reply, result, {
    limit,
    params,
    stats,
    points: deps.points,
    grid: gridOf(times.start, times.end, times.step),
  })
}

export function formatQuery(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): FastifyReply {
  const text = paramsOf(request).get('query') ?? ''
  return sendData(reply, JSON.stringify(prettify(withName('query', () => deps.engine.parse(text)))))
}

export function parseQuery(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): FastifyReply {
  const text = paramsOf(request).get('query') ?? ''
  return sendData(reply, JSON.stringify(expressionTree(withName('query', () => deps.engine.parse(text)))))
}

/** Any value asks for statistics. */
function isMeasured(params: URLSearchParams): boolean {
  return (params.get('stats') ?? '') !== ''
}

/** Evaluates once there is room for the query. */
function inTurn(
  { gate }: PrometheusDeps,
  ctx: QueryContext,
  stats: QueryStats,
  evaluate: () => Promise<QueryResult>,
): Promise<QueryResult> {
  stats.prepared()
  return gate.run(
    ctx.tenant,
    () => {
      stats.admitted()
      return evaluate()
    },
    ctx.signal,
  )
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

function timesOf(params: URLSearchParams): RangeTimes {
  const start = requiredTime(params, 'start')
  const end = requiredTime(params, 'end')
  if (end < start) throw badParameter({ name: 'end', message: 'end timestamp must not be before start time' })
  const step = withName('step', () => parseDurationParam(params.get('step') ?? ''))
  if (step <= 0) {
    const message = 'zero or negative query resolution step widths are not accepted. Try a positive integer'
    throw badParameter({ name: 'step', message })
  }
  if (Math.floor((end - start) / step) > MAX_STEPS) throw tooManySteps({})
  return { start, end, step: Math.max(1, Math.floor(step)) }
}

interface Asked {
  readonly limit: number
  readonly params: URLSearchParams
  readonly stats: QueryStats
  readonly points: PointWriter
  readonly grid: Grid
}

const TRUNCATED = 'results truncated due to limit'

function sendResult(
  reply: FastifyReply,
  result: QueryResult,
  { limit, params, stats, points, grid }: Asked,
): FastifyReply {
  const asked = params.get('stats') ?? ''
  const notes: Notes = { warnings: [...result.warnings], infos: [...result.infos] }
  if (limit > 0 && rowCount(result.value) > limit) notes.warnings.push(TRUNCATED)
  if (!['', 'true', 'all'].includes(asked)) {
    const reason = 'is deprecated and will be rejected in the next major release, use "true" or "all"'
    notes.warnings.push(`value ${JSON.stringify(asked)} for parameter "stats" ${reason}`)
  }
  const statsJson =
    asked === '' ? '' : `,"stats":${JSON.stringify(stats.of(result, asked === 'all' ? grid : undefined))}`
  const explain = params.get('explain') === 'true' ? `,"explain":${JSON.stringify(explained(result))}` : ''
  return sendValue(reply, result.value, points, { limit, members: statsJson + explain, notes })
}
