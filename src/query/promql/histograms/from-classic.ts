/** Classic histograms as native ones with custom buckets. Follows TempHistogram, prometheus/util/convertnhcb@v3.14. */
import { ClassicHistogram } from '../../../codec/exposition/classic-histogram.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'

/** A bucket of a classic histogram: how many observations there were up to its bound. */
export interface ClassicBucket {
  readonly upperBound: number
  readonly count: number
}

/**
 * The native histogram of a classic one's samples at one time; buckets in any order, the first one of a bound counts. Without
 * `count`, that of the highest bucket. When they make no sense, what is wrong with them, in Prometheus' words.
 */
export function fromClassic(
  buckets: readonly ClassicBucket[],
  count: number | undefined,
  sum: number,
): NativeHistogram | { readonly problem: string } {
  const classic = new ClassicHistogram()
  for (const bucket of buckets) classic.setBucket(bucket.upperBound, bucket.count)
  if (count !== undefined) classic.setCount(count)
  classic.setSum(sum)
  return classic.convert()
}
