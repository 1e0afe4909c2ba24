/** The wiring: from a configuration to every component, in start order. No logic of its own. */
import { Resolver } from 'node:dns/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { bongsuRoutes } from './api/bongsu/routes.ts'
import type { BongsuFacts } from './api/bongsu/routes.ts'
import { lifecycleRoutes } from './api/lifecycle.ts'
import { pageFallback, pageRoutes } from './api/page.ts'
import { absentRoutes } from './api/prometheus/absent.ts'
import { unknownPrometheusPath } from './api/prometheus/envelope.ts'
import { federateRoutes } from './api/prometheus/federate.ts'
import { PointWriter } from './api/prometheus/point-writer.ts'
import { remoteReadRoutes } from './api/prometheus/remote-read.ts'
import { queryRoutes } from './api/prometheus/routes.ts'
import { ruleRoutes } from './api/prometheus/rules.ts'
import { selfMetricsRoutes } from './api/prometheus/self-metrics.ts'
import { statusRoutes } from './api/prometheus/status.ts'
import type { StatusFacts } from './api/prometheus/status.ts'
import { targetRoutes } from './api/prometheus/targets.ts'
import { queryContexts } from './api/query-context.ts'
import { HttpServer } from './api/server.ts'
import { printAppConfig, SECTIONS } from './app-config/sections.ts'
import type { AppConfig } from './app-config/sections.ts'
import type { LoadedAppConfig } from './app-config/load-app-config.ts'
import { flagsOf } from './app-config/settings.ts'
import type { Environment } from './config/env.ts'
import { ConfigReloader } from './config/reload.ts'
import type { ReloaderDeps } from './config/reload.ts'
import { parseAddress } from './core/address.ts'
import type { Address } from './core/address.ts'
import type { Clock } from './core/clock.ts'
import { Bug, messageOf } from './core/errors.ts'
import type { Component } from './core/lifecycle.ts'
import type { Log } from './core/log.ts'
import { systemRandom } from './core/random.ts'
import type { Telemetry } from './core/telemetry.ts'
import { printDuration } from './core/time.ts'
import { LabelSet } from './model/labels.ts'
import { DEFAULT_TENANT } from './model/tenant.ts'
import { openPromql, parserOf } from './query/promql/open.ts'
import { readSearchPath } from './receive/discovery/search-path.ts'
import type { HttpRoutes } from './receive/http.ts'
import { HostReceiver } from './receive/host/host-receiver.ts'
import { OtlpGrpcListener } from './receive/otlp/grpc-listener.ts'
import { MAIN_PORT_PREFIXES, otlpRoutes } from './receive/otlp/http.ts'
import { OtlpHttpListener } from './receive/otlp/http-listener.ts'
import { listenAddress } from './receive/otlp/listen-address.ts'
import { OtlpMetrics } from './receive/otlp/metrics-service.ts'
import { Pushgateway } from './receive/pushgateway/gateway.ts'
import { pushgatewayRoutes } from './receive/pushgateway/routes.ts'
import { remoteWriteRoutes } from './receive/remote-write/routes.ts'
import type { ReachedAt } from './receive/scrape/global-url.ts'
import { ScrapeManager } from './receive/scrape/scrape-manager.ts'
import { ProcessMetrics } from './receive/self/process-metrics.ts'
import { selfJob } from './receive/self/self-job.ts'
import type { MetricsConsumer, MetricsQuerier } from './signals/metrics.ts'
import type { Engine } from './store/engine.ts'
import { HeldFolder } from './store/held-folder.ts'
import { createEngine, StoreSchema } from './store/open.ts'
import { readStoreFacts } from './store/store-facts.ts'
import { IngestCounter } from './write/ingest-counter.ts'
import { MetricsStore, walFolderOf } from './write/metrics-store.ts'
import { WriteOutage } from './write/write-outage.ts'

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

/** What every part is made from. */
interface Base {
  readonly config: AppConfig
  readonly deps: AppDeps
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** A log whose lines name the part. */
  readonly log: (part: string) => Log
}

