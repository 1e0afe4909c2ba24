/** histogram_quantile, histogram_quantiles and histogram_fraction. Follow their namesakes in promql/functions.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { Evaluation } from '../eval/context.ts'
import { joined, merged, withoutEmptyRows } from '../eval/rows.ts'
import { ABSENT } from '../eval/vector.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import { histogramFraction, histogramQuantile } from '../histograms/quantile.ts'
import type { Call, Span } from '../syntax/ast.ts'
import { ChangedLabel } from './changed-label.ts'
import { classicFraction, classicQuantile } from './classic-quantile.ts'
import { scalarAt, stringAt, vectorAt, vectorValue } from './columns.ts'
import type { FunctionTable } from './contract.ts'
import { ForcedMonotonicity } from './forced-monotonicity.ts'
import { forMetric, readHistograms } from './histogram-rows.ts'
import type { HistogramReader } from './histogram-rows.ts'
import { formatGoFloat, formatGoOpenMetrics } from '../../../core/go-number.ts'

function spanOf(call: Call, i: number): Span {
  return call.args[i]?.span ?? call.span
}

/** Quantiles `q`, one a step. */
function quantileReader(q: Float64Array, span: Span, evaluation: Evaluation): HistogramReader & { finish(): void } {
  const { annotations, grid } = evaluation
  const forced = new ForcedMonotonicity()
  const fix = { isForced: false, minBucket: 0, maxBucket: 0, maxDiff: 0 }
  return {
    classic: (bounds, counts, n, s, name) => {
      const value = classicQuantile(q[s] as number, bounds, counts, n, fix)
      if (fix.isForced) forced.add(name(), grid.start + s * grid.step, fix)
      return value
    },
    native: (histogram, s, name) => {
      const { value, note } = histogramQuantile(q[s] as number, histogram)
      if (note !== undefined) annotations.info(NAN_INFOS[note] + forMetric(name()), span)
      return value
    },
    finish: () => forced.tell(annotations, span),
  }
}

const NAN_INFOS = {
  nan_result: 'input to histogram_quantile has NaN observations, result is NaN',
  nan_skew: 'input to histogram_quantile has NaN observations, result is skewed higher',
} as const

/** Warns of quantiles beyond 0 and 1, each value once. */
function checkQuantiles(q: Float64Array, span: Span, { annotations }: Evaluation): void {
  let last: number | undefined
  for (const value of q) {
    if ((value >= 0 && value <= 1) || Object.is(value, last)) continue
    annotations.warn(`quantile value should be between 0 and 1, got ${formatGoFloat(value)}`, span)
    last = value
  }
}

function quantilesOf(vector: StepVector, q: Float64Array, span: Span, evaluation: Evaluation): StepVector {
  const reader = quantileReader(q, span, evaluation)
  const result = readHistograms(vector, reader, span, evaluation)
  reader.finish()
  return result
}

function quantile(args: readonly Value[], call: Call, evaluation: Evaluation): Value {
  const q = scalarAt(args, 0)
  checkQuantiles(q, spanOf(call, 0), evaluation)
  return vectorValue(quantilesOf(vectorAt(args, 1), q, spanOf(call, 1), evaluation))
}

/** `histogram_quantiles(v, label, q...)`: the quantile as a label of each result. */
function quantiles(args: readonly Value[], call: Call, evaluation: Evaluation): Value {
  const vector = vectorAt(args, 0)
  const label = stringAt(args, 1)
  const parts: StepVector[] = []
  for (let i = 2; i < args.length; i++) {
    const q = scalarAt(args, i)
    checkQuantiles(q, spanOf(call, i), evaluation)
    const result = quantilesOf(vector, q, spanOf(call, 0), evaluation)
    for (const value of new Set(q))
      parts.push(
        labelled(
          atSteps(result, (s) => Object.is(q[s], value)),
          label,
          value,
        ),
      )
  }
  return vectorValue(merged(withoutEmptyRows(joined(parts, vector.steps))))
}

function atSteps(vector: StepVector, isKept: (s: number) => boolean): StepVector {
  const { steps } = vector
  const kinds = vector.kinds.map((kind, cell) => (isKept(cell % steps) ? kind : ABSENT))
  return { ...vector, kinds }
}

function labelled(vector: StepVector, label: string, q: number): StepVector {
  const text = formatGoOpenMetrics(q)
  return {
    ...vector,
    labels: new ChangedLabel(
      vector.labels,
      label,
      Array.from({ length: vector.labels.size }, () => text),
    ),
  }
}

function fraction(args: readonly Value[], call: Call, evaluation: Evaluation): Value {
  const lower = scalarAt(args, 0)
  const upper = scalarAt(args, 1)
  const span = spanOf(call, 2)
  const reader: HistogramReader = {
    classic: (bounds, counts, n, s) => classicFraction(lower[s] as number, upper[s] as number, bounds, counts, n),
    native: (histogram: NativeHistogram, s, name) => {
      const { value, excludesNans } = histogramFraction(lower[s] as number, upper[s] as number, histogram)
      const text = 'input to histogram_fraction has NaN observations, which are excluded from all fractions'
      if (excludesNans) evaluation.annotations.info(text + forMetric(name()), span)
      return value
    },
  }
  return vectorValue(readHistograms(vectorAt(args, 2), reader, span, evaluation))
}

export const histogramQuantileFunctions: FunctionTable = {
  histogram_quantile: { name: 'drop', whole: true, evaluate: quantile },
  histogram_quantiles: { name: 'drop', whole: true, evaluate: quantiles },
  histogram_fraction: { name: 'drop', whole: true, evaluate: fraction },
}
