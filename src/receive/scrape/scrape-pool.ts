import { isSameConfig } from '../../config/same-config.ts'
import type { Clock } from '../../core/clock.ts'
import { acceptHeader } from '../../codec/exposition/protocols.ts'
import type { BongsuError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { TenantId } from '../../model/tenant.ts'
import { compileRelabeling } from '../../pipeline/relabel/relabel.ts'
import type { Relabeler } from '../../pipeline/relabel/relabel.ts'
import type { MetricsConsumer, SeriesRef } from '../../signals/metrics.ts'
import type { TargetGroup } from '../discovery/target-group.ts'
import type { Environment } from '../http-client/proxy.ts'
import type { ScrapeConfig } from './config.ts'
import { tooManyTargets } from './errors.ts'
import { FailureLog } from './failure-log.ts'
import { PageFetcher } from './page-fetcher.ts'
import { PoolClients } from './pool-clients.ts'
import { isRestartNeeded, keepsSeries } from './pool-changes.ts'
import { Reporter } from './report-series.ts'
import { ScrapeCache } from './scrape-cache.ts'
import { ScrapeLoop } from './scrape-loop.ts'
import { pageRules, pageSettings } from './page-settings.ts'
import type { ScrapeTelemetry } from './scrape-telemetry.ts'
import { ScrapeWriter } from './scrape-writer.ts'
import { Target } from './target.ts'
import { discoveredLabels, isBadTarget, targetLabels, UNIX_SOCKET } from './target-labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import { TargetMetadata } from './target-metadata.ts'

export interface PoolDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: ScrapeTelemetry
  readonly next: MetricsConsumer
  readonly tenant: TenantId
  readonly env: Environment
  readonly userAgent: string
  /** Moves the times of all scrapes; differs between replicas. */
  readonly seed: string
  /** Read OpenMetrics' `_created` lines as start timestamps, and not as series. */
  readonly createdTimestamps: boolean
  /** Aborts at the process's end. */
  readonly lifetime: AbortSignal
  readonly elsewhere: (loop: ScrapeLoop, refs: readonly SeriesRef[]) => ReadonlySet<SeriesRef>
}

interface Running {
  readonly loop: ScrapeLoop
  /** Resolves when the loop's last scrape is written. */
  readonly ran: Promise<void>
}

/** The targets of one job, and the loops that scrape them. */
export class ScrapePool {
  readonly #deps: PoolDeps
  readonly #tasks = new Set<Promise<void>>()
  #config: ScrapeConfig
  #relabel: Relabeler
  #clients: PoolClients
  readonly #failures: FailureLog
  #groups: readonly TargetGroup[] = []
  #running = new Map<string, Running>()
  #dropped: readonly LabelSet[] = []
  #droppedCount = 0

  constructor(config: ScrapeConfig, deps: PoolDeps) {
    this.#config = config
    this.#deps = deps
    this.#relabel = compileRelabeling(config.relabel_configs, config.metric_name_validation_scheme)
    this.#clients = new PoolClients(config, deps)
    this.#failures = new FailureLog(config, deps)
  }

  get config(): ScrapeConfig {
    return this.#config
  }