export function createApp(config: AppConfig, deps: AppDeps): App {
  const { clock, telemetry } = deps
  const base: Base = { config, deps, clock, telemetry, log: (part) => deps.log.child({ part }) }
  const store = createStore(base)
  const otlp = createOtlp(base, store.consumer)
  const scrape = createScrape(base, store.consumer)
  const gateway = createPushgateway(base, store.consumer)
  const reloader = createReloader(base, {
    scrape_configs: { apply: (jobs) => Promise.resolve(scrape.apply(withSelfScrape(jobs, config, server.url()))) },
    otlp: otlp.service,
  })
  const ready = { value: false }
  const apis = apiRoutes(base, { ...store, scrape, reloader, isReady: () => ready.value })
  const receivers = receiverRoutes(base, { ...store, otlp, gateway })
  const server = createServer(base, [...apis, ...receivers, pageRoutes(deps.pageFolder)])

  const components: Component[] = [
    new ProcessMetrics(base),
    ...store.components,
    gateway,
    server,
    ...otlp.listeners,
    scrape,
    onStart('scrape-jobs', () => scrape.apply(withSelfScrape(config.scrape_configs, config, server.url()))),
    ...(config.host_metrics.enabled ? [createHost(base, store.consumer)] : []),
    onStart('ready', () => void (ready.value = true)),
  ]
  return { components, reload: () => reloader.reload(), url: () => server.url() }
}

interface Store {
  readonly engine: Engine
  readonly consumer: IngestCounter
  readonly querier: MetricsQuerier
  readonly components: readonly Component[]
}

function createStore({ config, clock, telemetry, log }: Base): Store {
  const engine = createEngine(config.store, { clock, log: log('store'), telemetry })
  const schema = new StoreSchema(config.store, { engine, clock, log: log('store') })
  const metrics = new MetricsStore(
    { head: config.head, limits: config.limits, walFolder: walFolderOf(config.store.path) },
    { engine, clock, log: log('metrics-store'), telemetry },
  )
  const folder = engine.kind === 'remote' ? [new HeldFolder(config.store.path)] : []
  const deps = { clock, log: log('metrics-store'), telemetry }
  const consumer = new IngestCounter(new WriteOutage(metrics.consumer, deps))
  return { engine, consumer, querier: metrics.querier, components: [...folder, engine, schema, metrics] }
}

interface Otlp {
  readonly service: OtlpMetrics
  readonly routes: (prefixes: readonly string[]) => HttpRoutes
  readonly listeners: readonly Component[]
}

function createOtlp({ config, clock, telemetry, log }: Base, next: MetricsConsumer): Otlp {
  const receiver = config.otlp_receiver
  const lookback = config.query.lookback_delta
  const service = new OtlpMetrics({ otlp: config.otlp, receiver, lookback }, { next, clock, telemetry })
  const shared = { services: [service], log: log('otlp'), telemetry }
  const { max_body_size: maxBodySize, max_decompressed_size: maxDecompressedSize } = receiver
  const routes = (prefixes: readonly string[]): HttpRoutes =>
    otlpRoutes({ prefixes, maxBodySize, maxDecompressedSize }, shared)
  const grpc = listenAddress(receiver.grpc_listen_address, 4317)
  const http = listenAddress(receiver.http_listen_address, 4318)
  const listeners = [
    new OtlpGrpcListener({ address: grpc, maxMessageSize: maxDecompressedSize }, shared),
    new OtlpHttpListener(http, { routes: routes(['', ...MAIN_PORT_PREFIXES]), log: log('otlp') }),
  ]
  return { service, routes, listeners }
}

function createScrape({ config, deps, clock, telemetry, log }: Base, next: MetricsConsumer): ScrapeManager {
  return new ScrapeManager(
    {
      jobs: [],
      tenant: DEFAULT_TENANT,
      version: deps.version,
      // Replicas tell themselves apart by their host or by an external label.
      seed: `${hostname()}${LabelSet.of(config.global.external_labels).toString()}`,
      createdTimestamps: config.scrape.start_timestamps,
      ...reachedAtOf(config),
    },
    {
      next,
      clock,
      log: log('scrape'),
      telemetry,
      env: deps.env,
      resolver: new Resolver(),
      searchPath: readSearchPath,
    },
  )
}

function createPushgateway({ config, clock, telemetry, log }: Base, consumer: MetricsConsumer): Pushgateway {
  const options = { ...config.pushgateway, folder: join(config.store.path, 'pushgateway') }
  return new Pushgateway(options, { consumer, clock, log: log('pushgateway'), telemetry })
}

function createHost({ config, clock, telemetry, log }: Base, next: MetricsConsumer): HostReceiver {
  const options = { ...config.host_metrics, instance: config.host_metrics.instance ?? hostname() }
  return new HostReceiver(options, { next, clock, log: log('host'), telemetry })
}

function createReloader(
  { config, deps, clock, telemetry, log }: Base,
  targets: ReloaderDeps<AppConfig>['targets'],
): ConfigReloader<AppConfig> {
  return new ConfigReloader<AppConfig>(
    { sections: SECTIONS, initial: config },
    { load: deps.load, targets, clock, log: log('config'), telemetry },
  )
}

