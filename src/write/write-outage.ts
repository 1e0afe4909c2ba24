import type { Clock } from '../core/clock.ts'
import { BongsuError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { Outage } from '../core/outage.ts'
import type { Counter, Telemetry } from '../core/telemetry.ts'
import type { TenantId } from '../model/tenant.ts'
import type { IngestContext, IngestResult } from '../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer, SeriesTable } from '../signals/metrics.ts'
import { staleRefs } from './metrics-writer.ts'

/**
 * Passes batches on, counts those that fail as a whole, and logs it for all receivers together: when it begins, and when writes
 * go through again.
 */
export class WriteOutage implements MetricsConsumer {
  readonly #next: MetricsConsumer
  readonly #outage: Outage
  readonly #failures: Counter<'code'>

  constructor(
    next: MetricsConsumer,
    deps: { readonly clock: Clock; readonly log: Log; readonly telemetry: Telemetry },
  ) {
    this.#next = next
    this.#outage = new Outage(
      {
        began: 'writes are refused; their senders are asked to send again',
        lasts: 'writes are still refused',
        over: 'writes are taken again',
      },
      deps,
    )
    this.#failures = deps.telemetry.counter({
      name: 'bongsu_write_failed_batches_total',
      help: 'Batches of which nothing was kept, by error code; their senders are asked to send them again.',
      labels: ['code'],
    })
  }

  seriesTable(tenant: TenantId): SeriesTable {
    return this.#next.seriesTable(tenant)
  }

  async consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    try {
      const result = await this.#next.consumeMetrics(batch, ctx)
      this.#outage.succeeded()
      return result
    } catch (error) {
      const code = error instanceof BongsuError ? error.code : 'bug'
      this.#failures.inc(1, { code })
      // A sender that has to look its series up again is no outage.
      if (code !== staleRefs.definition.code) this.#outage.failed(error)
      throw error
    }
  }
}
