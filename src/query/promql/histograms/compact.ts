/** Spans without empty buckets. Follows compactBuckets, prometheus/model/histogram/generic.go@v3.14. */
import { NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { LayoutBuilder, LayoutCursor } from './layout.ts'

/**
 * The same histogram without empty buckets, but for runs of at most `maxEmpty` of them between populated ones. The argument
 * itself when there is nothing to do.
 */
export function compact(h: NativeHistogram, maxEmpty = 0): NativeHistogram {
  const positive = compactSpans(h.positive, maxEmpty)
  const negative = compactSpans(h.negative, maxEmpty)
  return positive === h.positive && negative === h.negative ? h : { ...h, positive, negative }
}

/** One side of `compact`. */
export function compactSpans(spans: BucketSpans, maxEmpty: number): BucketSpans {
  if (isCompact(spans, maxEmpty)) return spans
  const layout = new LayoutBuilder()
  const counts: number[] = []
  const cursor = new LayoutCursor(spans)
  while (cursor.next()) {
    const count = spans.counts[cursor.at] as number
    if (count === 0) continue
    if (counts.length > 0 && cursor.index - layout.end <= maxEmpty) {
      for (; layout.end < cursor.index; layout.extend()) counts.push(0)
    }
    layout.add(cursor.index)
    counts.push(count)
  }
  return counts.length === 0 ? NO_SPANS : { offsets: layout.offsets, lengths: layout.lengths, counts }
}

function isCompact({ offsets, lengths, counts }: BucketSpans, maxEmpty: number): boolean {
  for (let i = 0; i < counts.length; i++) if (counts[i] === 0) return false
  for (let i = 0; i < lengths.length; i++) {
    if (lengths[i] === 0 || (i > 0 && (offsets[i] as number) <= maxEmpty)) return false
  }
  return true
}

/** Counts, and what compensated addition lost of each of them. */
export interface CompensatedSpans {
  readonly spans: BucketSpans
  /** Same layout as `spans`. */
  readonly rests: readonly number[]
}

/** Takes out buckets whose count and rest are both 0. */
export function compactCompensated({ spans, rests }: CompensatedSpans): CompensatedSpans {
  const layout = new LayoutBuilder()
  const counts: number[] = []
  const kept: number[] = []
  const cursor = new LayoutCursor(spans)
  while (cursor.next()) {
    const count = spans.counts[cursor.at] as number
    const rest = rests[cursor.at] as number
    if (count === 0 && rest === 0) continue
    layout.add(cursor.index)
    counts.push(count)
    kept.push(rest)
  }
  return { spans: { offsets: layout.offsets, lengths: layout.lengths, counts }, rests: kept }
}
