import { printDuration } from '../../core/time.ts'
import type { DurationMs } from '../../core/time.ts'
import { inheritGlobal, scrapeJobSchema } from '../scrape/config.ts'
import type { GlobalConfig, ScrapeConfig } from '../scrape/config.ts'

/** The job that scrapes this process at `url` (`http://host:port`, and the path before all routes). */
export function selfJob(name: string, url: string, interval: DurationMs, global: GlobalConfig): ScrapeConfig {
  const { host, pathname } = new URL(url)
  return inheritGlobal(
    scrapeJobSchema.parse({
      job_name: name,
      metrics_path: `${pathname.replace(/\/+$/, '')}/metrics`,
      scrape_interval: printDuration(interval),
      static_configs: [{ targets: [host] }],
    }),
    global,
  )
}
