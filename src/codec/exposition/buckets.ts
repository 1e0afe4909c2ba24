import { NO_SPANS } from '../../model/histogram.ts'
import type { BucketSpans } from '../../model/histogram.ts'

/**
 * The same buckets without empty ones, but for runs of at most `maxEmpty` empty buckets between full ones, which are cheaper than
 * a new span. Follows compactBuckets, prometheus/model/histogram/generic.go@v3.
 */
export function compacted(spans: BucketSpans, maxEmpty: number): BucketSpans {
  const offsets: number[] = []
  const lengths: number[] = []
  const counts: number[] = []
  let index = 0
  let at = 0
  // Index of the bucket behind the last one kept.
  let end = 0
  for (let span = 0; span < spans.lengths.length; span++) {
    index += spans.offsets[span] as number
    for (let left = spans.lengths[span] as number; left > 0; left--, index++) {
      const count = spans.counts[at++] as number
      if (count === 0) continue
      if (lengths.length === 0 || index - end > maxEmpty) {
        offsets.push(index - end)
        lengths.push(0)
      } else for (; end < index; end++) keep(0)
      keep(count)
      end = index + 1
    }
  }
  return counts.length === 0 ? NO_SPANS : { offsets, lengths, counts }

  function keep(count: number): void {
    counts.push(count)
    lengths[lengths.length - 1] = (lengths.at(-1) as number) + 1
  }
}
