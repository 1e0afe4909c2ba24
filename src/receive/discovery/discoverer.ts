import { every } from '../../core/clock.ts'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import type { TargetGroup } from './target-group.ts'

/** Hands over all groups that are known now; each call replaces what the one before it said. */
export type Publish = (groups: readonly TargetGroup[]) => void

export interface DiscoveryStatus {
  readonly kind: DiscoveryKind
  /** The last refresh's error; '' after one that succeeded. */
  readonly lastError: string
  readonly lastRefresh: UnixMs | undefined
}
export type DiscoveryKind = 'static' | 'file' | 'http' | 'dns'

/** One entry of `*_sd_configs` at work. */
export interface Discoverer {
  readonly status: DiscoveryStatus
  /** Publishes groups as they become known, until the signal aborts; then resolves. Failures are told in `status`. */
  run(publish: Publish, signal: AbortSignal): Promise<void>
}

export interface DiscovererDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Registered by the scraper too, so that they are there before the first discovery is. */
export function discoveryCounters(telemetry: Telemetry): { total: Counter<'kind'>; failed: Counter<'kind'> } {
  return {
    total: telemetry.counter({
      name: 'bongsu_discovery_refreshes_total',
      help: 'Refreshes of target discovery.',
      labels: ['kind'],
    }),
    failed: telemetry.counter({
      name: 'bongsu_discovery_failed_refreshes_total',
      help: 'Refreshes of target discovery that failed; the targets known before stay.',
      labels: ['kind'],
    }),
  }
}

/** What all kinds do with a refresh: tell its outcome, in status, log and metrics. */
export class Refreshes {
  readonly #kind: DiscoveryKind
  readonly #deps: DiscovererDeps
  readonly #total: Counter<'kind'>
  readonly #failed: Counter<'kind'>
  #lastError = ''
  #lastRefresh: UnixMs | undefined

  constructor(kind: DiscoveryKind, deps: DiscovererDeps) {
    this.#kind = kind
    this.#deps = deps
    const { total, failed } = discoveryCounters(deps.telemetry)
    this.#total = total
    this.#failed = failed
  }

  get status(): DiscoveryStatus {
    return { kind: this.#kind, lastError: this.#lastError, lastRefresh: this.#lastRefresh }
  }

  /** Runs `refresh`; a failure ends here, and returns undefined. */
  async run<T>(refresh: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    try {
      const result = await refresh()
      this.#told('')
      return result
    } catch (error) {
      if (!signal.aborted) this.failed(error)
      return undefined
    }
  }

  /** Runs it now and then every `interval`, until the signal aborts. */
  async repeat<T>(
    interval: DurationMs,
    refresh: () => Promise<T>,
    then: (result: T) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const once = async (): Promise<void> => {
      const result = await this.run(refresh, signal)
      if (result !== undefined && !signal.aborted) then(result)
    }
    await once()
    await every(this.#deps.clock, interval, signal, once)
  }

  failed(error: unknown): void {
    this.#told(messageOf(error))
    this.#failed.inc(1, { kind: this.#kind })
    this.#deps.log.warn('discovery failed', { kind: this.#kind, error: messageOf(error) })
  }

  #told(error: string): void {
    this.#lastError = error
    this.#lastRefresh = this.#deps.clock.now()
    this.#total.inc(1, { kind: this.#kind })
  }
}
