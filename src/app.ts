/** The wiring: from a configuration to every component, in start order. No logic of its own. */
import { Resolver } from 'node:dns/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { bongsuRoutes } from './api/bongsu/routes.ts'
import { parseListen } from './api/config.ts'
import { lifecycleRoutes } from './api/lifecycle.ts'
import { pageFallback, pageRoutes } from './api/page.ts'
import type { PrometheusDeps } from './api/prometheus/deps.ts'
import { federateRoutes } from './api/prometheus/federate.ts'
import { queryRoutes } from './api/prometheus/routes.ts'
import { statusRoutes } from './api/prometheus/status.ts'
import { targetRoutes } from './api/prometheus/targets.ts'
import { queryContexts } from './api/query-context.ts'
import { HttpServer } from './api/server.ts'
import { printAppConfig, SECTIONS } from './app-config/sections.ts'
import type { AppConfig } from './app-config/sections.ts'
import type { LoadedAppConfig } from './app-config/load-app-config.ts'
import { flagsOf } from './app-config/settings.ts'
import type { Environment } from './config/env.ts'
import { ConfigReloader } from './config/reload.ts'
import type { Clock } from './core/clock.ts'
import { Bug, messageOf } from './core/errors.ts'
import type { Component } from './core/lifecycle.ts'
import type { Log } from './core/log.ts'
import { systemRandom } from './core/random.ts'
import type { Telemetry } from './core/telemetry.ts'
import { printDuration } from './core/time.ts'
import { LabelSet } from './model/labels.ts'
import { DEFAULT_TENANT } from './model/tenant.ts'
import { readSearchPath } from './receive/discovery/search-path.ts'
import { HostReceiver } from './receive/host/host-receiver.ts'
import { OtlpGrpcListener } from './receive/otlp/grpc-listener.ts'
import { MAIN_PORT_PREFIXES, otlpRoutes } from './receive/otlp/http.ts'
import { OtlpHttpListener } from './receive/otlp/http-listener.ts'
import { listenAddress } from './receive/otlp/listen-address.ts'
import { OtlpMetrics } from './receive/otlp/metrics-service.ts'
import { Pushgateway } from './receive/pushgateway/gateway.ts'
import { pushgatewayRoutes } from './receive/pushgateway/routes.ts'
import { remoteWriteRoutes } from './receive/remote-write/routes.ts'
import { ScrapeManager } from './receive/scrape/scrape-manager.ts'
import { selfJob } from './receive/self/self-job.ts'
import { HeldFolder } from './store/held-folder.ts'
import { createEngine, StoreSchema } from './store/open.ts'
import { readStoreFacts } from './store/store-facts.ts'
import { IngestCounter } from './write/ingest-counter.ts'
import { MetricsStore, walFolderOf } from './write/metrics-store.ts'

export interface AppDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
  readonly env: Environment
  readonly version: string
  readonly revision: string
  /** Folder of the built page. */
  readonly pageFolder: string
  /** Loads the configuration again, as it was loaded for the start. */
  readonly load: () => Promise<LoadedAppConfig>
}

/** The whole process: its parts in start order, and what is known of it once it runs. */
export interface App {
  readonly components: readonly Component[]
  readonly reload: () => Promise<unknown>
  /** Of the HTTP server, once started. */
  readonly url: () => string
}

