import type { Counter, Histogram, Telemetry } from '../core/telemetry.ts'
import type { Head } from '../store/head/head.ts'

/** Own metrics of the head, the log and the road to the tables. */
export class StoreMetrics {
  readonly #telemetry: Telemetry
  readonly #synced: Histogram
  readonly #flushSeconds: Histogram
  readonly #flushRows: Counter

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
    this.#synced = telemetry.histogram({
      name: 'bongsu_store_wal_sync_seconds',
      help: 'Time that a group of writes took to become durable.',
    })
    this.#flushSeconds = telemetry.histogram({
      name: 'bongsu_store_flush_seconds',
      help: 'Time that a segment of the log took to be written to the tables.',
    })
    this.#flushRows = telemetry.counter({
      name: 'bongsu_store_flushed_rows_total',
      help: 'Samples written to the tables.',
    })
  }

  synced(seconds: number): void {
    this.#synced.observe(seconds)
  }

  flushed(rows: number, seconds: number): void {
    this.#flushSeconds.observe(seconds)
    this.#flushRows.inc(rows)
  }

  /** Registers what is read when somebody looks. */
  read(head: Head, sizes: { readonly walBytes: () => number; readonly flushingBytes: () => number }): void {
    const gauges: [name: string, help: string, from: () => number][] = [
      ['bongsu_store_head_bytes', 'Memory of recent samples and the series index.', () => head.bytes],
      ['bongsu_store_head_series', 'Active series of all tenants.', () => head.series],
      ['bongsu_store_head_chunks', 'Chunks of samples in memory.', () => head.chunks],
      ['bongsu_store_head_samples', 'Samples in memory.', () => head.sampleCount],
      [
        'bongsu_store_head_watermark_seconds',
        'Time from which on all samples are in memory.',
        () => head.watermark / 1000,
      ],
      ['bongsu_store_wal_bytes', 'Bytes in the open segment of the log.', sizes.walBytes],
      [
        'bongsu_store_pending_bytes',
        'Bytes acknowledged and not yet in the tables.',
        () => sizes.walBytes() + sizes.flushingBytes(),
      ],
    ]
    for (const [name, help, from] of gauges) this.#telemetry.gauge({ name, help }).read(from)
  }
}
