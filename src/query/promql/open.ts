/** PromQL as the configuration says. */
import type { Clock } from '../../core/clock.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { DurationMs } from '../../core/time.ts'
import type { MetricsQuerier } from '../../signals/metrics.ts'
import type { QueryConfig } from '../config.ts'
import { QueryGate } from '../query-gate.ts'
import { PromqlEngine } from './engine.ts'
import { RangeCache } from './range-cache.ts'
import { ALL_FEATURES, STABLE_FEATURES } from './syntax/options.ts'
import type { ParserOptions } from './syntax/options.ts'

export interface PromqlDeps {
  readonly querier: MetricsQuerier
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** The engine, and the gate that its queries go through. A subquery without a step has `evaluationInterval`. */
export function openPromql(
  config: QueryConfig,
  evaluationInterval: DurationMs,
  { querier, clock, telemetry }: PromqlDeps,
): { readonly engine: PromqlEngine; readonly gate: QueryGate } {
  const dialect = {
    lookbackDelta: config.lookback_delta,
    defaultSubqueryStep: evaluationInterval,
    delayedNameRemoval: config.delayed_name_removal,
    useStartTimestamps: config.use_start_timestamps,
    typeAndUnitLabels: config.type_and_unit_labels,
  }
  const cache = new RangeCache(config.range_cache, { changes: querier.changes.bind(querier), telemetry })
  const limits = {
    maxConcurrent: config.max_concurrent,
    maxConcurrentPerTenant: config.max_concurrent_per_tenant,
    maxWaiting: config.max_waiting,
  }
  return {
    engine: new PromqlEngine({ dialect, parser: parserOf(config) }, { querier, clock, cache }),
    gate: new QueryGate(limits, { telemetry }),
  }
}

/** Which parts of the language are open. */
export function parserOf({ experimental }: Pick<QueryConfig, 'experimental'>): ParserOptions {
  return experimental ? ALL_FEATURES : STABLE_FEATURES
}
