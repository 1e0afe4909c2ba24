/**
 * The smoothed instant vector selector: at each step the value on the line between the samples around it, one lookback far
 * both ways; the last value where nothing follows yet. Follows smoothSeries, promql/engine.go@v3.14.
 */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../../model/histogram.ts'
import { interpolateHistograms } from '../functions/range-interpolate.ts'
import type { VectorSelector } from '../syntax/ast.ts'
import type { Evaluation } from './context.ts'
import { pointsOf } from './extend.ts'
import { blocksOf, isDistinctNameless } from './instant-leaf.ts'
import { between } from './interpolation.ts'
import { LabelList } from './label-columns.ts'
import { messages } from './messages.ts'
import { liveSamples } from './raw-samples.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import { streamOf } from './stream.ts'
import type { RowStream } from './stream.ts'
import { emptyTable, setFloat, setHistogram } from './vector.ts'
import type { StepTable } from './vector.ts'
import type { HistogramPoint, ResultSeries } from '../result.ts'

/** The selector's rows. */
export async function smoothedInstant(selector: VectorSelector, evaluation: Evaluation): Promise<RowStream> {
  const { grid, dialect, querier, ctx } = evaluation
  const lookback = dialect.lookbackDelta
  const times = referenceTimes(grid, { at: selector.at as number | undefined, offset: selector.offset })
  const range = neededRange(times, lookback, lookback)
  const selection = await querier.select(selector.matchers, range, { starts: false }, ctx)
  const series: ResultSeries[] = []
  for await (const block of blocksOf(selector, selection, evaluation)) {
    for (const [i, row] of block.rows.entries()) series.push(liveSamples(block, i, selection.labels.at(row)))
  }
  const table = emptyTable(new LabelList(series.map(({ labels }) => labels)), grid.count)
  for (const [row, one] of series.entries()) {
    for (const [s, t] of times.entries())
      smooth(around(one, t, lookback), t, { table, cell: row * grid.count + s }, { selector, evaluation })
  }
  return streamOf(table, isDistinctNameless(selector, selection, evaluation))
}

/** What of the series lies in `(t - lookback, t + lookback]`. */
function around({ labels, timestamps, values, histograms }: ResultSeries, t: number, lookback: number): ResultSeries {
  const isNear = (time: number): boolean => time > t - lookback && time <= t + lookback
  const first = timestamps.findIndex(isNear)
  const last = timestamps.findLastIndex(isNear)
  return {
    labels,
    timestamps: first < 0 ? [] : timestamps.slice(first, last + 1),
    values: first < 0 ? [] : values.slice(first, last + 1),
    histograms: histograms.filter(({ timestamp }) => isNear(timestamp)),
  }
}

interface Cell {
  readonly table: StepTable
  readonly cell: number
}

interface Scene {
  readonly selector: VectorSelector
  readonly evaluation: Evaluation
}

function smooth(near: ResultSeries, t: number, { table, cell }: Cell, { selector, evaluation }: Scene): void {
  const { timestamps, values, histograms, labels } = near
  if (histograms.length > 0 && timestamps.length > 0) {
    const name = labels.get(METRIC_NAME) ?? ''
    evaluation.annotations.warn(messages.mixedSamples(name), selector.span)
  } else if (histograms.length > 0) {
    const value = smoothHistogram(near, t, { selector, evaluation })
    if (value !== undefined) setHistogram(table, cell, value)
  } else {
    const i = timestamps.findIndex((time) => time >= t)
    if (timestamps[i] === t) setFloat(table, cell, values[i] as number)
    else if (i > 0) setFloat(table, cell, between(pointsOf(near, true), i - 1, t))
    else if (i < 0 && values.length > 0) setFloat(table, cell, values.at(-1) as number)
  }
}

function smoothHistogram(
  { histograms, labels }: ResultSeries,
  t: number,
  { selector, evaluation }: Scene,
): NativeHistogram | undefined {
  const i = histograms.findIndex(({ timestamp }) => timestamp >= t)
  const next = histograms[i]
  if (next?.timestamp === t) return next.value
  if (i < 0) {
    const last = histograms.at(-1)
    return last && { ...last.value, resetHint: 'unknown' }
  }
  const before = histograms[i - 1]
  if (before === undefined || next === undefined) return undefined
  const isCustom = ({ value }: HistogramPoint): boolean => value.schema === CUSTOM_BUCKETS_SCHEMA
  if (isCustom(before) !== isCustom(next)) {
    const name = labels.get(METRIC_NAME) ?? ''
    evaluation.annotations.warn(messages.mixedSchemas(name), selector.span)
    return undefined
  }
  const isCounter = before.value.resetHint !== 'gauge' || next.value.resetHint !== 'gauge'
  return interpolateHistograms(before, next, t, { isCounter, annotations: evaluation.annotations, span: selector.span })
}
