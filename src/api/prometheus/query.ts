/** GET/POST query and query_range: instant and range selectors. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { defineError } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs } from '../../core/time.ts'
import { compareLabelSets } from '../../model/labels.ts'
import { selectInstant, selectRange } from '../../query/promql/select.ts'
import type { ResultSeries } from '../../query/promql/select.ts'
import { parseSelectorQuery } from '../../query/promql/syntax/selector.ts'
import type { SelectorQuery } from '../../query/promql/syntax/selector.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import { badParameter, countParam, durationParam, requiredTime, timeParam, withName } from './params.ts'
import { matrixJson, vectorJson } from './result-json.ts'

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

function lookbackOf(params: URLSearchParams, deps: PrometheusDeps): DurationMs {
  const lookback = durationParam(params, 'lookback_delta') ?? deps.options.lookbackDelta
  if (lookback <= 0) throw badParameter({ name: 'lookback_delta', message: 'must be positive' })
  return lookback
}

function parsed(params: URLSearchParams): SelectorQuery {
  return withName('query', () => parseSelectorQuery(params.get('query') ?? ''))
}

/** Sorted as a matrix is, cut to `limit`, with Prometheus' warning when something was cut. */
function limited(
  result: readonly ResultSeries[],
  limit: number,
): { kept: readonly ResultSeries[]; warnings: readonly string[] } {
  const sorted = result.toSorted((a, b) => compareLabelSets(a.labels, b.labels))
  if (limit === 0 || sorted.length <= limit) return { kept: sorted, warnings: [] }
  return { kept: sorted.slice(0, limit), warnings: ['results truncated due to limit'] }
}

export async function query(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): Promise<FastifyReply> {
  const params = paramsOf(request)
  const limit = countParam(params, 'limit', 0)
  const time = timeParam(params, 'time', deps.clock.now())
  const ctx = deps.queryContext(reply, durationParam(params, 'timeout'))
  const lookback = lookbackOf(params, deps)
  const selector = parsed(params)
  if (selector.window !== undefined) {
    const { window } = selector
    const { kept, warnings } = limited(await selectRange({ ...selector, window }, time, deps.querier, ctx), limit)
    return sendData(reply, matrixJson(kept), warnings)
  }
  const steps = { start: time, end: time, step: durationMs(1) }
  const { kept, warnings } = limited(await selectInstant(selector, steps, lookback, deps.querier, ctx), limit)
  return sendData(reply, vectorJson(kept), warnings)
}

export async function queryRange(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PrometheusDeps,
): Promise<FastifyReply> {
  const params = paramsOf(request)
  const limit = countParam(params, 'limit', 0)
  const start = requiredTime(params, 'start')
  const end = requiredTime(params, 'end')
  if (end < start) throw badParameter({ name: 'end', message: 'end timestamp must not be before start time' })
  const step = durationParam(params, 'step')
  if (step === undefined) throw badParameter({ name: 'step', message: 'cannot parse "" to a valid duration' })
  if (step <= 0) {
    throw badParameter({
      name: 'step',
      message: 'zero or negative query resolution step widths are not accepted. Try a positive integer',
    })
  }
  if ((end - start) / step > MAX_STEPS) throw tooManySteps({})
  const ctx = deps.queryContext(reply, durationParam(params, 'timeout'))
  const lookback = lookbackOf(params, deps)
  const selector = parsed(params)
  if (selector.window !== undefined) {
    throw badParameter({
      name: 'query',
      message: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    })
  }
  const { kept, warnings } = limited(
    await selectInstant(selector, { start, end, step }, lookback, deps.querier, ctx),
    limit,
  )
  return sendData(reply, matrixJson(kept), warnings)
}
