/** Evaluates plain selectors over the stored samples: the part of PromQL that needs no operators. */
import type { DurationMs, TimeRange, UnixMs } from '../../core/time.ts'
import { unixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import { isStale } from '../../model/stale.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { LabelColumns, MetricsQuerier, SampleBlock } from '../../signals/metrics.ts'
import type { SelectorQuery } from './syntax/selector.ts'

/** One series of a result: points in time order, floats and histograms apart. */
export interface ResultSeries {
  readonly labels: LabelSet
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
  readonly histograms: readonly { readonly timestamp: number; readonly value: NativeHistogram }[]
}

/** The evaluation times `start, start + step, ... <= end`, in whole ms, `step` at least 1; `start === end` for an instant query. */
export interface Steps {
  readonly start: UnixMs
  readonly end: UnixMs
  readonly step: DurationMs
}

/** The evaluation times, in order. */
export function timesOf({ start, end, step }: Steps): readonly number[] {
  const times: number[] = []
  for (let t: number = start; t <= end; t += step) times.push(t)
  return times
}

/**
 * The newest sample in `(t - lookback, t]` at each step `t`; none when it is a staleness marker. With `offset` and `@` applied.
 * Follows the instant vector selector of Prometheus 3 (left-open, right-closed).
 */
export async function selectInstant(
  query: SelectorQuery,
  steps: Steps,
  lookback: DurationMs,
  querier: MetricsQuerier,
  ctx: QueryContext,
): Promise<readonly ResultSeries[]> {
  const fixed = fixedTime(query, steps)
  const first = (fixed ?? steps.start) - query.offset
  const last = (fixed ?? steps.end) - query.offset
  const range = { start: unixMs(first - lookback + 1), end: unixMs(last + 1) }
  const result: ResultSeries[] = []
  for await (const block of blocksOf(query.selector, range, querier, ctx)) {
    for (const rows of seriesOf(block)) {
      const series = instantPoints(rows, steps, lookback, (t) => (fixed ?? t) - query.offset)
      if (series.timestamps.length + series.histograms.length > 0) result.push(series)
    }
  }
  return result
}

/** All samples in `(t - window, t]`, staleness markers left out: a range selector at one time. */
export async function selectRange(
  query: SelectorQuery & { readonly window: DurationMs },
  time: UnixMs,
  querier: MetricsQuerier,
  ctx: QueryContext,
): Promise<readonly ResultSeries[]> {
  const end = (fixedTime(query, { start: time, end: time, step: query.window }) ?? time) - query.offset
  const range = { start: unixMs(end - query.window + 1), end: unixMs(end + 1) }
  const result: ResultSeries[] = []
  for await (const block of blocksOf(query.selector, range, querier, ctx)) {
    for (const rows of seriesOf(block)) {
      const live = [...rows.values.keys()].filter((i) => !isStale(rows.values[i] as number))
      const histograms = rows.histograms.filter(({ value }) => !value.stale)
      if (live.length + histograms.length === 0) continue
      result.push({
        labels: rows.labels,
        timestamps: live.map((i) => rows.timestamps[i] as number),
        values: live.map((i) => rows.values[i] as number),
        histograms,
      })
    }
  }
  return result
}

/** A series' newest sample with the time that it really has. */
export interface NewestSample {
  readonly labels: LabelSet
  readonly timestamp: number
  readonly value: number | NativeHistogram
}

/** The newest sample of each series in `(time - lookback, time]`; none where it is a staleness marker. */
export async function selectNewest(
  selector: Selector,
  time: UnixMs,
  lookback: DurationMs,
  querier: MetricsQuerier,
  ctx: QueryContext,
): Promise<readonly NewestSample[]> {
  const range = { start: unixMs(time - lookback + 1), end: unixMs(time + 1) }
  const result: NewestSample[] = []
  for await (const block of blocksOf(selector, range, querier, ctx)) {
    for (const rows of seriesOf(block)) {
      const newest = newestOf(rows)
      if (newest !== undefined) result.push(newest)
    }
  }
  return result
}

function newestOf({ labels, timestamps, values, histograms }: SeriesRows): NewestSample | undefined {
  const histogram = histograms.at(-1)
  const timestamp = timestamps.at(-1) ?? -Infinity
  if (histogram !== undefined && histogram.timestamp > timestamp) {
    return histogram.value.stale ? undefined : { labels, ...histogram }
  }
  const value = values.at(-1)
  return value === undefined || isStale(value) ? undefined : { labels, timestamp, value }
}

function fixedTime({ at }: SelectorQuery, steps: Steps): number | undefined {
  if (at === 'start') return steps.start
  if (at === 'end') return steps.end
  return at
}

interface SeriesRows {
  readonly labels: LabelSet
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly histograms: readonly { readonly timestamp: number; readonly value: NativeHistogram }[]
}

async function* blocksOf(
  selector: Selector,
  range: TimeRange<UnixMs>,
  querier: MetricsQuerier,
  ctx: QueryContext,
): AsyncGenerator<SampleBlock & { readonly labels: LabelColumns }> {
  const selection = await querier.select(selector, range, { starts: false }, ctx)
  const { labels } = selection
  try {
    for await (const block of selection.read()) yield { ...block, labels }
  } finally {
    selection.close()
  }
}

function* seriesOf(block: SampleBlock & { readonly labels: LabelColumns }): Generator<SeriesRows> {
  const { offsets, timeOffsets, histograms } = block
  for (const [i, row] of block.rows.entries()) {
    const from = offsets[i] as number
    const to = offsets[i + 1] as number
    const found: { timestamp: number; value: NativeHistogram }[] = []
    if (histograms !== undefined) {
      for (let at = histograms.offsets[i] as number; at < (histograms.offsets[i + 1] as number); at++) {
        found.push({
          timestamp: histograms.timestamps[at] as number,
          value: histograms.values[at] as NativeHistogram,
        })
      }
    }
    const times = timeOffsets[i] as number
    yield {
      labels: block.labels.at(row),
      timestamps: block.times.subarray(times, times + to - from),
      values: block.values.subarray(from, to),
      histograms: found,
    }
  }
}

/** Walks the steps and both columns once: `f` and `h` point behind the newest float and histogram at or before the step. */
function instantPoints(
  rows: SeriesRows,
  { start, end, step }: Steps,
  lookback: DurationMs,
  timeOf: (t: number) => number,
): ResultSeries {
  const timestamps: number[] = []
  const values: number[] = []
  const histograms: { timestamp: number; value: NativeHistogram }[] = []
  let f = 0
  let h = 0
  for (let t: number = start; t <= end; t += step) {
    const upTo = timeOf(t)
    while (f < rows.timestamps.length && (rows.timestamps[f] as number) <= upTo) f++
    while (h < rows.histograms.length && (rows.histograms[h]?.timestamp ?? Infinity) <= upTo) h++
    const floatTime = f > 0 ? (rows.timestamps[f - 1] as number) : -Infinity
    const histogram = h > 0 ? rows.histograms[h - 1] : undefined
    if (histogram !== undefined && histogram.timestamp > floatTime) {
      if (histogram.timestamp > upTo - lookback && !histogram.value.stale)
        histograms.push({ timestamp: t, value: histogram.value })
    } else if (floatTime > upTo - lookback) {
      const value = rows.values[f - 1] as number
      if (!isStale(value)) {
        timestamps.push(t)
        values.push(value)
      }
    }
  }
  return { labels: rows.labels, timestamps, values, histograms }
}
