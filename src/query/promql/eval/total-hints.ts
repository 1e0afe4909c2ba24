/**
 * Where only the totals of native histograms are used, each sample says of itself whether its counter was reset since the one
 * before it, so that nothing later has to look at buckets. Follows promql/histogram_stats_iterator.go@v3.14.
 */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { SampleBlock } from '../../../signals/metrics.ts'
import { detectReset } from '../histograms/reset.ts'

/** The block with the hints of its histograms told. */
export function withTotalHints(block: SampleBlock): SampleBlock {
  const { histograms } = block
  if (histograms === undefined) return block
  const values: NativeHistogram[] = []
  for (let i = 0; i < block.rows.length; i++) {
    let last: NativeHistogram | undefined
    for (let k = histograms.offsets[i] as number; k < (histograms.offsets[i + 1] as number); k++) {
      const value = hinted(histograms.values[k] as NativeHistogram, last)
      values.push(value)
      if (!value.stale) last = value
    }
  }
  return { ...block, histograms: { ...histograms, values } }
}

function hinted(value: NativeHistogram, last: NativeHistogram | undefined): NativeHistogram {
  if (value.stale || value.resetHint !== 'unknown' || last === undefined) return value
  return { ...value, resetHint: detectReset(value, last) ? 'reset' : 'not_reset' }
}
