/**
 * min_over_time, max_over_time and the times of them. Follows compareOverTime, promql/functions.go@v3.14: a NaN gives way to any
 * number; of equal values the first one stays, for the times the last one.
 */
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import { noteIgnoredHistograms } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { scratchIndices, scratchNumbers } from './range-scratch.ts'

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
 * A window is the rest of a block of samples and what came after that block. Of the block, the greatest from each sample to
 * its end is known; of what came after, the greatest so far. When the block has left the window, what is in the window becomes
 * the next block: each sample is compared twice, however long the window.
 */
function writeValue(series: WindowedSeries, windows: Windows, out: StepTable, row: number, sign: 1 | -1): void {
  const { values, from, count } = series
  const { steps, lo, hi } = windows
  const { kinds, values: results } = out
  const toBlockEnd = scratchNumbers(count)
  let blockEnd = 0
  let after = NaN
  let next = 0
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    if (first >= blockEnd) {
      let greatest = NaN
      for (let i = end - 1; i >= first; i--) {
        const value = sign * (values[from + i] as number)
        if (!(value < greatest) && !Number.isNaN(value)) greatest = value
        toBlockEnd[i] = greatest
      }
      blockEnd = end
      next = end
      after = NaN
    }
    for (; next < end; next++) {
      const value = sign * (values[from + next] as number)
      if (value > after || Number.isNaN(after)) after = value
    }
    const block = toBlockEnd[first] as number
    kinds[cell] = FLOAT
    results[cell] = sign * (after > block || Number.isNaN(block) ? after : block)
  }
}

/** The same with the samples' numbers in place of their values. Without any number in a window it is the last NaN. */
function writeTime(series: WindowedSeries, windows: Windows, out: StepTable, row: number, sign: 1 | -1): void {
  const { values, from, count, times, timeFrom } = series
  const { steps, lo, hi } = windows
  const toBlockEnd = scratchIndices(count)
  let blockEnd = 0
  let after = -1
  let next = 0
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    if (first >= blockEnd) {
      let best = end - 1
      for (let i = end - 1; i >= first; i--) {
        if (!isLater(values[from + best] as number, values[from + i] as number, sign)) best = i
        toBlockEnd[i] = best
      }
      blockEnd = end
      next = end
      after = -1
    }
    for (; next < end; next++) {
      if (after < 0 || isLater(values[from + next] as number, values[from + after] as number, sign)) after = next
    }
    const block = toBlockEnd[first] as number
    const isAfter = after >= 0 && isLater(values[from + after] as number, values[from + block] as number, sign)
    const found = isAfter ? after : block
    setFloat(out, row * out.steps + s, (times[timeFrom + found] as number) / 1000)
  }
}

/** Whether a later sample takes the place of an earlier one. */
function isLater(later: number, earlier: number, sign: 1 | -1): boolean {
  return sign * later >= sign * earlier || Number.isNaN(earlier)
}
