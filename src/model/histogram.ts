/**
 * A native histogram sample, float or integer, held as absolute float bucket counts.
 * Follows the native histogram specification of Prometheus; one shape for exponential schemas and custom buckets.
 */
export interface NativeHistogram {
  /** -4..8 exponential, -53 custom bucket bounds. */
  readonly schema: number
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly count: number
  /** NaN with the stale bit pattern marks staleness: see `stale`. */
  readonly sum: number
  /** True for a staleness marker; the other fields are then meaningless. */
  readonly stale: boolean
  /** True when the sample came as integers (it is exposed and written back as such). */
  readonly integer: boolean
  readonly positive: BucketSpans
  readonly negative: BucketSpans
  /** Upper bounds of custom buckets without +Inf; empty for exponential schemas. */
  readonly customValues: readonly number[]
  readonly resetHint: 'unknown' | 'reset' | 'not_reset' | 'gauge'
}

/** Runs of consecutive buckets: `offsets[i]` is the gap before run i (the first one is absolute), `lengths[i]` its length. */
export interface BucketSpans {
  readonly offsets: readonly number[]
  readonly lengths: readonly number[]
  /** Absolute counts (not deltas), `sum(lengths)` of them. */
  readonly counts: readonly number[]
}

export const CUSTOM_BUCKETS_SCHEMA = -53
export const NO_SPANS: BucketSpans = { offsets: [], lengths: [], counts: [] }
