import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { DEFAULT_TENANT } from '../../src/model/tenant.ts'
import { globalSection, inheritGlobal, scrapeJobSchema } from '../../src/receive/scrape/config.ts'
import type { ScrapeConfig } from '../../src/receive/scrape/config.ts'
import { ScrapeManager } from '../../src/receive/scrape/scrape-manager.ts'
import type { ScrapeManagerOptions } from '../../src/receive/scrape/scrape-manager.ts'
import { MemoryMetrics } from './memory-metrics.ts'
import { TestClock } from './test-clock.ts'

/** A job as the file has it, with `global` filled in. */
export function jobOf(job: Record<string, unknown>, global: Record<string, unknown> = {}): ScrapeConfig {
  const given = { job_name: 'j', scrape_interval: '10s', scrape_timeout: '5s', ...job }
  return inheritGlobal(scrapeJobSchema.parse(given), globalSection.schema.parse(global))
}

/** A scrape manager on a clock that stands still, writing to memory. */
export class ScrapeRig implements AsyncDisposable {
  readonly clock = new TestClock()
  readonly metrics = new MemoryMetrics()
  readonly telemetry = new Telemetry()
  readonly manager: ScrapeManager

  constructor(jobs: readonly ScrapeConfig[], options: Partial<ScrapeManagerOptions> = {}) {
    const { clock, metrics: next, telemetry } = this
    this.manager = new ScrapeManager(
      { jobs, tenant: DEFAULT_TENANT, version: '1.2.3', seed: '', ...options },
      {
        next,
        clock,
        telemetry,
        log: silentLog,
        env: {},
        resolver: NO_DNS,
        searchPath: () => Promise.resolve({ domains: [], dots: 1 }),
      },
    )
  }

  async start(): Promise<this> {
    await this.manager.start()
    return this
  }

  /** Goes to the next moment at which anything is due, and waits until `batches` scrapes that begin there are written. */
  async tick(batches = 1): Promise<void> {
    const before = this.metrics.offered
    await this.clock.advance(this.clock.untilNext ?? 0)
    await this.metrics.until(before + batches)
    await this.clock.advance(0)
  }

  /** Samples of a series, times in seconds since the first sample of all: `{a="b"} value@0`. Instance and job are left out. */
  lines(name: string): readonly string[] {
    const first = this.metrics.batches[0]?.samples.find(({ labels }) => labels.name === 'up')?.timestamp ?? 0
    return this.metrics
      .lines(name, ['instance', 'job'])
      .map((line) => line.replace(/@(\d+)$/, (_, ms: string) => `@${(Number(ms) - first) / 1000}`))
  }

  /** Names of what the last batch held, in order, without the report series. */
  last(): readonly string[] {
    const samples = this.metrics.batches.at(-1)?.samples ?? []
    return samples
      .filter(({ labels }) => !/^(up|scrape_.*)$/.test(labels.name))
      .map(({ labels, value, stale }) => `${labels.without('instance', 'job').toString()} ${stale ? 'stale' : value}`)
  }

  /** Values of the report series in the last batch. */
  report(): Readonly<Record<string, number>> {
    const samples = this.metrics.batches.at(-1)?.samples ?? []
    const wanted = samples.filter(({ labels }) => /^(up|scrape_.*)$/.test(labels.name))
    return Object.fromEntries(wanted.map(({ labels, value }) => [labels.name, value]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.stop(AbortSignal.timeout(5000))
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('no DNS here'))
const NO_DNS = { resolve4: refuse, resolve6: refuse, resolveSrv: refuse, resolveMx: refuse, resolveNs: refuse }
