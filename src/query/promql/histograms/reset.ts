/** Counter resets of native histograms. Follows DetectReset, prometheus/model/histogram/float_histogram.go@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { bucketsWithin } from './add-spans.ts'
import { bounded, sameBounds, usesCustomBuckets } from './arithmetic.ts'
import { sharedBounds, countsAt } from './custom-bounds.ts'
import { LayoutCursor, sameLayout } from './layout.ts'
import { reduceSpans } from './resolution.ts'
import { widerZeroBucket } from './zero-bucket.ts'

/**
 * True when the counter that `current` is a sample of began anew since `previous`: by its hint, else when any count (but not the
 * sum) fell, a populated bucket is gone, or the buckets changed as they only do at a restart.
 */
export function detectReset(current: NativeHistogram, previous: NativeHistogram): boolean {
  if (current.resetHint === 'reset') return true
  if (current.resetHint === 'not_reset') return false
  if (current.count < previous.count) return true
  if (usesCustomBuckets(current)) {
    if (!usesCustomBuckets(previous)) return true
    if (!sameBounds(current, previous)) return anyRolledUpFell(current, previous)
  }
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true
  const zero = widerZeroBucket(previous, current.zeroThreshold)
  if (zero.threshold !== current.zeroThreshold || current.zeroCount < zero.count) return true
  return (
    anyFell(current.positive, previous.positive, current, previous) ||
    anyFell(current.negative, previous.negative, current, previous)
  )
}

function anyFell(current: BucketSpans, previous: BucketSpans, h: NativeHistogram, before: NativeHistogram): boolean {
  if (previous.counts.length === 0) return false
  const old = usesCustomBuckets(h) ? previous : reduceSpans(previous, before.schema, h.schema)
  const skipped = bucketsWithin(old, h)
  if (skipped === 0 && sameLayout(current, old)) return anyLess(current.counts, old.counts)
  return anyMissedOrLess(current, old, skipped, bucketsWithin(current, h))
}

function anyLess(current: readonly number[], previous: readonly number[]): boolean {
  for (let i = 0; i < current.length; i++) if ((current[i] as number) < (previous[i] as number)) return true
  return false
}

function anyMissedOrLess(
  current: BucketSpans,
  previous: BucketSpans,
  skipped: number,
  skippedOfCurrent: number,
): boolean {
  const [now, then] = [new LayoutCursor(current), new LayoutCursor(previous)]
  let hasNow = now.next()
  while (hasNow && now.at < skippedOfCurrent) hasNow = now.next()
  while (then.next()) {
    if (then.at < skipped) continue
    while (hasNow && now.index < then.index) hasNow = now.next()
    const count = previous.counts[then.at] as number
    const isFound = hasNow && now.index === then.index
    if (isFound ? (current.counts[now.at] as number) < count : count !== 0) return true
  }
  return false
}

/** Custom buckets of different bounds are compared at the bounds that both have. */
function anyRolledUpFell(current: NativeHistogram, previous: NativeHistogram): boolean {
  const bounds = sharedBounds(current.customValues, previous.customValues)
  return anyLess(countsAt(bounded(current), bounds), countsAt(bounded(previous), bounds))
}
