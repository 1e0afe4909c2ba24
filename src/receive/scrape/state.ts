/** What the scraper shows of itself: read-only, for APIs and the UI. */
import type { DurationMs, UnixMs } from '../../core/time.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { RelabelConfig } from '../../pipeline/relabel/config.ts'
import type { MetadataRow } from '../../signals/metrics.ts'
import type { DiscoveryStatus } from '../discovery/discoverer.ts'
import type { ScrapeConfig } from './config.ts'
import type { TargetHealth } from './target.ts'

export interface ActiveTarget {
  /** Before relabeling. */
  readonly discoveredLabels: LabelSet
  /** As the target's series carry them. */
  readonly labels: LabelSet
  readonly scrapePool: string
  readonly scrapeUrl: string
  /** As others reach it: `localhost` is replaced by the host of the external URL. */
  readonly globalUrl: string
  /** '' = none. */
  readonly lastError: string
  /** Undefined before the first scrape. */
  readonly lastScrape: UnixMs | undefined
  /** Seconds. */
  readonly lastScrapeDuration: number
  readonly health: TargetHealth
  /** As the labels `__scrape_interval__` and `__scrape_timeout__` say, `15s`. */
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}

export interface DroppedTarget {
  readonly discoveredLabels: LabelSet
  readonly scrapePool: string
}

export interface TargetMetadataRow extends MetadataRow {
  /** Labels of the target that told it. */
  readonly target: LabelSet
}

/** What one relabel rule makes of some labels. */
export interface RelabelStep {
  readonly rule: RelabelConfig
  /** Empty once the labels are dropped. */
  readonly output: LabelSet
  readonly keep: boolean
}

/** A job, and how its discovery goes. */
export interface PoolState {
  readonly name: string
  readonly config: ScrapeConfig
  readonly interval: DurationMs
  readonly targets: number
  readonly dropped: number
  readonly discoveries: readonly DiscoveryStatus[]
  /** Kinds of discovery in the configuration that do not work here (`kubernetes`): their targets are not scraped. */
  readonly unsupportedDiscoveries: readonly string[]
}

export interface ScrapeState {
  /** In order of name. */
  pools(): readonly PoolState[]
  /** In order of pool, then of URL. `pool` undefined = all. */
  activeTargets(pool?: string): readonly ActiveTarget[]
  /** Subject to `keep_dropped_targets`. */
  droppedTargets(pool?: string): readonly DroppedTarget[]
  /** All that were dropped, by pool. */
  droppedTargetCounts(): Readonly<Record<string, number>>
  /** Metadata as each target tells it, of `metric` or of all; `accepts` chooses targets by their labels. */
  targetMetadata(metric: string | undefined, accepts: (target: LabelSet) => boolean): Iterable<TargetMetadataRow>
  /** The `relabel_configs` of a pool, rule by rule, on some labels; undefined when there is no such pool. */
  relabelSteps(pool: string, labels: LabelSet): readonly RelabelStep[] | undefined
}
