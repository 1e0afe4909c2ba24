/** The Prometheus API over the real store in this process, on a clock of the test's: what conformance cases with times of their own need. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { federateRoutes } from '../../src/api/prometheus/federate.ts'
import { PointWriter } from '../../src/api/prometheus/point-writer.ts'
import { queryRoutes } from '../../src/api/prometheus/routes.ts'
import { queryContexts } from '../../src/api/query-context.ts'
import { HttpServer } from '../../src/api/server.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { durationMs } from '../../src/core/time.ts'
import { LabelSet } from '../../src/model/labels.ts'
import type { QueryLimits } from '../../src/signals/ingest.ts'
import type { MetricsConsumer } from '../../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { embeddedEngine } from './embedded-store.ts'
import { PromqlEngine } from '../../src/query/promql/engine.ts'
import { PROMETHEUS_DEFAULTS } from '../../src/query/promql/eval/context.ts'
import { QueryGate } from '../../src/query/query-gate.ts'
import { metricsStore, never } from './metrics-store.ts'
import { TestClock } from './test-clock.ts'

export interface ApiServer extends AsyncDisposable {
  readonly url: string
  readonly consumer: MetricsConsumer
  /** Given out by federation from now on. */
  externalLabels: Readonly<Record<string, string>>
}

/** `now`: where the clock stands (UnixMs). */
export async function startApiServer(now: number, limited: Partial<QueryLimits> = {}): Promise<ApiServer> {
  const path = await mkdtemp(join(tmpdir(), 'bongsu-api-'))
  const engine = embeddedEngine(join(path, 'data'))
  const clock = new TestClock(now)
  const store = metricsStore({ engine, walFolder: join(path, 'wal'), clock })
  const state = { externalLabels: {} as Readonly<Record<string, string>> }
  const limits = { maxSamples: 1e6, maxSeries: 1e6, maxBytes: 1e9, ...limited }
  const deps = {
    options: { lookbackDelta: durationMs(300_000) },
    querier: store.querier,
    engine: new PromqlEngine({ dialect: PROMETHEUS_DEFAULTS }, { querier: store.querier, clock }),
    gate: new QueryGate(
      { maxConcurrent: 20, maxConcurrentPerTenant: 20, maxWaiting: 100 },
      { telemetry: new Telemetry() },
    ),
    clock,
    log: silentLog,
    points: PointWriter.open(),
    externalLabels: () => LabelSet.of(state.externalLabels),
    queryContext: queryContexts({ limits, timeout: durationMs(60_000) }, { clock }),
  }
  const server = new HttpServer(
    { name: 'http', host: '127.0.0.1', port: 0, prefix: '', maxBodyBytes: 1e6 },
    { log: silentLog, telemetry: new Telemetry(), routes: [queryRoutes(deps), federateRoutes(deps)] },
  )
  const stop = async (): Promise<void> => {
    const deadline = AbortSignal.timeout(10_000)
    await server.stop()
    await store.stop(deadline)
    await engine.stop(deadline)
    await rm(path, { recursive: true, force: true })
  }
  await engine.start(never)
  const schema = { engine, clock: systemClock, log: silentLog, signal: never }
  await migrate(await loadMigrations(), { cluster: undefined }, schema)
  await store.start(never)
  await server.start()
  return {
    url: server.url(),
    consumer: store.consumer,
    get externalLabels() {
      return state.externalLabels
    },
    set externalLabels(labels) {
      state.externalLabels = labels
    },
    [Symbol.asyncDispose]: stop,
  }
}
