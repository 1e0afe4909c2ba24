import { isSameConfig } from '../../config/same-config.ts'
import type { ScrapeConfig } from './config.ts'
import { LABEL_RULES } from './sample-labels.ts'

/** What only decides which targets there are: a change is met by comparing targets. */
const ABOUT_TARGETS = new Set<string>([
  'relabel_configs',
  'target_limit',
  'keep_dropped_targets',
  'scrape_failure_log_file',
] satisfies (keyof ScrapeConfig)[])

/** True when loops that go on after the change must be made anew. */
export function isRestartNeeded(before: ScrapeConfig, after: ScrapeConfig): boolean {
  const aboutLoops = (config: ScrapeConfig): object =>
    Object.fromEntries(
      Object.entries(config).filter(([key]) => !ABOUT_TARGETS.has(key) && !/_sd_configs$|^static_configs$/.test(key)),
    )
  return !isSameConfig(aboutLoops(before), aboutLoops(after))
}

/** True when the same page leads to the same series before and after. */
export function keepsSeries(before: ScrapeConfig, after: ScrapeConfig): boolean {
  return LABEL_RULES.every((key) => isSameConfig(before[key], after[key]))
}
