/** When two native histograms are the same. Follows Equals and spansMatch, prometheus/model/histogram@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { isStale } from '../../../model/stale.ts'
import { sameBounds } from './arithmetic.ts'
import { sameLayout } from './layout.ts'
import type { Layout } from './layout.ts'

/**
 * The same numbers, to the bit, in the same spans: NaN equals NaN (but not the staleness marker), and 0 differs from -0. Hints
 * are not compared, and empty buckets count: what PromQL compares is compacted.
 */
export function equal(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a.schema === b.schema &&
    sameBits(a.count, b.count) &&
    sameBits(a.sum, b.sum) &&
    sameBounds(a, b) &&
    a.zeroThreshold === b.zeroThreshold &&
    sameBits(a.zeroCount, b.zeroCount) &&
    sameSpans(a.negative, b.negative) &&
    sameSpans(a.positive, b.positive)
  )
}

function sameBits(a: number, b: number): boolean {
  return Object.is(a, b) && isStale(a) === isStale(b)
}

function sameSpans(a: BucketSpans, b: BucketSpans): boolean {
  if (a.counts.length !== b.counts.length) return false
  for (let i = 0; i < a.counts.length; i++) if (!sameBits(a.counts[i] as number, b.counts[i] as number)) return false
  return sameLayout(a, b) || sameLayout(withoutEmptySpans(a), withoutEmptySpans(b))
}

function withoutEmptySpans(layout: Layout): Layout {
  const offsets: number[] = []
  const lengths: number[] = []
  let gap = 0
  for (let i = 0; i < layout.lengths.length; i++) {
    gap += layout.offsets[i] as number
    if (layout.lengths[i] === 0) continue
    offsets.push(gap)
    lengths.push(layout.lengths[i] as number)
    gap = 0
  }
  return { offsets, lengths }
}
