import type { FastifyReply } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { DurationMs } from '../../core/time.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { PromqlEngine } from '../../query/promql/engine.ts'
import type { QueryGate } from '../../query/query-gate.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { MetricsQuerier } from '../../signals/metrics.ts'
import type { PointWriter } from './point-writer.ts'

export interface PrometheusOptions {
  readonly lookbackDelta: DurationMs
}

/** What the Prometheus API asks of the rest of the process. */
export interface PrometheusDeps {
  readonly options: PrometheusOptions
  readonly querier: MetricsQuerier
  readonly engine: PromqlEngine
  readonly gate: QueryGate
  readonly clock: Clock
  readonly log: Log
  readonly points: PointWriter
  readonly externalLabels: () => LabelSet
  /** Tenant, limits and a signal that ends with the client, the asked timeout or the configured one. Throws `http.bad_tenant`. */
  readonly queryContext: (reply: FastifyReply, timeout?: DurationMs) => QueryContext
}
