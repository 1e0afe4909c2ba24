import type { Counter, Histogram, Telemetry } from '../../core/telemetry.ts'
import type { TargetHealth } from './target.ts'

const HEALTHS: readonly TargetHealth[] = ['up', 'down', 'unknown']

/** `bongsu_scrape_*`: one call a happening. */
export class ScrapeTelemetry {
  readonly #seconds: Histogram
  readonly #samples: Counter
  readonly #failures: Counter<'reason'>
  readonly #dropped: Counter<'reason'>
  readonly #badTargets: Counter

  constructor(telemetry: Telemetry, count: (health: TargetHealth) => number) {
    this.#seconds = telemetry.histogram({
      name: 'bongsu_scrape_duration_seconds',
      help: 'How long scrapes took, from the request to the last sample.',
    })
    this.#samples = telemetry.counter({
      name: 'bongsu_scrape_samples_total',
      help: 'Samples found on scraped pages.',
    })
    this.#failures = telemetry.counter({
      name: 'bongsu_scrape_failures_total',
      help: 'Scrapes that failed, by the code of the error.',
      labels: ['reason'],
    })
    this.#dropped = telemetry.counter({
      name: 'bongsu_scrape_dropped_samples_total',
      help: 'Samples of scrapes that succeeded which were not taken all the same.',
      labels: ['reason'],
    })
    this.#badTargets = telemetry.counter({
      name: 'bongsu_scrape_bad_targets_total',
      help: 'Discovered targets that can not be scraped, counted at each discovery.',
    })
    const targets = telemetry.gauge({
      name: 'bongsu_scrape_targets',
      help: 'Targets by their health.',
      labels: ['health'],
    })
    for (const health of HEALTHS) targets.read(() => count(health), { health })
  }

  scraped(seconds: number, samples: number): void {
    this.#seconds.observe(seconds)
    this.#samples.inc(samples)
  }

  failed(reason: string): void {
    this.#failures.inc(1, { reason })
  }

  dropped(reason: string, samples: number): void {
    if (samples > 0) this.#dropped.inc(samples, { reason })
  }

  badTarget(): void {
    this.#badTargets.inc()
  }
}
