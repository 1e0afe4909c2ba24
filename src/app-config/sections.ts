/** The list of all sections: what a configuration file may say at its top. A new component adds its line here. */
import { serverSection } from '../api/config.ts'
import { printConfig } from '../config/print.ts'
import type { ConfigOf } from '../config/section.ts'
import { otlpReceiverSection, otlpSection } from '../receive/otlp/config.ts'
import { pushgatewaySection } from '../receive/pushgateway/config.ts'
import { remoteWriteReceiverSection } from '../receive/remote-write/config.ts'
import { querySection } from '../query/config.ts'
import { hostMetricsSection } from '../receive/host/config.ts'
import { globalSection, scrapeSection } from '../receive/scrape/config.ts'
import type { ScrapeConfig } from '../receive/scrape/config.ts'
import { scraperSection } from '../receive/scrape/section.ts'
import { storeSection } from '../store/config.ts'
import { headSection } from '../store/head/config.ts'
import { selfScrapeSection } from '../receive/self/config.ts'
import { limitsSection } from '../store/head/limits.ts'
import { alertingSection } from './alerting.ts'
import { ruleFilesSection, scrapeConfigFilesSection } from './file-lists.ts'
import { logSection } from './log.ts'
import { remoteReadSection } from './remote-read.ts'
import { remoteWriteSection } from './remote-write.ts'
import { runtimeSection, storageSection } from './storage.ts'
import { tracingSection } from './tracing.ts'

export const SECTIONS = {
  server: serverSection,
  log: logSection,
  store: storeSection,
  head: headSection,
  limits: limitsSection,
  query: querySection,
  self_scrape: selfScrapeSection,
  host_metrics: hostMetricsSection,
  remote_write_receiver: remoteWriteReceiverSection,
  pushgateway: pushgatewaySection,
  otlp_receiver: otlpReceiverSection,
  otlp: otlpSection,
  scrape: scraperSection,
  global: globalSection,
  scrape_configs: scrapeSection,
  scrape_config_files: scrapeConfigFilesSection,
  rule_files: ruleFilesSection,
  alerting: alertingSection,
  remote_write: remoteWriteSection,
  remote_read: remoteReadSection,
  storage: storageSection,
  tracing: tracingSection,
  runtime: runtimeSection,
} as const

export type SectionKey = keyof typeof SECTIONS

/** The configuration that the process runs on: every section, with defaults filled in and jobs ready to run. */
export type AppConfig = {
  readonly [K in Exclude<SectionKey, 'scrape_configs'>]: ConfigOf<(typeof SECTIONS)[K]>
} & {
  /** Those of the file, then those of `scrape_config_files`, each with what it inherits from `global`. */
  readonly scrape_configs: readonly ScrapeConfig[]
}

/** The configuration as the text of a file: for `/api/v1/status/config` and for people. See `printConfig`. */
export function printAppConfig(config: AppConfig): string {
  return printConfig(SECTIONS, config)
}
