/** resets and changes: how often a sample differs from the one before it. Follows promql/functions.go@v3.14. */
import { FLOAT } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import { extentOf } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { anchoredWindows } from './range-extended-bounds.ts'
import { scratchIndices } from './range-scratch.ts'
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

/** How many of the samples up to each differ from the one before: two of these numbers tell of the samples between. */
function countResets(series: WindowedSeries, windows: Windows, out: StepTable, row: number): void {
  const { values, from, count, starts } = series
  const upTo = scratchIndices(count)
  if (starts === undefined) countFalls(series, upTo)
  else {
    for (let i = 1; i < count; i++) {
      const isFall = (values[from + i] as number) < (values[from + i - 1] as number)
      upTo[i] = (i === 1 ? 0 : (upTo[i - 1] as number)) + (isFall || isStartReset(series, starts, i) ? 1 : 0)
    }
  }
  writeDifferences(upTo, windows, out, row)
}

function countFalls({ values, from, count }: WindowedSeries, upTo: Int32Array): void {
  let resets = 0
  let before = values[from] as number
  for (let i = 1; i < count; i++) {
    const value = values[from + i] as number
    if (value < before) resets++
    before = value
    upTo[i] = resets
  }
}

function countChanges({ values, from, count }: WindowedSeries, windows: Windows, out: StepTable, row: number): void {
  const upTo = scratchIndices(count)
  let changes = 0
  let before = values[from] as number
  for (let i = 1; i < count; i++) {
    const value = values[from + i] as number
    if (value !== before && (value === value || before === before)) changes++
    before = value
    upTo[i] = changes
  }
  writeDifferences(upTo, windows, out, row)
}

function writeDifferences(upTo: Int32Array, { steps, lo, hi }: Windows, out: StepTable, row: number): void {
  const { kinds, values } = out
  upTo[0] = 0
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = lo[s] as number
    const last = (hi[s] as number) - 1
    if (last < first) continue
    kinds[cell] = FLOAT
    values[cell] = (upTo[last] as number) - (upTo[first] as number)
  }
}
