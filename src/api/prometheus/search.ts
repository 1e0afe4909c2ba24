/**
 * GET/POST search/metric_names, label_names, label_values: what has a name like the one searched for, as lines of JSON: batches of
 * results, then a line that tells whether there were more. Follows web/api/v1/search.go, prometheus@v3.14.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { METRIC_NAME } from '../../model/labels.ts'
import type { MetadataRow } from '../../signals/metrics.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { badRequest } from './params.ts'
import { booleanParam, searchParams } from './search-params.ts'
import type { SearchParams } from './search-params.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps) => Promise<FastifyReply>

interface Found {
  readonly text: string
  readonly score: number
}

const ALL = { limit: 0 }

export const searchMetricNames: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const search = searchParams(params, 'metric_names', deps.clock.now())
  const includeMetadata = booleanParam(params, 'include_metadata', false)
  const ctx = deps.queryContext(reply)
  const names = await deps.querier.labelValues(METRIC_NAME, search.selectors, search.range, ALL, ctx)
  const found = matching(names, search)
  const isDescribed = includeMetadata && found.rows.length > 0
  const metadata = isDescribed ? await deps.querier.findMetadata(undefined, ALL, ctx) : undefined
  return sendLines(reply, found, search, ({ text, score }) => ({
    name: text,
    ...scoreOf(score, search),
    ...described(metadata?.get(text)?.[0]),
  }))
}

export const searchLabelNames: Handler = async (request, reply, deps) => {
  const search = searchParams(paramsOf(request), 'label_names', deps.clock.now())
  const names = await deps.querier.labelNames(search.selectors, search.range, ALL, deps.queryContext(reply))
  return sendLines(reply, matching(names, search), search, ({ text, score }) => ({
    name: text,
    ...scoreOf(score, search),
  }))
}

export const searchLabelValues: Handler = async (request, reply, deps) => {
  const params = paramsOf(request)
  const search = searchParams(params, 'label_values', deps.clock.now())
  const label = params.get('label') ?? ''
  if (label === '') throw badRequest({ message: 'missing required parameter "label"' })
  const ctx = deps.queryContext(reply)
  const values = await deps.querier.labelValues(label, search.selectors, search.range, ALL, ctx)
  return sendLines(reply, matching(values, search), search, ({ text, score }) => ({
    value: text,
    ...scoreOf(score, search),
  }))
}

interface Matching {
  readonly rows: readonly Found[]
  readonly hasMore: boolean
}

/** Of sorted texts those that are found, in the order asked for. */
function matching(texts: readonly string[], { score, order, limit }: SearchParams): Matching {
  const found: Found[] = []
  const from = order === 'falling' ? texts.toReversed() : texts
  for (const text of from) {
    const one = score(text)
    if (one === undefined) continue
    found.push({ text, score: one })
    // One more than asked for tells that there are more; the best ones are known at the end only.
    if (order !== 'best first' && found.length > limit) break
  }
  // Stable: what scores alike stays in order.
  if (order === 'best first') found.sort((a, b) => b.score - a.score)
  return { rows: found.slice(0, limit), hasMore: found.length > limit }
}

function scoreOf(score: number, { includeScore }: SearchParams): { readonly score?: number } {
  return includeScore ? { score } : {}
}

function described(row: MetadataRow | undefined): Partial<Pick<MetadataRow, 'type' | 'help' | 'unit'>> {
  if (row === undefined) return {}
  const { type, help, unit } = row
  return { type, ...(help === '' ? {} : { help }), ...(unit === '' ? {} : { unit }) }
}

/** The first batch is sent even when it is empty. */
function sendLines(
  reply: FastifyReply,
  { rows, hasMore }: Matching,
  { batchSize }: SearchParams,
  resultOf: (found: Found) => object,
): FastifyReply {
  const lines: string[] = []
  for (let from = 0; from === 0 || from < rows.length; from += batchSize) {
    lines.push(JSON.stringify({ results: rows.slice(from, from + batchSize).map(resultOf) }))
  }
  lines.push(JSON.stringify({ status: 'success', has_more: hasMore }))
  return reply.type('application/x-ndjson; charset=utf-8').send(`${lines.join('\n')}\n`)
}
