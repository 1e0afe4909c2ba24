/** A range vector as the result of an instant query: the samples as they are. Follows matrixSelector, promql/engine.go@v3.14. */
import { isStale } from '../../../model/stale.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { LabelSet } from '../../../model/labels.ts'
import type { SampleBlock } from '../../../signals/metrics.ts'
import type { HistogramPoint, ResultSeries } from '../result.ts'
import type { MatrixSelector } from '../syntax/ast.ts'
import type { Evaluation } from './context.ts'
import { executionFailed } from './errors.ts'
import { extendFloats } from './extend.ts'
import { blocksOf } from './instant-leaf.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import { windowShape } from './windows.ts'

/** Series with at least one sample in the window, staleness markers left out; in no promised order. */
export async function rawSamples(matrix: MatrixSelector, evaluation: Evaluation): Promise<ResultSeries[]> {
  const { selector, window } = matrix
  const times = referenceTimes(evaluation.grid, { at: selector.at as number | undefined, offset: selector.offset })
  const { before, after } = windowShape(times, window, selector.extent, evaluation.dialect.lookbackDelta)
  const range = neededRange(times, window + before, after)
  const selection = await evaluation.querier.select(selector.matchers, range, { starts: false }, evaluation.ctx)
  const found: ResultSeries[] = []
  for await (const block of blocksOf(selector, selection, evaluation)) {
    for (const [i, row] of block.rows.entries()) {
      const series = liveSamples(block, i, selection.labels.at(row))
      const whole = selector.extent === undefined ? series : extended(series, matrix, times[0] as number)
      if (whole.timestamps.length + whole.histograms.length === 0) continue
      found.push(whole)
      evaluation.tally?.series(whole)
    }
  }
  return found
}

/** The i-th row of a block, staleness markers left out. */
export function liveSamples(block: SampleBlock, i: number, labels: LabelSet): ResultSeries {
  const { offsets, values, timeOffsets, times, histograms } = block
  const from = offsets[i] as number
  const timeFrom = timeOffsets[i] as number
  const kept: { timestamps: number[]; values: number[] } = { timestamps: [], values: [] }
  for (let k = from; k < (offsets[i + 1] as number); k++) {
    const value = values[k] as number
    if (isStale(value)) continue
    kept.timestamps.push(times[timeFrom + k - from] as number)
    kept.values.push(value)
  }
  const points: HistogramPoint[] = []
  for (let k = histograms?.offsets[i] ?? 0; k < (histograms?.offsets[i + 1] ?? 0); k++) {
    const value = histograms?.values[k] as NativeHistogram
    if (!value.stale) points.push({ timestamp: histograms?.timestamps[k] as number, value })
  }
  return { labels, ...kept, histograms: points }
}

function extended(series: ResultSeries, { selector, window }: MatrixSelector, end: number): ResultSeries {
  if (series.histograms.length > 0) {
    throw executionFailed({ message: `${selector.extent} modifier is not supported with histograms` })
  }
  return { ...series, ...extendFloats(series, { start: end - window, end, smoothed: selector.extent === 'smoothed' }) }
}
