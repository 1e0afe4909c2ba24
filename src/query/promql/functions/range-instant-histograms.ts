/** irate and idelta of series with native histograms. Follows instantValue, promql/functions.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { ABSENT, setHistogram } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import { divide } from '../histograms/arithmetic.ts'
import { detectReset } from '../histograms/reset.ts'
import { compactGauge, differenceOf, HistogramNotes, isGauge } from './range-histograms.ts'
import type { HistogramSample, WindowedSeries, Windows } from './range-contract.ts'
import { startTellsReset } from './range-starts.ts'

/** Goes over the steps whose windows hold histograms; floats have been written as if there were none. */
export function instantHistograms(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  isRate: boolean,
  call: Call,
  evaluation: Evaluation,
): void {
  const notes = new HistogramNotes(series, call, evaluation)
  const usesStarts = evaluation.dialect.useStartTimestamps
  for (let s = 0; s < windows.steps; s++) {
    const cell = row * out.steps + s
    const two = newestTwo(series, windows, s)
    if (two === 'floats') continue
    out.kinds[cell] = ABSENT
    if (two === 'mixed') notes.mixedSamples()
    else if (two !== undefined) {
      const result = instant(two, isRate, usesStarts, notes)
      if (result !== undefined) setHistogram(out, cell, result)
    }
    notes.give()
  }
}

type Two = 'floats' | 'mixed' | readonly [HistogramSample, HistogramSample] | undefined

/** The last two samples of the window; undefined when it has less. */
function newestTwo(series: WindowedSeries, windows: Windows, s: number): Two {
  const { times, timeFrom, histograms } = series
  const lo = windows.lo[s] as number
  const hi = windows.hi[s] as number
  const hLo = windows.histogramLo?.[s] ?? 0
  const hHi = windows.histogramHi?.[s] ?? 0
  if (hi - lo + hHi - hLo < 2) return undefined
  const floatTime = (i: number): number => (i < lo ? -Infinity : (times[timeFrom + i] as number))
  const histogramTime = (i: number): number => (i < hLo ? -Infinity : (histograms[i] as HistogramSample).t)
  if (floatTime(hi - 2) > histogramTime(hHi - 1)) return 'floats'
  if (histogramTime(hHi - 2) < floatTime(hi - 1)) return 'mixed'
  return [histograms[hHi - 2] as HistogramSample, histograms[hHi - 1] as HistogramSample]
}

function instant(
  [before, after]: readonly [HistogramSample, HistogramSample],
  isRate: boolean,
  usesStarts: boolean,
  notes: HistogramNotes,
): NativeHistogram | undefined {
  if (after.t === before.t) return undefined
  const gauges = [before, after].filter(({ value }) => isGauge(value)).length
  if (isRate && gauges > 0) notes.notCounter()
  if (!isRate && gauges < 2) notes.notGauge()
  const isReset = isRate && beginsAnew(before, after, usesStarts)
  const result = isReset ? after.value : differenceOf(after.value, before.value, notes)
  if (result === undefined) return undefined
  const gauge = compactGauge(result)
  return isRate ? divide(gauge, (after.t - before.t) / 1000) : gauge
}

function beginsAnew(before: HistogramSample, after: HistogramSample, usesStarts: boolean): boolean {
  if (usesStarts && startTellsReset(before.start, before.t, after.start, after.t)) return true
  return detectReset(after.value, before.value)
}
