/**
 * min_over_time, max_over_time and the times of them. Follows compareOverTime, promql/functions.go@v3.14: a NaN gives way to any
 * number; of equal values the first one stays, for the times the last one.
 */
import { setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import { noteIgnoredHistograms } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { scratchOf } from './range-scratch.ts'

export const extremaFunctions: RangeFunctionTable = {
  min_over_time: { kernel: extremumKernel(-1, writeValue), name: 'drop' },
  max_over_time: { kernel: extremumKernel(1, writeValue), name: 'drop' },
  ts_of_min_over_time: { kernel: extremumKernel(-1, writeTime), name: 'drop' },
  ts_of_max_over_time: { kernel: extremumKernel(1, writeTime), name: 'drop' },
}

/** Writes all steps; `sign` is 1 to look for the greatest. */
type Writer = (series: WindowedSeries, windows: Windows, out: StepTable, row: number, sign: 1 | -1) => void

function extremumKernel(sign: 1 | -1, write: Writer): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    noteIgnoredHistograms(series, windows, call, evaluation)
    write(series, windows, out, row, sign)
  }
}

/**
 * Keeps the samples that may still become a window's greatest: in order of time, each greater than (or for values: as great
 * as) the next, so that each sample comes and goes once.
 */
function writeValue(series: WindowedSeries, windows: Windows, out: StepTable, row: number, sign: 1 | -1): void {
  const { values, from, count } = series
  const { steps, lo, hi } = windows
  const queue = scratchOf(windows, count).indices
  let head = 0
  let tail = 0
  let next = 0
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    if (next < first) next = first
    for (; next < end; next++) {
      const value = sign * (values[from + next] as number)
      if (Number.isNaN(value)) continue
      while (tail > head && sign * (values[from + (queue[tail - 1] as number)] as number) < value) tail--
      queue[tail++] = next
    }
    while (head < tail && (queue[head] as number) < first) head++
    const found = head < tail ? (queue[head] as number) : end - 1
    setFloat(out, row * out.steps + s, values[from + found] as number)
  }
}

function writeTime(series: WindowedSeries, windows: Windows, out: StepTable, row: number, sign: 1 | -1): void {
  const { values, from, count, times, timeFrom } = series
  const { steps, lo, hi } = windows
  const queue = scratchOf(windows, count).indices
  let head = 0
  let tail = 0
  let next = 0
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    if (next < first) next = first
    for (; next < end; next++) {
      const value = sign * (values[from + next] as number)
      if (Number.isNaN(value)) continue
      while (tail > head && sign * (values[from + (queue[tail - 1] as number)] as number) <= value) tail--
      queue[tail++] = next
    }
    while (head < tail && (queue[head] as number) < first) head++
    const found = head < tail ? (queue[head] as number) : end - 1
    setFloat(out, row * out.steps + s, (times[timeFrom + found] as number) / 1000)
  }
}
