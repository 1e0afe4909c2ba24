/** The notation of test scripts and of unit tests for rules. */
import type { NativeHistogram } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { add, sub } from './histograms/arithmetic.ts'
import type { Combined, Incompatible } from './histograms/arithmetic.ts'
import { printHistogram, testExpression } from './histograms/print.ts'
import { parseSeriesDescription } from './syntax/series-description.ts'
import type { SeriesPoint } from './syntax/series-description.ts'

/** One place of a sequence of points. */
export type SequenceValue = SeriesPoint
export type HistogramValue = SeriesPoint & { readonly kind: 'histogram' }

export interface SeriesLine {
  readonly labels: LabelSet
  readonly values: readonly SequenceValue[]
}

/** `metric{label="value"} 1 2+1x5 _ {{count:1}}`: a series in the notation of test scripts. Throws `promql.syntax`. */
export function parseSeriesLine(text: string): SeriesLine {
  const { labels, points } = parseSeriesDescription(text, {
    add: (a, b) => valueOf(add(a, b)),
    sub: (a, b) => valueOf(sub(a, b)),
  })
  return { labels: LabelSet.of(labels), values: points }
}

function valueOf(combined: Combined | Incompatible): NativeHistogram {
  if (combined === 'incompatible') throw new Error('histograms with exponential and custom buckets')
  return combined.value
}

/** `{{schema:1 count:3 sum:5 buckets:[1 2]}}`: equal texts mean equal histograms, but for empty buckets. */
export function histogramNotation(histogram: NativeHistogram): string {
  return testExpression(histogram)
}

/** `{count:3, sum:5, (1,2]:3}`, as results are printed. */
export function histogramText(histogram: NativeHistogram): string {
  return printHistogram(histogram)
}
