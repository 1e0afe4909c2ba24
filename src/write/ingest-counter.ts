import type { TenantId } from '../model/tenant.ts'
import type { IngestContext, IngestResult } from '../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer, SeriesTable } from '../signals/metrics.ts'

/** Passes batches on and remembers how much was kept and when: what the page tells of a first run. */
export class IngestCounter implements MetricsConsumer {
  readonly #next: MetricsConsumer
  #acceptedSamples = 0
  #rejectedSamples = 0
  #lastAcceptedAt: number | null = null

  constructor(next: MetricsConsumer) {
    this.#next = next
  }

  /** `lastAcceptedAt` is the UnixMs of the last batch of which something was kept. */
  figures(): { acceptedSamples: number; rejectedSamples: number; lastAcceptedAt: number | null } {
    return {
      acceptedSamples: this.#acceptedSamples,
      rejectedSamples: this.#rejectedSamples,
      lastAcceptedAt: this.#lastAcceptedAt,
    }
  }

  seriesTable(tenant: TenantId): SeriesTable {
    return this.#next.seriesTable(tenant)
  }

  async consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    const result = await this.#next.consumeMetrics(batch, ctx)
    this.#acceptedSamples += result.accepted
    this.#rejectedSamples += result.rejected
    if (result.accepted > 0) this.#lastAcceptedAt = ctx.receivedAt
    return result
  }
}
