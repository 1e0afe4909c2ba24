/** Histograms whose custom buckets have different bounds. Follows prometheus/model/histogram/float_histogram.go@v3.14. */
import type { BucketSpans } from '../../../model/histogram.ts'
import { restOf } from '../functions/range-kahan.ts'
import type { Sign } from './add-spans.ts'
import type { CompensatedSpans } from './compact.ts'
import { LayoutBuilder, LayoutCursor } from './layout.ts'

/** The bounds that both have; both are sorted. */
export function sharedBounds(a: readonly number[], b: readonly number[]): number[] {
  const common: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const left = a[i] as number
    const right = b[j] as number
    if (left === right) common.push(left)
    if (left <= right) i++
    if (left >= right) j++
  }
  return common
}

/** Buckets with their bounds. */
export interface Bounded {
  readonly spans: BucketSpans
  readonly bounds: readonly number[]
}

/**
 * `a` plus `sign` times `b` in buckets of common bounds, each count in the bucket of the next common bound at or above its own.
 * Sums are compensated; buckets without count and rest are left out. `restsOfA` undefined = all are 0.
 */
export function addReconciled(
  a: Bounded,
  restsOfA: readonly number[] | undefined,
  b: Bounded,
  sign: Sign,
  bounds: readonly number[],
): CompensatedSpans {
  const sums = new CompensatedCounts(bounds.length + 1)
  const cursor = new LayoutCursor(a.spans)
  let bucket = 0
  while (cursor.next()) {
    bucket = bucketOf(a.bounds[cursor.index], bounds, bucket)
    sums.add(bucket, a.spans.counts[cursor.at] as number)
    if (restsOfA !== undefined) sums.add(bucket, restsOfA[cursor.at] as number)
  }
  const other = new LayoutCursor(b.spans)
  bucket = 0
  while (other.next()) {
    bucket = bucketOf(b.bounds[other.index], bounds, bucket)
    sums.add(bucket, sign * (b.spans.counts[other.at] as number))
  }
  return sums.spans()
}

/** Counts of a histogram in buckets of some of its bounds, +Inf being the last one: plain sums. */
export function countsAt(h: Bounded, bounds: readonly number[]): number[] {
  const counts = zeros(bounds.length + 1)
  const cursor = new LayoutCursor(h.spans)
  let bucket = 0
  while (cursor.next()) {
    bucket = bucketOf(h.bounds[cursor.index], bounds, bucket)
    counts[bucket] = (counts[bucket] as number) + (h.spans.counts[cursor.at] as number)
  }
  return counts
}

/** The bucket for what is up to `bound` (undefined = +Inf), which is `from` or behind it. */
function bucketOf(bound: number | undefined, bounds: readonly number[], from: number): number {
  if (bound === undefined) return bounds.length
  let bucket = from
  while (bucket < bounds.length && (bounds[bucket] as number) < bound) bucket++
  return bucket
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0)
}

class CompensatedCounts {
  readonly #sums: number[]
  readonly #rests: number[]

  constructor(buckets: number) {
    this.#sums = zeros(buckets)
    this.#rests = zeros(buckets)
  }

  add(bucket: number, count: number): void {
    const sum = this.#sums[bucket] as number
    const total = sum + count
    this.#rests[bucket] = restOf(sum, count, total, this.#rests[bucket] as number)
    this.#sums[bucket] = total
  }

  spans(): CompensatedSpans {
    const layout = new LayoutBuilder()
    const counts: number[] = []
    const rests: number[] = []
    for (const [index, sum] of this.#sums.entries()) {
      const rest = this.#rests[index] as number
      if (sum === 0 && rest === 0) continue
      layout.add(index)
      counts.push(sum)
      rests.push(rest)
    }
    return { spans: { offsets: layout.offsets, lengths: layout.lengths, counts }, rests }
  }
}
