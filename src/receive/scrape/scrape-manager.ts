import { setMaxListeners } from 'node:events'
import { isSameConfig } from '../../config/same-config.ts'
import type { Clock } from '../../core/clock.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Log } from '../../core/log.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { LabelSet } from '../../model/labels.ts'
import type { TenantId } from '../../model/tenant.ts'
import { compileRelabeling } from '../../pipeline/relabel/relabel.ts'
import type { MetricsConsumer, SeriesRef } from '../../signals/metrics.ts'
import type { DnsDeps } from '../discovery/dns.ts'
import { FOREIGN_KEYS } from '../discovery/foreign.ts'
import { TargetFeed } from '../discovery/target-feed.ts'
import type { Environment } from '../http-client/proxy.ts'
import type { ScrapeConfig } from './config.ts'
import { discoveryCounters } from '../discovery/discoverer.ts'
import { globalUrl } from './global-url.ts'
import type { ReachedAt } from './global-url.ts'
import type { ScrapeLoop } from './scrape-loop.ts'
import { ScrapePool } from './scrape-pool.ts'
import { ScrapeTelemetry } from './scrape-telemetry.ts'
import type { ActiveTarget, DroppedTarget, PoolState, RelabelStep, ScrapeState, TargetMetadataRow } from './state.ts'
import { INTERVAL, TIMEOUT } from './target-labels.ts'

export interface ScrapeManagerOptions {
  /** Jobs with `global` filled in (`inheritGlobal`); their names differ. */
  readonly jobs: readonly ScrapeConfig[]
  readonly tenant: TenantId
  /** For the User-Agent: `Bongsu/<version>`. */
  readonly version: string
  /** Spreads the scrape times of replicas: the host's name with the external labels. */
  readonly seed: string
  /** OpenMetrics' `_created` lines become start timestamps instead of series. Off by default. */
  readonly createdTimestamps?: boolean
  /** For the global URL of targets; undefined leaves URLs as they are. */
  readonly reachedAt?: ReachedAt
}

export interface ScrapeManagerDeps {
  readonly next: MetricsConsumer
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
  /** For `proxy_from_environment`. */
  readonly env: Environment
  readonly resolver: DnsDeps['resolver']
  readonly searchPath: DnsDeps['searchPath']
}

interface Job {
  readonly pool: ScrapePool
  readonly feed: TargetFeed
}

