import type { TenantId } from '../model/tenant.ts'
import type { IngestContext, IngestResult } from '../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer, SeriesTable } from '../signals/metrics.ts'

/** Passes batches on and remembers how much was kept and when: what the page tells of a first run. */
export class IngestCounter implements MetricsConsumer {
  readonly #next: MetricsConsumer
  acceptedSamples = 0
  rejectedSamples = 0
  /** UnixMs of the last batch of which something was kept. */
  lastAcceptedAt: number | null = null

  constructor(next: MetricsConsumer) {
    this.#next = next
  }

  seriesTable(tenant: TenantId): SeriesTable {
    return this.#next.seriesTable(tenant)
  }

  async consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    const result = await this.#next.consumeMetrics(batch, ctx)
    this.acceptedSamples += result.accepted
    this.rejectedSamples += result.rejected
    if (result.accepted > 0) this.lastAcceptedAt = ctx.receivedAt
    return result
  }
}
