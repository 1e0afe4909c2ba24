import type { ScrapeConfig } from './config.ts'
import type { PageRules } from './page-reading.ts'
import { schemaOfFactor } from './resolution.ts'
import { compileLabeler } from './sample-labels.ts'
import type { Target } from './target.ts'
import { ALWAYS_CLASSIC, NATIVE_HISTOGRAMS, TO_NHCB } from './target-labels.ts'

/** How the pages of a target are read. */
export interface PageSettings {
  readonly fallback: ScrapeConfig['fallback_scrape_protocol']
  /** Read `_created` lines as start timestamps, and not as series. */
  readonly createdTimestamps: boolean
  readonly native: boolean
  readonly alwaysClassic: boolean
  readonly toCustomBuckets: boolean
}

/** The rules for the pages of one target. */
export function pageRules(config: ScrapeConfig, target: Target): PageRules {
  return {
    labelsOf: compileLabeler(config, target.publicLabels),
    honorTimestamps: config.honor_timestamps,
    trackTimestampsStaleness: config.track_timestamps_staleness,
    sampleLimit: config.sample_limit,
    bucketLimit: config.native_histogram_bucket_limit,
    maxSchema: schemaOfFactor(config.native_histogram_min_bucket_factor),
  }
}

/** Histograms: as the job says, or the target's own labels, which relabeling may have changed. */
export function pageSettings(config: ScrapeConfig, target: Target, createdTimestamps: boolean): PageSettings {
  return {
    fallback: config.fallback_scrape_protocol,
    createdTimestamps,
    native: target.flag(NATIVE_HISTOGRAMS, config.scrape_native_histograms),
    alwaysClassic: target.flag(ALWAYS_CLASSIC, config.always_scrape_classic_histograms),
    toCustomBuckets: target.flag(TO_NHCB, config.convert_classic_histograms_to_nhcb),
  }
}
