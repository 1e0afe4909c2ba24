import { createHash } from 'node:crypto'
import { durationMs, parseDuration } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { ScrapeConfig } from './config.ts'
import { INTERVAL, parseBoolean, publicLabels, TIMEOUT } from './target-labels.ts'
import { targetUrl } from './target-url.ts'

export type TargetHealth = 'unknown' | 'up' | 'down'

/** What the last scrape came to. */
export interface TargetReport {
  readonly health: TargetHealth
  /** '' after a scrape that succeeded. */
  readonly lastError: string
  readonly lastScrape: UnixMs | undefined
  readonly lastScrapeSeconds: number
}

const NEVER: TargetReport = { health: 'unknown', lastError: '', lastScrape: undefined, lastScrapeSeconds: 0 }

/** One endpoint that is scraped. Its identity never changes; what was discovered about it and its last report do. */
export class Target {
  /** With the labels that begin with `__`. */
  readonly labels: LabelSet
  readonly publicLabels: LabelSet
  readonly url: string
  /** Equal exactly for targets that are the same. */
  readonly key: string
  /** Equal for targets whose series are the same, though they may be scraped at another pace. */
  readonly seriesKey: string
  discovered: LabelSet
  report: TargetReport = NEVER

  constructor(labels: LabelSet, config: ScrapeConfig, discovered: LabelSet) {
    this.labels = labels
    this.publicLabels = publicLabels(labels)
    this.url = targetUrl(labels, config.params)
    this.key = `${labels.key()}\u0001${this.url}`
    this.seriesKey = `${this.publicLabels.key()}\u0001${this.url}`
    this.discovered = discovered
  }

  get interval(): DurationMs {
    return parseDuration(this.labels.get(INTERVAL) ?? '') ?? durationMs(60_000)
  }

  get timeout(): DurationMs {
    return parseDuration(this.labels.get(TIMEOUT) ?? '') ?? durationMs(10_000)
  }

  flag(label: string, otherwise: boolean): boolean {
    return parseBoolean(this.labels.get(label)) ?? otherwise
  }

  /**
   * Where in its interval the target is scraped, in [0, interval): always the same for the same target, evenly spread over many.
   * `seed` differs between replicas, so that they do not scrape at the same moment.
   */
  phase(seed: string): DurationMs {
    const hash = createHash('sha1').update(seed).update(this.key).digest().readUIntBE(0, 6)
    return durationMs(hash % this.interval)
  }
}
