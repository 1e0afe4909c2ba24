/** Sums of histograms, for delta temporality. Inputs are not changed. */
import type { DenseBuckets, ExplicitHistogram, ExponentialHistogram } from './native-histogram.ts'

/** More buckets than this on one side are merged to a coarser scale, as the OpenTelemetry SDKs do. */
const MAX_BUCKETS = 160
const MIN_SCALE = -4
/** Beyond so many halvings every bucket has become one of the two around 1. */
const MAX_MERGE_STEPS = 1000

/** A copy that outlives the view that `histogram` may be. */
export function copyExplicit({ count, sum, bucketCounts, bounds }: ExplicitHistogram): ExplicitHistogram {
  return { count, sum, bucketCounts: [...bucketCounts], bounds: [...bounds] }
}

/** A copy that outlives the view that `histogram` may be. */
export function copyExponential(histogram: ExponentialHistogram): ExponentialHistogram {
  const { count, sum, scale, zeroCount, zeroThreshold } = histogram
  const copy = ({ offset, counts }: DenseBuckets): DenseBuckets => ({ offset, counts: [...counts] })
  const { positive, negative } = histogram
  return { count, sum, scale, zeroCount, zeroThreshold, positive: copy(positive), negative: copy(negative) }
}

/** Undefined when the bounds differ, or only one has a sum of its values: such histograms can't be added. */
export function addExplicit(a: ExplicitHistogram, b: ExplicitHistogram): ExplicitHistogram | undefined {
  const same =
    (a.sum === undefined) === (b.sum === undefined) &&
    a.bounds.length === b.bounds.length &&
    a.bucketCounts.length === b.bucketCounts.length &&
    a.bounds.every((bound, i) => bound === b.bounds[i])
  if (!same) return undefined
  return {
    count: a.count + b.count,
    sum: addSums(a.sum, b.sum),
    bucketCounts: a.bucketCounts.map((count, i) => count + (b.bucketCounts[i] as number)),
    bounds: a.bounds,
  }
}

/**
 * The sum at the coarser of both scales, or at a coarser one where it would need too many buckets. Undefined where even the
 * coarsest would: such offsets stand for no values that a double can have.
 */
export function addExponential(a: ExponentialHistogram, b: ExponentialHistogram): ExponentialHistogram | undefined {
  let scale = Math.min(a.scale, b.scale)
  const width = (): number =>
    Math.max(
      widthOf([coarser(a.positive, a.scale - scale), coarser(b.positive, b.scale - scale)]),
      widthOf([coarser(a.negative, a.scale - scale), coarser(b.negative, b.scale - scale)]),
    )
  while (scale > MIN_SCALE && width() > MAX_BUCKETS) scale--
  if (width() > MAX_BUCKETS) return undefined
  return {
    count: a.count + b.count,
    sum: addSums(a.sum, b.sum),
    scale,
    zeroCount: a.zeroCount + b.zeroCount,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    positive: addBuckets(coarser(a.positive, a.scale - scale), coarser(b.positive, b.scale - scale)),
    negative: addBuckets(coarser(a.negative, a.scale - scale), coarser(b.negative, b.scale - scale)),
  }
}

function addSums(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}

function coarser(buckets: DenseBuckets, steps: number): DenseBuckets {
  if (steps === 0 || buckets.counts.length === 0) return buckets
  const merge = 2 ** Math.min(steps, MAX_MERGE_STEPS)
  const offset = Math.floor(buckets.offset / merge)
  const counts: number[] = []
  for (const [i, count] of buckets.counts.entries()) {
    const at = Math.floor((buckets.offset + i) / merge) - offset
    counts[at] = (counts[at] ?? 0) + count
  }
  return { offset, counts }
}

function widthOf(all: readonly DenseBuckets[]): number {
  const filled = all.filter(({ counts }) => counts.length > 0)
  if (filled.length === 0) return 0
  const start = Math.min(...filled.map(({ offset }) => offset))
  const end = Math.max(...filled.map(({ offset, counts }) => offset + counts.length))
  return end - start
}

function addBuckets(a: DenseBuckets, b: DenseBuckets): DenseBuckets {
  if (a.counts.length === 0) return b
  if (b.counts.length === 0) return a
  const offset = Math.min(a.offset, b.offset)
  const counts = Array.from({ length: widthOf([a, b]) }, () => 0)
  for (const side of [a, b]) {
    for (const [i, count] of side.counts.entries()) {
      const at = side.offset - offset + i
      counts[at] = (counts[at] as number) + count
    }
  }
  return { offset, counts }
}
