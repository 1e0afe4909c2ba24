/** GET /federate: the newest sample of each selected series, for another Prometheus to scrape. Follows web/federate.go, prometheus. */
import type { FastifyInstance } from 'fastify'
import { federatedFamilies, writePage } from '../../codec/exposition/federate.ts'
import type { FederatedSample } from '../../codec/exposition/federate.ts'
import { negotiate } from '../../codec/exposition/negotiate.ts'
import { BongsuError } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import { compareLabelSets } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import { selectNewest } from '../../query/promql/newest.ts'
import { parseMetricSelector } from '../../query/promql/syntax/parse.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { prometheusDialect } from './routes.ts'

/** As in Prometheus, no OpenMetrics: federated families are all untyped, which it has stricter rules for. */
const FORMATS = ['text', 'protobuf'] as const

export function federateRoutes(deps: PrometheusDeps): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    app.get('/federate', async (request, reply) => {
      const { selectors, problem } = selectorsOf(paramsOf(request).getAll('match[]'))
      if (problem !== undefined) return reply.code(400).type('text/plain; charset=utf-8').send(`${problem}\n`)
      const format = negotiate(request.headers.accept, FORMATS)
      const samples = await newest(selectors, deps, deps.queryContext(reply))
      const families = federatedFamilies(samples, deps.externalLabels().toRecord(), format.format)
      return reply.type(format.contentType).send(writePage(families, format))
    })
  }
}

/** This endpoint answers parse errors as plain text, without the parameter's name. */
function selectorsOf(texts: readonly string[]): { selectors: readonly Selector[]; problem?: string } {
  try {
    return { selectors: texts.map(parseMetricSelector) }
  } catch (error) {
    if (error instanceof BongsuError) return { selectors: [], problem: error.message }
    throw error
  }
}

/** Of each series that any selector chooses, its newest sample within the lookback; none for one that went stale. */
async function newest(
  selectors: readonly Selector[],
  deps: PrometheusDeps,
  ctx: QueryContext,
): Promise<readonly FederatedSample[]> {
  const found = new Map<string, FederatedSample & { readonly labels: LabelSet }>()
  const lookback = durationMs(deps.options.lookbackDelta)
  const when = { time: deps.clock.now(), lookback }
  for (const selector of selectors) {
    for (const sample of await selectNewest(selector, when, deps.querier, ctx)) {
      found.set(sample.labels.key(), sample)
    }
  }
  return [...found.values()].sort((a, b) => compareLabelSets(a.labels, b.labels))
}
