import type { QueryContext } from '../../../signals/ingest.ts'
import type { MetricsQuerier } from '../../../signals/metrics.ts'
import type { Annotations } from './annotations.ts'
import type { Budget } from './budget.ts'
import type { Grid } from './grid.ts'
import type { Probe } from './probe.ts'
import type { SampleTally } from './sample-tally.ts'
import type { TableMemory } from './table-memory.ts'

/** How the language behaves where Prometheus has a setting for it. */
export interface Dialect {
  /** ms: how old the newest sample of a series may be to count as its value. */
  readonly lookbackDelta: number
  /** ms: the step of a subquery that names none. */
  readonly defaultSubqueryStep: number
  /** The metric name is dropped at the end of the query and not by each operator (promql-delayed-name-removal). */
  readonly delayedNameRemoval: boolean
  /** Start timestamps tell of counter resets (use-start-timestamps). */
  readonly useStartTimestamps: boolean
  /** `__type__` and not the name tells what is a counter (type-and-unit-labels). */
  readonly typeAndUnitLabels: boolean
}

/** As Prometheus is without a feature flag, and with an evaluation interval of a minute. */
export const PROMETHEUS_DEFAULTS: Dialect = {
  lookbackDelta: 300_000,
  defaultSubqueryStep: 60_000,
  delayedNameRemoval: false,
  useStartTimestamps: false,
  typeAndUnitLabels: false,
}

/** What an operator or a function is evaluated with. One for each part of a query that has a grid of its own. */
export interface Evaluation {
  readonly grid: Grid
  readonly dialect: Dialect
  readonly annotations: Annotations
  readonly querier: MetricsQuerier
  readonly ctx: QueryContext
  readonly probe: Probe
  readonly budget: Budget
  /** Counts samples by step of `grid`, when statistics are asked for. */
  readonly tally?: SampleTally | undefined
  readonly tables: TableMemory
}
