/** status/*, features, notifications: what this process is, holds and can do. */
import { hostname } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { LastReload } from '../../config/reload.ts'
import type { UnixMs } from '../../core/time.ts'
import type { Cardinality } from '../../signals/metrics.ts'
import { paramsOf } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendData } from './envelope.ts'
import { features } from './features.ts'
import type { FeatureFacts } from './features.ts'
import { badRequest, numberParam } from './params.ts'
import { prometheusDialect } from './routes.ts'

/** What this process is, beside what it holds. */
export interface StatusFacts extends FeatureFacts {
  readonly version: string
  readonly revision: string
  readonly startedAt: UnixMs
  /** The configuration as YAML, defaults filled in, secrets masked. */
  readonly config: () => string
  /** Every option with its value, as text. */
  readonly flags: () => Readonly<Record<string, string>>
  readonly lastReload: () => LastReload
  readonly retention: () => string
}

export type StatusDeps = StatusFacts & Pick<PrometheusDeps, 'querier' | 'queryContext' | 'clock' | 'log'>

const MAX_LIMIT = 10_000

export function statusRoutes(deps: StatusDeps): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    const on = (path: string, data: () => unknown): void =>
      void app.get(`/api/v1/${path}`, (_request, reply) => sendData(reply, JSON.stringify(data())))
    on('status/buildinfo', () => buildInfo(deps))
    on('status/config', () => ({ yaml: deps.config() }))
    on('status/flags', deps.flags)
    on('status/runtimeinfo', () => runtimeInfo(deps))
    // The write-ahead log was read before this port was opened, and it has no numbered segments to count.
    on('status/walreplay', () => ({ min: 0, max: 0, current: 0 }))
    // Samples are kept in tables: there are no blocks of Prometheus' kind.
    on('status/tsdb/blocks', () => ({ blocks: [] }))
    on('features', () => features(deps))
    on('notifications', () => notifications(deps))
    // 204 tells an EventSource that there is nothing to listen to, so that it does not ask again.
    app.get('/api/v1/notifications/live', (_request, reply) => reply.code(204).send())
    app.get('/api/v1/status/tsdb', async (request, reply) => {
      const limit = tsdbLimit(paramsOf(request))
      const found = await deps.querier.cardinality({ limit, selector: [] }, deps.queryContext(reply))
      return sendData(reply, JSON.stringify(tsdbStatus(found)))
    })
  }
}

function tsdbLimit(params: URLSearchParams): number {
  const message = 'limit must be a positive number'
  const limit = numberParam(params, 'limit', message) ?? 10
  if (limit < 1) throw badRequest({ message })
  if (limit > MAX_LIMIT) throw badRequest({ message: `limit must not exceed ${MAX_LIMIT}` })
  return limit
}

/** Of the head: what is in memory. */
function tsdbStatus(found: Cardinality): Readonly<Record<string, unknown>> {
  return {
    headStats: {
      numSeries: found.series,
      numLabelPairs: found.labelPairs,
      chunkCount: found.chunks,
      minTime: found.minTime,
      maxTime: found.maxTime,
    },
    seriesCountByMetricName: found.byMetric,
    labelValueCountByLabelName: found.valuesByLabel,
    memoryInBytesByLabelName: found.bytesByLabel,
    seriesCountByLabelValuePair: found.byPair,
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

/** What Go alone has (goroutines, its collector's settings) is 0 or empty. */
function runtimeInfo(deps: StatusDeps): Readonly<Record<string, unknown>> {
  const reload = deps.lastReload()
  return {
    startTime: new Date(deps.startedAt).toISOString(),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: new Date(deps.clock.now()).toISOString(),
    reloadConfigSuccess: reload.success,
    lastConfigTime: new Date(reload.at).toISOString(),
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: deps.retention(),
  }
}

/** What an operator should know of right now: nothing, or that the last reload failed. */
function notifications({ lastReload }: StatusDeps): readonly Readonly<Record<string, unknown>>[] {
  const { success, triedAt } = lastReload()
  if (success) return []
  return [{ text: 'Configuration reload has failed.', date: new Date(triedAt).toISOString(), active: true }]
}
