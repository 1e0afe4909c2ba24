import type { Clock } from '../core/clock.ts'
import type { Counter, Gauge, Histogram, Telemetry } from '../core/telemetry.ts'

/** What both engines tell about themselves. Each `query`/`write` gives a function that counts its end, once. */
export class EngineMetrics {
  readonly #clock: Clock
  readonly #queries: Histogram
  readonly #writes: Histogram
  readonly #queryEnds: Counter<'result'>
  readonly #writeEnds: Counter<'result'>
  readonly #rows: Counter
  readonly #waiting: Gauge
  readonly #detached: Gauge

  constructor(telemetry: Telemetry, clock: Clock) {
    this.#clock = clock
    this.#queries = telemetry.histogram({
      name: 'bongsu_store_query_duration_seconds',
      help: "Time of the store's queries, from asking for a session to the last block.",
    })
    this.#writes = telemetry.histogram({
      name: 'bongsu_store_write_duration_seconds',
      help: 'Time of the inserts, from asking for a session until durable.',
    })
    this.#queryEnds = telemetry.counter({
      name: 'bongsu_store_queries_total',
      help: 'Queries to the store by their end.',
      labels: ['result'],
    })
    this.#writeEnds = telemetry.counter({
      name: 'bongsu_store_writes_total',
      help: 'Inserts into the store by their end.',
      labels: ['result'],
    })
    this.#rows = telemetry.counter({
      name: 'bongsu_store_written_rows_total',
      help: 'Rows that were inserted durably.',
    })
    this.#waiting = telemetry.gauge({
      name: 'bongsu_store_waiting_queries',
      help: 'Queries that wait for a session of the embedded store.',
    })
    this.#detached = telemetry.gauge({
      name: 'bongsu_store_detached_parts',
      help: 'Parts that the embedded store set aside at its start, since it could not read them.',
    })
  }

  /** `count` tells how many queries wait in line. */
  waiting(count: () => number): void {
    this.#waiting.read(count)
  }

  detached(parts: number): void {
    this.#detached.set(parts)
  }

  query(): (result: 'ok' | 'error' | 'cancelled') => void {
    const began = this.#clock.monotonic()
    let over = false
    return (result) => {
      if (over) return
      over = true
      this.#queries.observe((this.#clock.monotonic() - began) / 1000)
      this.#queryEnds.inc(1, { result })
    }
  }

  write(): (result: 'ok' | 'error', rows: number) => void {
    const began = this.#clock.monotonic()
    return (result, rows) => {
      this.#writes.observe((this.#clock.monotonic() - began) / 1000)
      this.#writeEnds.inc(1, { result })
      this.#rows.inc(rows)
    }
  }
}
