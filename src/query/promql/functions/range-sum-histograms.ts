/** sum_over_time and avg_over_time of native histograms. Follows promql/functions.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { divide, hasOverflow } from '../histograms/arithmetic.ts'
import { divideSum, finishSum, kahanAdd, multiplySum, startSum } from '../histograms/kahan.ts'
import type { CompensatedSum } from '../histograms/kahan.ts'
import { setHistogram } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import { hasFloats, HistogramNotes, histogramsOf } from './range-histograms.ts'
import type { HistogramSample, WindowedSeries, Windows } from './range-contract.ts'

/** Undefined when exponential and custom buckets are mixed. */
type Fold = (first: NativeHistogram, rest: readonly HistogramSample[], seen: Seen) => NativeHistogram | undefined

interface Seen {
  reconciled: boolean
}

/** Writes the steps whose windows hold histograms. */
export function foldHistograms(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  isAverage: boolean,
  call: Call,
  evaluation: Evaluation,
): void {
  const notes = new HistogramNotes(series, call, evaluation)
  const fold: Fold = isAverage ? average : sum
  for (let s = 0; s < windows.steps; s++) {
    const [first, ...rest] = histogramsOf(series, windows, s)
    if (first === undefined) continue
    if (hasFloats(windows, s)) notes.mixedSamples()
    else {
      const seen = { reconciled: false }
      const result = fold(first.value, rest, seen)
      if (result !== undefined) setHistogram(out, row * out.steps + s, result)
      if (result === undefined) notes.mixedSchemas()
      else sayWhatWasSeen([first, ...rest], seen, notes)
    }
    notes.give()
  }
}

function sayWhatWasSeen(samples: readonly HistogramSample[], seen: Seen, notes: HistogramNotes): void {
  const has = (hint: NativeHistogram['resetHint']): boolean => samples.some(({ value }) => value.resetHint === hint)
  if (has('reset') && has('not_reset')) notes.conflictingResets()
  if (seen.reconciled) notes.reconciled('aggregation')
}

function sum(first: NativeHistogram, rest: readonly HistogramSample[], seen: Seen): NativeHistogram | undefined {
  let total: CompensatedSum | undefined = startSum(first)
  for (const { value } of rest) {
    total = plus(total, value, seen)
    if (total === undefined) return undefined
  }
  return finishSum(total)
}

/** Once the sum overflows, the mean is carried on from sample to sample. */
function average(first: NativeHistogram, rest: readonly HistogramSample[], seen: Seen): NativeHistogram | undefined {
  let total = startSum(first)
  for (const [i, { value }] of rest.entries()) {
    const next = plus(total, value, seen)
    if (next === undefined) return undefined
    if (hasOverflow(next.value)) return runningMean(divideSum(total, i + 1), i + 1, rest.slice(i), seen)
    total = next
  }
  return finishSum(divideSum(total, rest.length + 1))
}

/** `mean` is that of the first `sofar` samples. */
function runningMean(
  mean: CompensatedSum,
  sofar: number,
  rest: readonly HistogramSample[],
  seen: Seen,
): NativeHistogram | undefined {
  let carried = mean
  for (const [i, { value }] of rest.entries()) {
    const count = sofar + i + 1
    const next = plus(multiplySum(carried, (count - 1) / count), divide(value, count), seen)
    if (next === undefined) return undefined
    carried = next
  }
  return finishSum(carried)
}

function plus(total: CompensatedSum, value: NativeHistogram, seen: Seen): CompensatedSum | undefined {
  const next = kahanAdd(total, value)
  if (next === 'incompatible') return undefined
  if (next.nhcbBoundsReconciled) seen.reconciled = true
  return next.sum
}