  get loops(): readonly ScrapeLoop[] {
    return [...this.#running.values()].map(({ loop }) => loop)
  }

  /** Labels, as discovered, of targets that relabeling dropped: at most `keep_dropped_targets` of them. */
  get dropped(): readonly LabelSet[] {
    return this.#dropped
  }

  get droppedCount(): number {
    return this.#droppedCount
  }

  /** Starts loops for new targets, ends those of targets that are gone; the others go on untouched. */
  sync(groups: readonly TargetGroup[]): void {
    this.#groups = groups
    const wanted = this.#targets(groups)
    for (const [key, { loop }] of this.#running) {
      if (wanted.has(key)) continue
      loop.end({ markStale: true })
      this.#running.delete(key)
    }
    for (const [key, target] of wanted) {
      const known = this.#running.get(key)
      if (known === undefined) this.#start(target, new ScrapeCache(), new TargetMetadata(), Promise.resolve())
      else known.loop.target.discovered = target.discovered
    }
    this.#limit()
  }

  /** Takes a new configuration. Loops that it concerns begin anew, at their old times, with what they know of their series. */
  reconfigure(config: ScrapeConfig): void {
    const before = this.#config
    this.#config = config
    this.#failures.file = config.scrape_failure_log_file
    this.#relabel = compileRelabeling(config.relabel_configs, config.metric_name_validation_scheme)
    if (isRestartNeeded(before, config)) this.#restart(before)
    this.sync(this.#groups)
  }

  /** Ends the job: its series become stale, unless the process ends. */
  end(): void {
    const ended = [...this.#running.values()]
    for (const { loop } of ended) loop.end({ markStale: true })
    this.#running.clear()
    this.#track(Promise.all(ended.map(({ ran }) => ran)).then(() => this.#clients.close()))
  }

  /** Resolves when no loop runs, and none waits to mark series stale. Meaningful after `end`. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks)
    await this.#failures.written()
  }

  #targets(groups: readonly TargetGroup[]): Map<string, Target> {
    const wanted = new Map<string, Target>()
    const dropped: LabelSet[] = []
    const keep = this.#config.keep_dropped_targets || Infinity
    this.#droppedCount = 0
    for (const group of groups) {
      for (const [i, own] of group.targets.entries()) {
        const discovered = discoveredLabels(this.#config, own, group.labels)
        const labels = this.#labels(discovered, `instance ${i} in group ${group.source}`)
        if (labels === 'unusable') continue
        if (labels === undefined) {
          this.#droppedCount++
          if (dropped.length < keep) dropped.push(discovered)
          continue
        }
        const target = new Target(labels, this.#config, discovered)
        wanted.set(target.key, target)
      }
    }
    this.#dropped = dropped
    return wanted
  }

  #labels(discovered: LabelSet, where: string): LabelSet | 'unusable' | undefined {
    try {
      return targetLabels(discovered, this.#relabel)
    } catch (error) {
      if (!isBadTarget(error)) throw error
      this.#deps.telemetry.badTarget()
      this.#deps.log.warn('target is not usable', { job: this.#config.job_name, where, error: error.message })
      return 'unusable'
    }
  }

  // All loops are told to end first: what they know passes to the loop that scrapes the same series from now on.
  #restart(before: ScrapeConfig): void {
    const old = [...this.#running.values()]
    const oldClients = this.#clients
    if (!isSameConfig(PoolClients.configOf(before), PoolClients.configOf(this.#config))) {
      this.#clients = new PoolClients(this.#config, this.#deps)
      this.#track(Promise.all(old.map(({ ran }) => ran)).then(() => oldClients.close()))
    }
    const heirs = new Map([...this.#targets(this.#groups).values()].map((target) => [target.seriesKey, target]))
    this.#running = new Map()
    for (const { loop, ran } of old) {
      const heir = heirs.get(loop.target.seriesKey)
      heirs.delete(loop.target.seriesKey)
      const inherits = heir !== undefined && keepsSeries(before, this.#config)
      loop.end({ markStale: !inherits })
      if (heir === undefined) continue
      heir.report = loop.target.report
      const cache = inherits ? loop.cache : new ScrapeCache()
      this.#start(heir, cache, inherits ? loop.metadata : new TargetMetadata(), ran)
    }
  }

  #start(target: Target, cache: ScrapeCache, metadata: TargetMetadata, after: Promise<void>): void {
    const loop = this.#loop(target, cache, metadata)
    const ran = after.then(() => loop.run())
    this.#running.set(target.key, { loop, ran })
    this.#track(ran.then(() => loop.afterlife()))
  }

  #loop(target: Target, cache: ScrapeCache, metadata: TargetMetadata): ScrapeLoop {
    const config = this.#config
    const { clock, log, telemetry, next, tenant, lifetime, seed, userAgent, elsewhere, createdTimestamps } = this.#deps
    const { url, interval, timeout } = target
    const accept = acceptHeader(config.scrape_protocols, config.metric_name_escaping_scheme)
    const fetcher = new PageFetcher(
      {
        url,
        timeout,
        accept,
        compression: config.enable_compression,
        bodySizeLimit: config.body_size_limit,
        userAgent,
      },
      { client: this.#clients.for(target.labels.get(UNIX_SOCKET)), clock },
    )
    const reporter = new Reporter(target.publicLabels, config.extra_scrape_metrics)
    const writer = new ScrapeWriter({ next, tenant, signal: lifetime, cache, metadata, reporter })
    const options = {
      target,
      rules: pageRules(config, target),
      page: pageSettings(config, target, createdTimestamps),
      interval,
      timeout,
      phase: target.phase(seed),
    }
    const loop: ScrapeLoop = new ScrapeLoop(options, {
      clock,
      log,
      telemetry,
      fetcher,
      writer,
      cache,
      metadata,
      failures: this.#failures,
      lifetime,
      elsewhere: (refs) => elsewhere(loop, refs),
    })
    return loop
  }

  #limit(): void {
    const { target_limit: limit } = this.#config
    const targets = this.#running.size
    const refusal: BongsuError | undefined =
      limit > 0 && targets > limit ? tooManyTargets({ targets, limit }) : undefined
    for (const { loop } of this.#running.values()) loop.refusal = refusal
  }

  #track(work: Promise<void>): void {
    const watched = work
      .catch((error: unknown) =>
        this.#deps.log.error('scrape pool met a bug', { job: this.#config.job_name, error: String(error) }),
      )
      .finally(() => this.#tasks.delete(watched))
    this.#tasks.add(watched)
  }
}
