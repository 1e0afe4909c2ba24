/**
 * OTLP histograms as native histograms.
 * Follows exponentialToNativeHistogram and explicitHistogramToCustomBucketsHistogram,
 * prometheus/storage/remote/otlptranslator/prometheusremotewrite/histograms.go@v3.14, but for two of its oversights: buckets
 * that merge are counted in their own bucket also after an empty one, and a sender's zero threshold is kept.
 */
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { STALE_NAN } from '../../model/stale.ts'

const MAX_SCHEMA = 8
const MIN_SCHEMA = -4
/** Of senders that don't say theirs. */
const ZERO_THRESHOLD = 1e-128
/** Beyond so many halvings every bucket has become one of the two around 1; more would leave the range of doubles. */
const MAX_MERGE_STEPS = 1000
/** Runs of up to so many empty buckets are written out, longer ones begin a new span. */
const MAX_GAP = 2

/** An explicit histogram: `bucketCounts` has one more than `bounds`, or is empty. */
export interface ExplicitHistogram {
  readonly count: number
  readonly sum: number | undefined
  readonly bucketCounts: readonly number[]
  readonly bounds: readonly number[]
}

export interface ExponentialHistogram {
  readonly count: number
  readonly sum: number | undefined
  readonly scale: number
  readonly zeroCount: number
  /** 0 when not known. */
  readonly zeroThreshold: number
  readonly positive: DenseBuckets
  readonly negative: DenseBuckets
}

/** Bucket i counts values in `(base^(offset+i), base^(offset+i+1)]`. */
export interface DenseBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

/** A native histogram, or the reason why there is none. */
export function fromExponential(histogram: ExponentialHistogram): NativeHistogram | string {
  const { scale } = histogram
  if (scale < MIN_SCHEMA) return `exponential histogram scale must be >= ${MIN_SCHEMA}, was ${scale}`
  // A scale that is finer by one has two buckets for each.
  const merge = 2 ** Math.min(Math.max(0, scale - MAX_SCHEMA), MAX_MERGE_STEPS)
  const { positive, negative } = histogram
  return {
    schema: Math.min(scale, MAX_SCHEMA),
    zeroThreshold: histogram.zeroThreshold > 0 ? histogram.zeroThreshold : ZERO_THRESHOLD,
    zeroCount: histogram.zeroCount,
    count: histogram.count,
    sum: histogram.sum ?? 0,
    stale: false,
    integer: true,
    // Bucket i of OTLP ends where bucket i+1 of Prometheus does.
    positive: toSpans(positive.counts, positive.offset, merge, 1),
    negative: toSpans(negative.counts, negative.offset, merge, 1),
    customValues: [],
    resetHint: 'unknown',
  }
}

/** A native histogram with custom buckets, or the reason why there is none. */
export function fromExplicit(histogram: ExplicitHistogram): NativeHistogram | string {
  const { count } = histogram
  let { bounds, bucketCounts } = histogram
  if (bounds.at(-1) === Infinity) {
    bounds = bounds.slice(0, -1)
    bucketCounts = mergeLast(bucketCounts)
  }
  if (bucketCounts.length === 0 && bounds.length === 0) bucketCounts = [count]
  if (bucketCounts.length !== bounds.length + 1) {
    return `histogram has ${bucketCounts.length} buckets for ${bounds.length} bounds`
  }
  if (!bounds.every((bound, i) => (i === 0 ? bound > -Infinity : bound > (bounds[i - 1] as number)))) {
    return 'histogram bounds do not rise'
  }
  return {
    ...EMPTY,
    schema: CUSTOM_BUCKETS_SCHEMA,
    count,
    sum: histogram.sum ?? 0,
    positive: toSpans(bucketCounts, 0, 1, 0),
    customValues: [...bounds],
  }
}

/** A staleness marker in the form of a native histogram. */
export function staleHistogram(): NativeHistogram {
  return { ...EMPTY, schema: 0, sum: STALE_NAN, stale: true }
}

const EMPTY: Omit<NativeHistogram, 'schema'> = {
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  stale: false,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  // Whether a counter was reset is for the reader to find out: the sender's start time does not say it for each bucket.
  resetHint: 'unknown',
}

function mergeLast(counts: readonly number[]): readonly number[] {
  if (counts.length < 2) return counts
  return [...counts.slice(0, -2), (counts.at(-2) as number) + (counts.at(-1) as number)]
}

/** Sparse spans of dense counts: the one at i goes to bucket `floor((offset + i) / merge) + shift`. */
function toSpans(dense: readonly number[], offset: number, merge: number, shift: number): BucketSpans {
  const offsets: number[] = []
  const lengths: number[] = []
  const counts: number[] = []
  let next = 0
  for (let i = 0; i < dense.length;) {
    const index = Math.floor((offset + i) / merge) + shift
    // How many of the dense buckets go into this one.
    const end = merge === 1 ? i + 1 : Math.min(dense.length, (index - shift + 1) * merge - offset)
    let count = 0
    for (; i < end; i++) count += dense[i] as number
    if (count === 0) continue
    const gap = index - next
    if (lengths.length === 0 || gap > MAX_GAP) {
      offsets.push(gap)
      lengths.push(0)
    } else for (let empty = 0; empty < gap; empty++) grow(lengths, counts, 0)
    grow(lengths, counts, count)
    next = index + 1
  }
  return counts.length === 0 ? NO_SPANS : { offsets, lengths, counts }
}

function grow(lengths: number[], counts: number[], count: number): void {
  lengths[lengths.length - 1] = (lengths[lengths.length - 1] as number) + 1
  counts.push(count)
}
