/** When a result counts as what a script expects. Follows util/almost and compareNativeHistogram, promql/promqltest/test.go@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../src/model/histogram.ts'
import { isStale } from '../../../src/model/stale.ts'

const EPSILON = 1e-6
/** The smallest positive normal number. */
const MIN_NORMAL = 2 ** -1022

/** Equal but for a part in a million. A staleness marker is only equal to another one, any other NaN to any other. */
export function almostEqual(a: number, b: number): boolean {
  if (isStale(a) || isStale(b)) return isStale(a) && isStale(b)
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < MIN_NORMAL) return difference < EPSILON * MIN_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < EPSILON
}

/** Equal schema and bounds, almost equal counts. Empty buckets don't count; the reset hint only when the script names it. */
export function almostEqualHistograms(want: NativeHistogram, got: NativeHistogram, withHint: boolean): boolean {
  return (
    want.schema === got.schema &&
    almostEqual(want.count, got.count) &&
    almostEqual(want.sum, got.sum) &&
    want.customValues.length === got.customValues.length &&
    want.customValues.every((bound, i) => bound === got.customValues[i]) &&
    want.zeroThreshold === got.zeroThreshold &&
    almostEqual(want.zeroCount, got.zeroCount) &&
    almostEqualBuckets(want.negative, got.negative) &&
    almostEqualBuckets(want.positive, got.positive) &&
    (!withHint || want.resetHint === got.resetHint)
  )
}

function almostEqualBuckets(want: BucketSpans, got: BucketSpans): boolean {
  const a = filledBuckets(want)
  const b = filledBuckets(got)
  return a.length === b.length && a.every(([i, n], at) => b[at]?.[0] === i && almostEqual(n, b[at]?.[1] ?? NaN))
}

/** Index and count of the buckets that are not empty. */
function filledBuckets({ offsets, lengths, counts }: BucketSpans): [index: number, count: number][] {
  const filled: [number, number][] = []
  let index = 0
  let at = 0
  for (const [span, length] of lengths.entries()) {
    index += offsets[span] as number
    for (let i = 0; i < length; i++, index++, at++) {
      const count = counts[at] as number
      if (count !== 0) filled.push([index, count])
    }
  }
  return filled
}
