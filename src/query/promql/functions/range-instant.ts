/** irate and idelta: of the last two samples of a window. Follows instantValue, promql/functions.go@v3.14. */
import { FLOAT } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { instantHistograms } from './range-instant-histograms.ts'
import { isStartReset } from './range-starts.ts'

export const instantFunctions: RangeFunctionTable = {
  irate: { kernel: instantKernel(true), name: 'drop', starts: true },
  idelta: { kernel: instantKernel(false), name: 'drop' },
}

function instantKernel(isRate: boolean): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    lastTwo(series, windows, out, row, isRate)
    if (windows.histogramLo !== undefined) instantHistograms(series, windows, out, row, isRate, call, evaluation)
  }
}

function lastTwo(series: WindowedSeries, windows: Windows, out: StepTable, row: number, isRate: boolean): void {
  const { values, from, times, timeFrom, starts } = series
  const { steps, lo, hi } = windows
  const { kinds, values: results } = out
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const last = (hi[s] as number) - 1
    if (last <= (lo[s] as number)) continue
    const value = values[from + last] as number
    const before = values[from + last - 1] as number
    kinds[cell] = FLOAT
    if (!isRate) {
      results[cell] = value - before
      continue
    }
    const isReset = value < before || (starts !== undefined && isStartReset(series, starts, last))
    const seconds = ((times[timeFrom + last] as number) - (times[timeFrom + last - 1] as number)) / 1000
    results[cell] = (isReset ? value : value - before) / seconds
  }
}