/** Scrapes the targets of all jobs, and shows their state. */
export class ScrapeManager implements Component, ScrapeState {
  readonly name = 'scrape'
  readonly #options: ScrapeManagerOptions
  readonly #deps: ScrapeManagerDeps
  readonly #telemetry: ScrapeTelemetry
  readonly #ending = new AbortController()
  readonly #jobs = new Map<string, Job>()
  /** Pools of removed jobs that still have series to mark stale, and feeds that are stopping. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(options: ScrapeManagerOptions, deps: ScrapeManagerDeps) {
    this.#options = options
    this.#deps = deps
    setMaxListeners(0, this.#ending.signal) // every loop listens, and each lets go of it in time
    discoveryCounters(deps.telemetry)
    this.#telemetry = new ScrapeTelemetry(deps.telemetry, (health) => {
      const all = this.#loops()
      return all.filter(({ target }) => target.report.health === health).length
    })
  }

  start(): Promise<void> {
    this.apply(this.#options.jobs)
    return Promise.resolve()
  }

  /** Running scrapes are given up; series are not marked stale, since a restart will go on with them. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#ending.abort()
    const all = [...this.#jobs.values()].map(async ({ pool, feed }) => {
      await feed.stop()
      pool.end()
      await pool.settled()
    })
    this.#jobs.clear()
    const settled = Promise.all([...all, ...this.#leaving])
    const late = new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([settled, deadline.aborted ? undefined : late])
  }

  /** Takes new jobs. A job that stays as it is goes on untouched; so do, within a changed one, targets that it does not concern. */
  apply(jobs: readonly ScrapeConfig[]): void {
    const wanted = new Map(jobs.map((job) => [job.job_name, job]))
    for (const [name, job] of this.#jobs) if (!wanted.has(name)) this.#remove(name, job)
    for (const [name, config] of wanted) {
      const job = this.#jobs.get(name)
      if (job === undefined) this.#add(name, config)
      else if (!isSameConfig(job.pool.config, config)) {
        job.pool.reconfigure(config)
        job.feed.apply(config)
      }
    }
  }

  pools(): readonly PoolState[] {
    return this.#sorted().map(([name, { pool, feed }]) => ({
      name,
      config: pool.config,
      interval: pool.config.scrape_interval,
      targets: pool.loops.length,
      dropped: pool.droppedCount,
      discoveries: feed.statuses,
      unsupportedDiscoveries: FOREIGN_KEYS.filter((key) => (pool.config[key] ?? []).length > 0).map((key) =>
        key.replace('_sd_configs', ''),
      ),
    }))
  }

  activeTargets(pool?: string): readonly ActiveTarget[] {
    return this.#sorted(pool).flatMap(([scrapePool, job]) =>
      job.pool.loops
        .map(({ target }) => ({
          discoveredLabels: target.discovered,
          labels: target.publicLabels,
          scrapePool,
          scrapeUrl: target.url,
          globalUrl: globalUrl(target.url, this.#options.reachedAt),
          lastError: target.report.lastError,
          lastScrape: target.report.lastScrape,
          lastScrapeDuration: target.report.lastScrapeSeconds,
          health: target.report.health,
          scrapeInterval: target.labels.get(INTERVAL) ?? '',
          scrapeTimeout: target.labels.get(TIMEOUT) ?? '',
        }))
        .sort((a, b) => (a.scrapeUrl < b.scrapeUrl ? -1 : Number(a.scrapeUrl > b.scrapeUrl))),
    )
  }

  droppedTargets(pool?: string): readonly DroppedTarget[] {
    return this.#sorted(pool).flatMap(([scrapePool, job]) =>
      job.pool.dropped.map((discoveredLabels) => ({ discoveredLabels, scrapePool })),
    )
  }

  droppedTargetCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sorted().map(([name, { pool }]) => [name, pool.droppedCount]))
  }

  *targetMetadata(metric: string | undefined, accepts: (target: LabelSet) => boolean): Iterable<TargetMetadataRow> {
    for (const { target, metadata } of this.#loops()) {
      const { publicLabels } = target
      if (!accepts(publicLabels)) continue
      const one = metric === undefined ? undefined : metadata.find(metric)
      const rows = metric === undefined ? metadata.list() : one === undefined ? [] : [one]
      for (const row of rows) yield { target: publicLabels, ...row }
    }
  }

  relabelSteps(pool: string, labels: LabelSet): readonly RelabelStep[] | undefined {
    const config = this.#jobs.get(pool)?.pool.config
    if (config === undefined) return undefined
    let current: LabelSet | undefined = labels
    return config.relabel_configs.map((rule): RelabelStep => {
      const step = compileRelabeling([rule], config.metric_name_validation_scheme)
      current = current === undefined ? undefined : step(current)
      return { rule, output: current ?? LabelSet.EMPTY, keep: current !== undefined }
    })
  }

  #add(name: string, config: ScrapeConfig): void {
    const { next, clock, env, resolver, searchPath, telemetry } = this.#deps
    const log = this.#deps.log.child({ job: name })
    const { tenant, seed, version, createdTimestamps = false } = this.#options
    const userAgent = `Bongsu/${version}`
    const pool = new ScrapePool(config, {
      clock,
      log,
      telemetry: this.#telemetry,
      next,
      tenant,
      env,
      userAgent,
      seed,
      createdTimestamps,
      lifetime: this.#ending.signal,
      elsewhere: (loop, refs) => this.#elsewhere(loop, refs),
    })
    const feed = new TargetFeed((groups) => pool.sync(groups), {
      clock,
      log,
      telemetry,
      env,
      userAgent,
      resolver,
      searchPath,
    })
    this.#jobs.set(name, { pool, feed })
    feed.apply(config)
  }

  #remove(name: string, { pool, feed }: Job): void {
    this.#jobs.delete(name)
    pool.end()
    const leaving = Promise.all([feed.stop(), pool.settled()]).then(() => void this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }

  /** Only loops whose series may have the same labels are asked: those of an equal target, and those that rewrite labels. */
  #elsewhere(ended: ScrapeLoop, refs: readonly SeriesRef[]): ReadonlySet<SeriesRef> {
    const wanted = new Set(refs)
    const found = new Set<SeriesRef>()
    for (const { pool } of this.#jobs.values()) {
      const rewrites = pool.config.honor_labels || pool.config.metric_relabel_configs.length > 0
      for (const loop of pool.loops) {
        if (loop === ended) continue
        if (!rewrites && !loop.target.publicLabels.equals(ended.target.publicLabels)) continue
        for (const ref of loop.fed()) if (wanted.has(ref)) found.add(ref)
      }
    }
    return found
  }

  #loops(): readonly ScrapeLoop[] {
    return [...this.#jobs.values()].flatMap(({ pool }) => pool.loops)
  }

  #sorted(only?: string): [string, Job][] {
    return [...this.#jobs].filter(([name]) => only === undefined || name === only).sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
