/** The first and the last sample of a window and their times, of floats and histograms alike. */
import { FLOAT, setFloat, setHistogram } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { HistogramSample, RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'

export const endFunctions: RangeFunctionTable = {
  first_over_time: { kernel: endKernel(true, false), name: 'keep' },
  last_over_time: { kernel: endKernel(false, false), name: 'keep' },
  ts_of_first_over_time: { kernel: endKernel(true, true), name: 'drop' },
  ts_of_last_over_time: { kernel: endKernel(false, true), name: 'drop' },
}

function endKernel(isFirst: boolean, isTime: boolean): RangeKernel {
  return (series, windows, out, row) => {
    floatEnds(series, windows, out, row, isFirst, isTime)
    if (windows.histogramLo !== undefined) histogramEnds(series, windows, out, row, isFirst, isTime)
  }
}

function floatEnds(
  { values, from, times, timeFrom }: WindowedSeries,
  { steps, lo, hi }: Windows,
  out: StepTable,
  row: number,
  isFirst: boolean,
  isTime: boolean,
): void {
  const { kinds, values: results } = out
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    const i = isFirst ? first : end - 1
    kinds[cell] = FLOAT
    results[cell] = isTime ? (times[timeFrom + i] as number) / 1000 : (values[from + i] as number)
  }
}

/** Histograms take the place of a float that is further from the window's end in question, or as far. */
function histogramEnds(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  isFirst: boolean,
  isTime: boolean,
): void {
  for (let s = 0; s < windows.steps; s++) {
    const first = windows.histogramLo?.[s] as number
    const end = windows.histogramHi?.[s] as number
    if (end <= first) continue
    const sample = series.histograms[isFirst ? first : end - 1] as HistogramSample
    if (isFloatNearer(series, windows, s, sample.t, isFirst)) continue
    const cell = row * out.steps + s
    if (isTime) setFloat(out, cell, sample.t / 1000)
    else setHistogram(out, cell, sample.value)
  }
}

function isFloatNearer(
  { times, timeFrom }: WindowedSeries,
  { lo, hi }: Windows,
  s: number,
  t: number,
  isFirst: boolean,
): boolean {
  const first = lo[s] as number
  const end = hi[s] as number
  if (end <= first) return false
  return isFirst ? (times[timeFrom + first] as number) < t : (times[timeFrom + end - 1] as number) > t
}