interface ApiParts extends Store {
  readonly scrape: ScrapeManager
  readonly reloader: ConfigReloader<AppConfig>
  readonly isReady: () => boolean
}

function apiRoutes(base: Base, parts: ApiParts): readonly HttpRoutes[] {
  const { config, clock, telemetry, log } = base
  const { scrape, reloader, querier } = parts
  const { max_samples: maxSamples, max_series: maxSeries, max_memory: maxBytes } = config.query
  const { timeout, lookback_delta: lookbackDelta } = config.query
  const queryContext = queryContexts({ limits: { maxSamples, maxSeries, maxBytes }, timeout }, { clock })
  const externalLabels = (): LabelSet => LabelSet.of(reloader.current.global.external_labels)
  const shared = { querier, clock, log: log('api'), externalLabels, queryContext }
  const points = PointWriter.open()
  const promql = openPromql(config.query, config.global.evaluation_interval, { querier, clock, telemetry })
  const prometheus = { options: { lookbackDelta }, points, ...shared, ...promql }
  return [
    lifecycleRoutes({
      telemetry,
      version: base.deps.version,
      ready: parts.isReady,
      reload: () => problemOf(reloader.reload()),
      reloadEnabled: config.server.enable_lifecycle,
    }),
    queryRoutes(prometheus),
    federateRoutes(prometheus),
    remoteReadRoutes(prometheus),
    targetRoutes({ scrape, log: log('api') }),
    ruleRoutes({ log: log('api') }),
    selfMetricsRoutes({ telemetry, log: log('api') }),
    absentRoutes({ log: log('api') }),
    statusRoutes({ ...prometheus, ...statusFacts(base, reloader) }),
    bongsuRoutes({ ...prometheus, ...bongsuFacts(base, parts) }),
  ]
}

function statusFacts({ config, deps, clock }: Base, reloader: ConfigReloader<AppConfig>): StatusFacts {
  return {
    version: deps.version,
    revision: deps.revision,
    startedAt: clock.now(),
    config: () => printAppConfig(reloader.current),
    flags: () => flagsOf(config),
    lastReload: () => reloader.lastReload,
    reloadEnabled: config.server.enable_lifecycle,
    parser: parserOf(config.query),
    delayedNameRemoval: config.query.delayed_name_removal,
    retention: () => printDuration(config.store.retention.metrics),
  }
}

function bongsuFacts({ config, deps, clock }: Base, { engine, consumer }: Store): BongsuFacts {
  return {
    version: deps.version,
    startedAt: clock.now(),
    storeKind: engine.kind,
    storeFacts: (signal) => readStoreFacts(engine, signal),
    retentionSeconds: config.store.retention.metrics / 1000,
    ingest: () => consumer.figures(),
  }
}

interface ReceiverParts extends Store {
  readonly otlp: Otlp
  readonly gateway: Pushgateway
}

function receiverRoutes({ config, clock, telemetry, log }: Base, parts: ReceiverParts): readonly HttpRoutes[] {
  const { consumer, otlp, gateway } = parts
  const remoteWrite = { consumer, clock, random: systemRandom, log: log('remote-write'), telemetry }
  return [
    remoteWriteRoutes(config.remote_write_receiver, remoteWrite),
    pushgatewayRoutes(config.pushgateway, { gateway, log: log('pushgateway') }),
    otlp.routes(MAIN_PORT_PREFIXES),
  ]
}

function createServer({ config, deps, telemetry, log }: Base, routes: readonly HttpRoutes[]): HttpServer {
  const maxBodyBytes = config.server.max_body_size
  return new HttpServer(
    {
      name: 'http',
      ...addressOf(config),
      prefix: prefixOf(config),
      maxBodyBytes,
      corsOrigin: config.server.cors_origin,
    },
    { log: log('http'), telemetry, routes, fallbacks: [unknownPrometheusPath, pageFallback(deps.pageFolder)] },
  )
}

function addressOf(config: AppConfig): Address {
  const address = parseAddress(config.server.listen)
  if (address === undefined) throw new Bug('server.listen was checked when the configuration was read')
  return address
}

/** The path of the external URL: where a proxy that passes paths on unchanged sends us its requests. */
function prefixOf(config: AppConfig): string {
  const { external_url } = config.server
  return external_url === undefined ? '' : new URL(external_url).pathname.replace(/\/+$/, '')
}

function reachedAtOf(config: AppConfig): { reachedAt?: ReachedAt } {
  const { external_url } = config.server
  if (external_url === undefined) return {}
  const { protocol, host } = new URL(external_url)
  return { reachedAt: { port: String(addressOf(config).port), scheme: protocol.replace(':', ''), host } }
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
