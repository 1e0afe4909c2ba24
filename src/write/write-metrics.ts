import type { Counter, Telemetry } from '../core/telemetry.ts'

/** Own metrics of the road in. */
export class WriteMetrics {
  readonly #accepted: Counter
  readonly #rejected: Counter<'code'>
  readonly #series: Counter<'code'>

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
    this.#series = telemetry.counter({
      name: 'bongsu_write_series_refused_total',
      help: 'Label sets that a check or a limit refused, by reason; the cardinality page names metric and label.',
      labels: ['code'],
    })
  }

  seriesRefused(code: string): void {
    this.#series.inc(1, { code })
  }

  taken(accepted: number, rejected: ReadonlyMap<string, number>): void {
    this.#accepted.inc(accepted)
    for (const [code, rows] of rejected) this.#rejected.inc(rows, { code })
  }
}
