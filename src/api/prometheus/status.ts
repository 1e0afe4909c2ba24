/** /api/v1/status/*: what this process is and holds. */
import type { FastifyInstance } from 'fastify'
import type { UnixMs } from '../../core/time.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import { badParameter, countParam } from './params.ts'
import { prometheusDialect } from './routes.ts'

/** What this process is, beside what it holds. */
export interface StatusFacts {
  readonly version: string
  readonly revision: string
  readonly startedAt: UnixMs
  /** The configuration as YAML, defaults filled in, secrets masked. */
  readonly config: () => string
  /** Every option with its value, as text. */
  readonly flags: () => Readonly<Record<string, string>>
  readonly lastReload: () => { readonly success: boolean; readonly at: UnixMs }
  readonly dataFolder: string
  readonly retention: () => string
}

export type StatusDeps = StatusFacts & Pick<PrometheusDeps, 'querier' | 'queryContext' | 'clock' | 'log'>

const MAX_LIMIT = 10_000

export function statusRoutes(deps: StatusDeps): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    app.get('/api/v1/status/buildinfo', (_request, reply) => sendData(reply, JSON.stringify(buildInfo(deps))))
    app.get('/api/v1/status/config', (_request, reply) => sendData(reply, JSON.stringify({ yaml: deps.config() })))
    app.get('/api/v1/status/flags', (_request, reply) => sendData(reply, JSON.stringify(deps.flags())))
    app.get('/api/v1/status/runtimeinfo', async (_request, reply) => {
      const { series } = await deps.querier.cardinality({ limit: 1, selector: [] }, deps.queryContext(reply))
      return sendData(reply, JSON.stringify(runtimeInfo(deps, series)))
    })
    app.get('/api/v1/status/tsdb', async (request, reply) => {
      const limit = countParam(paramsOf(request), 'limit', 10)
      if (limit < 1) throw badParameter({ name: 'limit', message: 'limit must be a positive number' })
      if (limit > MAX_LIMIT) throw badParameter({ name: 'limit', message: `limit must not exceed ${MAX_LIMIT}` })
      const found = await deps.querier.cardinality({ limit, selector: [] }, deps.queryContext(reply))
      const data = {
        headStats: {
          numSeries: found.series,
          numLabelPairs: found.labelPairs,
          chunkCount: 0,
          minTime: found.minTime,
          maxTime: found.maxTime,
        },
        seriesCountByMetricName: found.byMetric,
        labelValueCountByLabelName: found.valuesByLabel,
        memoryInBytesByLabelName: found.bytesByLabel,
        seriesCountByLabelValuePair: found.byPair,
      }
      return sendData(reply, JSON.stringify(data))
    })
  }
}

function buildInfo({ version, revision }: StatusDeps): Readonly<Record<string, string>> {
  // Clients (Grafana) look at the Prometheus version to choose features; `application` says who really answers.
  return {
    version: '3.14.0',
    revision,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
    application: 'bongsu',
    applicationVersion: version,
    nodeVersion: process.version,
  }
}

function runtimeInfo(deps: StatusDeps, series: number): Readonly<Record<string, unknown>> {
  const reload = deps.lastReload()
  return {
    startTime: new Date(deps.startedAt).toISOString(),
    CWD: deps.dataFolder,
    hostname: '',
    serverTime: new Date(deps.clock.now()).toISOString(),
    reloadConfigSuccess: reload.success,
    lastConfigTime: new Date(reload.at).toISOString(),
    timeSeriesCount: series,
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: deps.retention(),
  }
}
