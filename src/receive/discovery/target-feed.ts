import { isSameConfig } from '../../config/same-config.ts'
import { messageOf } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs } from '../../core/time.ts'
import { HttpClient } from '../http-client/client.ts'
import type { Environment } from '../http-client/proxy.ts'
import type { DnsSdConfig, FileSdConfig, HttpSdConfig, TargetGroupConfig } from './config.ts'
import type { Discoverer, DiscovererDeps, DiscoveryStatus } from './discoverer.ts'
import { DnsDiscoverer } from './dns.ts'
import type { DnsDeps } from './dns.ts'
import { FileDiscoverer } from './file.ts'
import { HttpDiscoverer } from './http.ts'
import { StaticDiscoverer } from './static.ts'
import type { TargetGroup } from './target-group.ts'

/** Changes that follow each other more closely are handed on together. */
const QUIET_MS = 5000

/** The parts of a job that say where its targets come from. */
export interface FeedConfig {
  readonly static_configs: readonly TargetGroupConfig[]
  readonly file_sd_configs: readonly FileSdConfig[]
  readonly http_sd_configs: readonly HttpSdConfig[]
  readonly dns_sd_configs: readonly DnsSdConfig[]
}

export interface FeedDeps extends DiscovererDeps, Pick<DnsDeps, 'resolver' | 'searchPath'> {
  readonly env: Environment
  readonly userAgent: string
}

interface Source {
  readonly kind: DiscoveryStatus['kind']
  readonly config: unknown
  readonly discoverer: Discoverer
  readonly stop: AbortController
  groups: readonly TargetGroup[] | undefined
}

/**
 * All discovery of one job, as one list of groups. What a new configuration leads to is handed on as soon as every source has
 * spoken (so that no target is missed for a moment), and after five seconds in any case; later changes at most every five seconds.
 */
export class TargetFeed {
  readonly #deps: FeedDeps
  readonly #onGroups: (groups: readonly TargetGroup[]) => void
  readonly #running = new Set<Promise<void>>()
  #sources: readonly Source[] = []
  #lastHandOver = -Infinity
  /** Aborts the hand-over that waits for its time, if one does. */
  #planned: AbortController | undefined
  /** A configuration was applied, and nothing handed on since. */
  #fresh = false

  constructor(onGroups: (groups: readonly TargetGroup[]) => void, deps: FeedDeps) {
    this.#onGroups = onGroups
    this.#deps = deps
  }

  get statuses(): readonly DiscoveryStatus[] {
    return this.#sources.map(({ discoverer }) => discoverer.status)
  }

  /** Groups as they are known now. */
  get groups(): readonly TargetGroup[] {
    return this.#sources.flatMap(({ groups }) => groups ?? [])
  }

  /** Starts and stops sources. One whose configuration stays goes on, and keeps what it knows. */
  apply(config: FeedConfig): void {
    const kept = new Set<Source>()
    const find = (kind: Source['kind'], entry: unknown): Source | undefined =>
      this.#sources.find((source) => !kept.has(source) && source.kind === kind && isSameConfig(source.config, entry))
    const started: Source[] = []
    const next = this.#entries(config).map(({ kind, entry, make }) => {
      const old = find(kind, entry)
      if (old !== undefined) {
        kept.add(old)
        return old
      }
      const source = { kind, config: entry, discoverer: make(), stop: new AbortController(), groups: undefined }
      started.push(source)
      return source
    })
    const ended = this.#sources.filter((source) => !kept.has(source))
    this.#sources = next
    this.#fresh ||= ended.length > 0 || started.length > 0 || next.length === 0
    for (const { stop } of ended) stop.abort()
    for (const source of started) this.#start(source)
    if (this.#fresh) this.#changed()
  }

  async stop(): Promise<void> {
    this.#planned?.abort()
    for (const { stop } of this.#sources) stop.abort()
    await Promise.all(this.#running)
  }

  #entries(config: FeedConfig): { kind: Source['kind']; entry: unknown; make: () => Discoverer }[] {
    const deps = this.#deps
    const { static_configs: groups } = config
    return [
      ...(groups.length === 0
        ? []
        : [{ kind: 'static' as const, entry: groups, make: () => new StaticDiscoverer(groups) }]),
      ...config.file_sd_configs.map((entry) => ({
        kind: 'file' as const,
        entry,
        make: () => new FileDiscoverer(entry, deps),
      })),
      ...config.http_sd_configs.map((entry) => ({
        kind: 'http' as const,
        entry,
        make: () => new HttpDiscoverer(entry, { ...deps, client: new HttpClient(entry, deps) }),
      })),
      ...config.dns_sd_configs.map((entry) => ({
        kind: 'dns' as const,
        entry,
        make: () => new DnsDiscoverer(entry, deps),
      })),
    ]
  }

  #start(source: Source): void {
    const publish = (groups: readonly TargetGroup[]): void => {
      if (source.stop.signal.aborted) return
      source.groups = groups
      this.#changed()
    }
    this.#track(source.discoverer.run(publish, source.stop.signal))
  }

  #changed(): void {
    const complete = this.#sources.every(({ groups }) => groups !== undefined)
    if (this.#fresh && complete) this.#handOver()
    else if (this.#planned === undefined) {
      const wait = complete ? this.#lastHandOver + QUIET_MS - this.#deps.clock.monotonic() : QUIET_MS
      if (wait <= 0) this.#handOver()
      else this.#track(this.#handOverIn(durationMs(wait)))
    }
  }

  async #handOverIn(wait: DurationMs): Promise<void> {
    const planned = new AbortController()
    this.#planned = planned
    try {
      await this.#deps.clock.sleep(wait, planned.signal)
    } catch {
      return // stopped, or done already
    }
    this.#handOver()
  }

  #handOver(): void {
    this.#planned?.abort()
    this.#planned = undefined
    this.#fresh = false
    this.#lastHandOver = this.#deps.clock.monotonic()
    this.#onGroups(this.groups)
  }

  #track(work: Promise<void>): void {
    const watched = work
      .catch((error: unknown) => this.#deps.log.error('discovery ended by a bug', { error: messageOf(error) }))
      .finally(() => this.#running.delete(watched))
    this.#running.add(watched)
  }
}