export function createApp(config: AppConfig, deps: AppDeps): App {
  const { clock, log, telemetry } = deps
  const part = (name: string): Log => log.child({ part: name })
  const startedAt = clock.now()

  const engine = createEngine(config.store, { clock, log: part('store'), telemetry })
  const schema = new StoreSchema(config.store, { engine, clock, log: part('store') })
  const store = new MetricsStore(
    { head: headOf(config), limits: config.limits, walFolder: walFolderOf(config.store.path) },
    { engine, clock, log: part('metrics-store'), telemetry },
  )
  const consumer = new IngestCounter(store.consumer)

  const otlp = new OtlpMetrics(
    { otlp: config.otlp, receiver: config.otlp_receiver, lookback: config.query.lookback_delta },
    { next: consumer, clock, telemetry },
  )
  const otlpHttp = {
    maxBodySize: config.otlp_receiver.max_body_size,
    maxDecompressedSize: config.otlp_receiver.max_decompressed_size,
  }
  const otlpDeps = { services: [otlp], log: part('otlp'), telemetry }

  const gateway = new Pushgateway(
    { ...config.pushgateway, folder: config.store.path },
    { consumer, clock, log: part('pushgateway'), telemetry },
  )

  const scrape = new ScrapeManager(
    { jobs: [], tenant: DEFAULT_TENANT, version: deps.version, seed: hostname() },
    {
      next: consumer,
      clock,
      log: part('scrape'),
      telemetry,
      env: deps.env,
      resolver: new Resolver(),
      searchPath: readSearchPath,
    },
  )

  const reloader = new ConfigReloader<AppConfig>(
    { sections: SECTIONS, initial: config },
    {
      load: deps.load,
      targets: {
        scrape_configs: { apply: (next) => Promise.resolve(scrape.apply(withSelfScrape(next, config, server.url()))) },
        otlp,
      },
      clock,
      log: part('config'),
      telemetry,
    },
  )

  const queryContext = queryContexts(
    { maxSamples: config.query.max_samples, maxSeries: config.query.max_series },
    config.query.timeout,
  )
  const prometheus: PrometheusDeps = {
    options: { lookbackDelta: config.query.lookback_delta },
    querier: store.querier,
    clock,
    log: part('api'),
    externalLabels: () => LabelSet.of(reloader.current.global.external_labels),
    queryContext,
  }
  const ready = { value: false }
  const page = pageFallback(deps.pageFolder)
  const server: HttpServer = new HttpServer(
    { name: 'http', ...addressOf(config), maxBodyBytes: config.server.max_body_size },
    {
      log: part('http'),
      telemetry,
      routes: [
        lifecycleRoutes({
          telemetry,
          version: deps.version,
          ready: () => ready.value,
          reload: () => problemOf(reloader.reload()),
          reloadEnabled: config.server.enable_lifecycle,
        }),
        queryRoutes(prometheus),
        federateRoutes(prometheus),
        targetRoutes({ scrape, log: part('api') }),
        statusRoutes({
          ...prometheus,
          version: deps.version,
          revision: deps.revision,
          startedAt,
          config: () => printAppConfig(reloader.current),
          flags: () => flagsOf(config),
          lastReload: () => reloader.lastReload,
          dataFolder: config.store.path,
          retention: () => printDuration(config.store.retention.metrics),
        }),
        bongsuRoutes({
          version: deps.version,
          clock,
          startedAt,
          querier: store.querier,
          queryContext,
          storeKind: engine.kind,
          storeFacts: (signal) => readStoreFacts(engine, signal),
          retentionSeconds: config.store.retention.metrics / 1000,
          ingest: () => consumer.figures(),
        }),
        remoteWriteRoutes(config.remote_write_receiver, {
          consumer,
          clock,
          random: systemRandom,
          log: part('remote-write'),
          telemetry,
        }),
        pushgatewayRoutes(config.pushgateway, { gateway, log: part('pushgateway') }),
        otlpRoutes({ ...otlpHttp, prefixes: MAIN_PORT_PREFIXES }, otlpDeps),
        pageRoutes(deps.pageFolder),
      ],
      fallback: page,
    },
  )

  const components: Component[] = [
    ...(engine.kind === 'remote' ? [new HeldFolder(config.store.path)] : []),
    engine,
    schema,
    store,
    gateway,
    server,
    new OtlpGrpcListener(
      { address: listenAddress(config.otlp_receiver.grpc_listen_address, 4317), maxMessageSize: otlpHttp.maxBodySize },
      otlpDeps,
    ),
    new OtlpHttpListener(listenAddress(config.otlp_receiver.http_listen_address, 4318), {
      routes: otlpRoutes({ ...otlpHttp, prefixes: [''] }, otlpDeps),
      log: part('otlp'),
    }),
    scrape,
    onStart('scrape-jobs', () => scrape.apply(withSelfScrape(config.scrape_configs, config, server.url()))),
    ...(config.host_metrics.enabled
      ? [
          new HostReceiver(
            { ...config.host_metrics, instance: config.host_metrics.instance ?? hostname() },
            { next: consumer, clock, log: part('host'), telemetry },
          ),
        ]
      : []),
    onStart('ready', () => void (ready.value = true)),
  ]
  return { components, reload: () => reloader.reload(), url: () => server.url() }
}

/** Prometheus' key for the out-of-order window wins over ours, so that its file means the same here. */
function headOf(config: AppConfig): AppConfig['head'] {
  const window = config.storage?.tsdb?.out_of_order_time_window
  return window === undefined ? config.head : { ...config.head, out_of_order_time_window: window }
}

function addressOf(config: AppConfig): { host: string; port: number } {
  const address = parseListen(config.server.listen)
  if (address === undefined) throw new Bug('server.listen was checked when the configuration was read')
  return address.host === '' ? { ...address, host: '0.0.0.0' } : address
}

/** The file's jobs, and Bongsu itself unless the file has a job of that name. */
function withSelfScrape(
  jobs: AppConfig['scrape_configs'],
  config: AppConfig,
  url: string,
): AppConfig['scrape_configs'] {
  const { enabled, job_name, interval } = config.self_scrape
  if (!enabled || jobs.some((job) => job.job_name === job_name)) return jobs
  return [...jobs, selfJob(job_name, url, interval, config.global)]
}

function onStart(name: string, start: () => void): Component {
  return { name, start: () => Promise.resolve(start()), stop: () => Promise.resolve() }
}

async function problemOf(reload: Promise<unknown>): Promise<string | undefined> {
  try {
    await reload
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
