import type { DurationMs, UnixMs } from '../../core/time.ts'
import { unixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import { isStale } from '../../model/stale.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { MetricsQuerier, SampleBlock } from '../../signals/metrics.ts'

/** A series' newest sample with the time that it really has. */
export interface NewestSample {
  readonly labels: LabelSet
  readonly timestamp: number
  readonly value: number | NativeHistogram
}

/** The newest sample of each series in `(time - lookback, time]`; none where it is a staleness marker. In no promised order. */
export async function selectNewest(
  selector: Selector,
  { time, lookback }: { readonly time: UnixMs; readonly lookback: DurationMs },
  querier: MetricsQuerier,
  ctx: QueryContext,
): Promise<readonly NewestSample[]> {
  const range = { start: unixMs(time - lookback + 1), end: unixMs(time + 1) }
  const selection = await querier.select(selector, range, { starts: false }, ctx)
  const result: NewestSample[] = []
  try {
    for await (const block of selection.read()) {
      for (const [i, row] of block.rows.entries()) {
        const newest = newestOf(block, i)
        if (newest !== undefined) result.push({ labels: selection.labels.at(row), ...newest })
      }
    }
  } finally {
    selection.close()
  }
  return result
}

function newestOf(block: SampleBlock, i: number): Omit<NewestSample, 'labels'> | undefined {
  const { offsets, values, timeOffsets, times, histograms } = block
  const from = offsets[i] as number
  const last = (offsets[i + 1] as number) - 1
  const timestamp = last < from ? -Infinity : (times[(timeOffsets[i] as number) + last - from] as number)
  if (histograms !== undefined && histograms.offsets[i] !== histograms.offsets[i + 1]) {
    const at = (histograms.offsets[i + 1] as number) - 1
    const value = histograms.values[at] as NativeHistogram
    const own = histograms.timestamps[at] as number
    if (own > timestamp) return value.stale ? undefined : { timestamp: own, value }
  }
  if (last < from) return undefined
  const value = values[last] as number
  return isStale(value) ? undefined : { timestamp, value }
}
