import type { Counter, Telemetry } from '../core/telemetry.ts'

/** Own metrics of the road in. */
export class WriteMetrics {
  readonly #accepted: Counter
  readonly #rejected: Counter<'code'>

  constructor(telemetry: Telemetry) {
    this.#accepted = telemetry.counter({
      name: 'bongsu_write_samples_accepted_total',
      help: 'Samples and histograms that were made durable, repeated ones included.',
    })
    this.#rejected = telemetry.counter({
      name: 'bongsu_write_samples_rejected_total',
      help: 'Samples and histograms that were refused, by reason.',
      labels: ['code'],
    })
  }

  taken(accepted: number, rejected: ReadonlyMap<string, number>): void {
    this.#accepted.inc(accepted)
    for (const [code, rows] of rejected) this.#rejected.inc(rows, { code })
  }
}
