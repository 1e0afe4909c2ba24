/** labels, label values, series, metadata, query_exemplars: everything that lists what is there. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { selectorsOf } from '../../query/promql/syntax/walk.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import { badRequest, limitParam, listingRange, numberParam, selectorsParam, withName } from './params.ts'
import { exemplarSeriesJson, labelsJson } from './result-json.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps) => Promise<FastifyReply>

const TRUNCATED = 'results truncated due to limit'

/** Asks for one more than `limit`, so that a cut can be told. */
function cut<T>(rows: readonly T[], limit: number): { rows: readonly T[]; notes: { readonly warnings?: string[] } } {
  return limit > 0 && rows.length > limit
    ? { rows: rows.slice(0, limit), notes: { warnings: [TRUNCATED] } }
    : { rows, notes: {} }
}

const oneMore = (limit: number): { limit: number } => ({ limit: limit === 0 ? 0 : limit + 1 })

export const labelNames: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const limit = limitParam(params)
  const range = listingRange(params)
  const names = await deps.querier.labelNames(selectorsParam(params), range, oneMore(limit), deps.queryContext(reply))
  const { rows, notes } = cut(names, limit)
  return sendData(reply, JSON.stringify(rows), notes)
}

/** `U__` names spell characters outside the legacy set as `_HEX_`. Follows UnescapeName (values), prometheus/common/model. */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name
  const rest = name.slice(3)
  // Six hexadecimal digits reach beyond Unicode: such a name was never escaped, and stands for itself.
  if (!/^(?:[a-zA-Z0-9:]|__|_0*(?:10[0-9a-fA-F]{4}|[0-9a-fA-F]{1,5})_)*$/.test(rest)) return name
  return rest.replace(/__|_([0-9a-fA-F]+)_/g, (_all, hex: string | undefined) =>
    hex === undefined ? '_' : String.fromCodePoint(Number.parseInt(hex, 16)),
  )
}

export const labelValues: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const name = unescapeLabelName((request.params as { name: string }).name)
  if (name === '') throw badRequest({ message: `invalid label name: "${name}"` })
  const limit = limitParam(params)
  const range = listingRange(params)
  const values = await deps.querier.labelValues(
    name,
    selectorsParam(params),
    range,
    oneMore(limit),
    deps.queryContext(reply),
  )
  const { rows, notes } = cut(values, limit)
  return sendData(reply, JSON.stringify(rows), notes)
}

export const series: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  if (!params.has('match[]')) throw badRequest({ message: 'no match[] parameter provided' })
  const limit = limitParam(params)
  const range = listingRange(params)
  const selectors = withName('match[]', () => selectorsParam(params))
  const found = await deps.querier.findSeries(selectors, range, oneMore(limit), deps.queryContext(reply))
  const { rows, notes } = cut(found, limit)
  return sendData(reply, `[${rows.map(labelsJson).join(',')}]`, notes)
}

/** A negative `limit` means none, and 0 nothing at all. */
export const metadata: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const limit = numberParam(params, 'limit', 'limit must be a number') ?? -1
  const perMetric = numberParam(params, 'limit_per_metric', 'limit_per_metric must be a number') ?? -1
  if (limit === 0) return sendData(reply, '{}')
  const metric = params.get('metric') ?? ''
  const found = await deps.querier.findMetadata(
    metric === '' ? undefined : metric,
    { limit: Math.max(0, limit) },
    deps.queryContext(reply),
  )
  const data = [...found].map(([name, rows]) => {
    const kept = perMetric > 0 ? rows.slice(0, perMetric) : rows
    return [name, kept.map(({ type, help, unit }) => ({ type, help, unit }))] as const
  })
  return sendData(reply, JSON.stringify(Object.fromEntries(data)))
}

/** An expression without selectors has nothing to answer: 204, as Prometheus. */
export const exemplars: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const { start, end } = listingRange(params)
  if (end <= start) throw badRequest({ message: 'end timestamp must not be before start timestamp' })
  const selectors = selectorsOf(parseExpression(params.get('query') ?? '')).map(({ matchers }) => matchers)
  if (selectors.length === 0) return reply.code(204).send()
  const found = await deps.querier.findExemplars(selectors, { start, end }, deps.queryContext(reply))
  return sendData(reply, `[${found.map(exemplarSeriesJson).join(',')}]`)
}
