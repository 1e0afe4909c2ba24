/** resets and changes: how often a sample differs from the one before it. Follows promql/functions.go@v3.14. */
import { setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import { extentOf } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { anchoredWindows } from './range-extended-bounds.ts'
import { isStartReset } from './range-starts.ts'
import { mixedChanges } from './range-changes-histograms.ts'

export const changeFunctions: RangeFunctionTable = {
  resets: { kernel: changeKernel(countResets, true), name: 'drop', extents: ['anchored'], starts: true },
  changes: { kernel: changeKernel(countChanges, false), name: 'drop', extents: ['anchored'] },
}

type FloatCount = (series: WindowedSeries, windows: Windows, out: StepTable, row: number) => void

function changeKernel(countFloats: FloatCount, isResets: boolean): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    const isAnchored = extentOf(call) === 'anchored'
    if (windows.histogramLo !== undefined) mixedChanges(series, windows, out, row, { isResets, isAnchored }, evaluation)
    else countFloats(series, isAnchored ? anchoredWindows(series.times, series.timeFrom, windows) : windows, out, row)
  }
}

/** Each pair of samples is looked at once when it comes into a window, and once when it leaves. */
function countResets(series: WindowedSeries, { steps, lo, hi }: Windows, out: StepTable, row: number): void {
  let entered = 0
  let left = 0
  let newest = 0
  let oldest = 0
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const last = (hi[s] as number) - 1
    if (last < first) continue
    while (newest < last) if (isReset(series, ++newest)) entered++
    while (oldest < first) if (isReset(series, ++oldest)) left++
    setFloat(out, row * out.steps + s, entered - left)
  }
}

function countChanges({ values, from }: WindowedSeries, { steps, lo, hi }: Windows, out: StepTable, row: number): void {
  let entered = 0
  let left = 0
  let newest = from
  let oldest = from
  for (let s = 0; s < steps; s++) {
    const first = from + (lo[s] as number)
    const last = from + (hi[s] as number) - 1
    if (last < first) continue
    while (newest < last) if (isChange(values, ++newest)) entered++
    while (oldest < first) if (isChange(values, ++oldest)) left++
    setFloat(out, row * out.steps + s, entered - left)
  }
}

function isReset(series: WindowedSeries, i: number): boolean {
  const { values, from, starts } = series
  if ((values[from + i] as number) < (values[from + i - 1] as number)) return true
  return starts !== undefined && isStartReset(series, starts, i)
}

function isChange(values: Float64Array, at: number): boolean {
  const value = values[at] as number
  const before = values[at - 1] as number
  return value !== before && !(Number.isNaN(value) && Number.isNaN(before))
}
