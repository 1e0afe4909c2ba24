/** labels, label values, series, metadata, query_exemplars: everything that lists what is there. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { unixMs } from '../../core/time.ts'
import { parseSelectorQuery } from '../../query/promql/syntax/selector.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import { formatTimestamp, formatValue } from './number.ts'
import { badParameter, countParam, listingRange, requiredTime, selectorsParam, withName } from './params.ts'
import { labelsJson } from './result-json.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps) => Promise<FastifyReply>

const TRUNCATED = 'results truncated due to limit'

/** Asks for one more than `limit`, so that a cut can be told. */
function cut<T>(rows: readonly T[], limit: number): { rows: readonly T[]; warnings: readonly string[] } {
  return limit > 0 && rows.length > limit
    ? { rows: rows.slice(0, limit), warnings: [TRUNCATED] }
    : { rows, warnings: [] }
}

const oneMore = (limit: number): { limit: number } => ({ limit: limit === 0 ? 0 : limit + 1 })

export const labelNames: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const limit = countParam(params, 'limit', 0)
  const names = await deps.querier.labelNames(
    selectorsParam(params),
    listingRange(params),
    oneMore(limit),
    deps.queryContext(reply),
  )
  const { rows, warnings } = cut(names, limit)
  return sendData(reply, JSON.stringify(rows), warnings)
}

/** `U__` names spell characters outside the legacy set as `_HEX_`. Follows UnescapeName (values), prometheus/common/model. */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name
  const rest = name.slice(3)
  if (!/^(?:[a-zA-Z0-9:]|__|_[0-9a-fA-F]+_)*$/.test(rest)) return name
  return rest.replace(/__|_([0-9a-fA-F]+)_/g, (_all, hex: string | undefined) =>
    hex === undefined ? '_' : String.fromCodePoint(Number.parseInt(hex, 16)),
  )
}

export const labelValues: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const limit = countParam(params, 'limit', 0)
  const name = unescapeLabelName((request.params as { name: string }).name)
  if (name === '') throw badParameter({ name: 'name', message: `invalid label name: "${name}"` })
  const values = await deps.querier.labelValues(
    name,
    selectorsParam(params),
    listingRange(params),
    oneMore(limit),
    deps.queryContext(reply),
  )
  const { rows, warnings } = cut(values, limit)
  return sendData(reply, JSON.stringify(rows), warnings)
}

export const series: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const limit = countParam(params, 'limit', 0)
  const selectors = selectorsParam(params)
  if (selectors.length === 0) throw badParameter({ name: 'match[]', message: 'no match[] parameter provided' })
  const found = await deps.querier.findSeries(selectors, listingRange(params), oneMore(limit), deps.queryContext(reply))
  const { rows, warnings } = cut(found, limit)
  return sendData(reply, `[${rows.map(labelsJson).join(',')}]`, warnings)
}

export const metadata: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const perMetric = countParam(params, 'limit_per_metric', 0)
  const metric = params.get('metric') ?? ''
  const found = await deps.querier.findMetadata(
    metric === '' ? undefined : metric,
    { limit: countParam(params, 'limit', 0) },
    deps.queryContext(reply),
  )
  const data = [...found].map(([name, rows]) => {
    const kept = perMetric === 0 ? rows : rows.slice(0, perMetric)
    return [name, kept.map(({ type, help, unit }) => ({ type, help, unit }))] as const
  })
  return sendData(reply, JSON.stringify(Object.fromEntries(data)))
}

export const exemplars: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const start = requiredTime(params, 'start')
  const end = requiredTime(params, 'end')
  if (end < start) throw badParameter({ name: 'end', message: 'end timestamp must not be before start time' })
  const { selector } = withName('query', () => parseSelectorQuery(params.get('query') ?? ''))
  const found = await deps.querier.findExemplars([selector], { start, end: unixMs(end + 1) }, deps.queryContext(reply))
  const rows = found.map(({ labels, exemplars: points }) => {
    const list = points.map(
      (one) =>
        `{"labels":${labelsJson(one.labels)},"value":"${formatValue(one.value)}","timestamp":${formatTimestamp(one.timestamp)}}`,
    )
    return `{"seriesLabels":${labelsJson(labels)},"exemplars":[${list.join(',')}]}`
  })
  return sendData(reply, `[${rows.join(',')}]`)
}
