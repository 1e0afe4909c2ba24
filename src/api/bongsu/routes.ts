/** Bongsu's own API, for its page: status and cardinality. Shapes in schema.ts. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { UnixMs } from '../../core/time.ts'
import { parseMetricSelector } from '../../query/promql/syntax/parse.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { Cardinality, MetricsQuerier } from '../../signals/metrics.ts'
import { formBodies, paramsOf } from '../request.ts'
import type { CardinalityAnswer, Status } from './schema.ts'

export interface StoreFacts {
  readonly version: string | null
  readonly samples: number | null
  readonly diskBytes: number | null
}

/** What this process is, beside what it holds. */
export interface BongsuFacts {
  readonly version: string
  readonly startedAt: UnixMs
  readonly storeKind: 'embedded' | 'remote'
  readonly storeFacts: (signal: AbortSignal) => Promise<StoreFacts>
  readonly retentionSeconds: number
  readonly ingest: () => Status['ingest']
}

export interface BongsuDeps extends BongsuFacts {
  readonly clock: Clock
  readonly querier: MetricsQuerier
  readonly queryContext: (reply: FastifyReply) => QueryContext
}

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 10_000

export function bongsuRoutes(deps: BongsuDeps): (app: FastifyInstance) => void {
  return (app) => {
    formBodies(app)
    app.get('/api/bongsu/status', async (_request, reply) => reply.send(await status(deps, deps.queryContext(reply))))
    app.get('/api/bongsu/cardinality', async (request, reply) => {
      const params = paramsOf(request)
      const match = params.get('match') ?? ''
      const asked = Number(params.get('limit') ?? DEFAULT_LIMIT)
      const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_LIMIT) : DEFAULT_LIMIT
      const selector = match === '' ? [] : parseMetricSelector(match)
      return reply.send(answer(await deps.querier.cardinality({ limit, selector }, deps.queryContext(reply))))
    })
  }
}

async function status(deps: BongsuDeps, ctx: QueryContext): Promise<Status> {
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  const head = answer(await deps.querier.cardinality({ limit: 1, selector: [] }, ctx))
  return {
    version: deps.version,
    nodeVersion: process.version,
    startedAt: deps.startedAt,
    uptimeSeconds: (deps.clock.now() - deps.startedAt) / 1000,
    tenant: ctx.tenant,
    process: {
      residentBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    },
    store: { kind: deps.storeKind, ...(await deps.storeFacts(ctx.signal)), retentionSeconds: deps.retentionSeconds },
    ingest: deps.ingest(),
    head: { series: head.series, minTime: head.minTime, maxTime: head.maxTime },
  }
}

/** An empty head has no times: infinities don't exist in JSON. */
function answer(found: Cardinality): CardinalityAnswer {
  const moment = (time: UnixMs): number | null => (Number.isFinite(time) && found.series > 0 ? time : null)
  return {
    ...found,
    byMetric: [...found.byMetric],
    valuesByLabel: [...found.valuesByLabel],
    seriesByLabel: [...found.seriesByLabel],
    byPair: [...found.byPair],
    bytesByLabel: [...found.bytesByLabel],
    refusals: [...found.refusals],
    minTime: moment(found.minTime),
    maxTime: moment(found.maxTime),
  }
}
