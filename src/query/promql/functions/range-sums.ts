/**
 * sum_over_time and avg_over_time: Kahan-Neumaier sums of each window from its first sample on, to the bit as in
 * promql/functions.go@v3.14. A series of whole numbers has exact sums in any order:
 * a window's sum is then the difference of two.
 */
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import { withoutMixed } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { isInfinite, restOf } from './range-kahan.ts'
import { scratchNumbers } from './range-scratch.ts'
import { foldHistograms } from './range-sum-histograms.ts'
import { exactSums, isTame } from './range-tame.ts'

export const sumFunctions: RangeFunctionTable = {
  sum_over_time: { kernel: sumKernel(false), name: 'drop' },
  avg_over_time: { kernel: sumKernel(true), name: 'drop' },
}

function sumKernel(isAverage: boolean): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    const floats = withoutMixed(windows)
    const sums = exactSums(series, scratchNumbers(series.count + 1))
    if (sums !== undefined) differences(sums, floats, out, row, isAverage)
    else if (isTame(series)) compensatedSums(series, floats, out, row, isAverage)
    else wildSums(series, floats, out, row, isAverage)
    if (windows.histogramLo !== undefined) foldHistograms(series, windows, out, row, isAverage, call, evaluation)
  }
}

function differences(sums: Float64Array, windows: Windows, out: StepTable, row: number, isAverage: boolean): void {
  const { steps, lo, hi } = windows
  const { kinds, values: results } = out
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    const sum = (sums[end] as number) - (sums[first] as number)
    kinds[cell] = FLOAT
    results[cell] = isAverage ? sum / (end - first) : sum
  }
}

/** The error of each addition without asking which operand is greater: exact too, as long as nothing overflows. */
function compensatedSums(
  { values, from }: WindowedSeries,
  { steps, lo, hi }: Windows,
  out: StepTable,
  row: number,
  isAverage: boolean,
): void {
  const { kinds, values: results } = out
  let cell = row * out.steps
  for (let s = 0; s < steps; s++, cell++) {
    const first = from + (lo[s] as number)
    const end = from + (hi[s] as number)
    if (end <= first) continue
    let sum = 0
    let rest = 0
    for (let at = first; at < end; at++) {
      const value = values[at] as number
      const total = sum + value
      const added = total - sum
      rest += sum - (total - added) + (value - added)
      sum = total
    }
    const count = end - first
    kinds[cell] = FLOAT
    results[cell] = isAverage ? sum / count + rest / count : sum + rest
  }
}

/** With values that are not finite, or so great that sums may overflow. */
function wildSums(
  { values, from }: WindowedSeries,
  { steps, lo, hi }: Windows,
  out: StepTable,
  row: number,
  isAverage: boolean,
): void {
  const of = isAverage ? averageOf : sumOf
  for (let s = 0; s < steps; s++) {
    const first = from + (lo[s] as number)
    const end = from + (hi[s] as number)
    if (end > first) setFloat(out, row * out.steps + s, of(values, first, end))
  }
}

function sumOf(values: Float64Array, first: number, end: number): number {
  let sum = 0
  let rest = 0
  for (let at = first; at < end; at++) {
    const value = values[at] as number
    const total = sum + value
    rest = restOf(sum, value, total, rest)
    sum = total
  }
  return isInfinite(sum) ? sum : sum + rest
}

/** Once the sum overflows, the mean is carried on from sample to sample. */
function averageOf(values: Float64Array, first: number, end: number): number {
  let sum = values[first] as number
  let rest = 0
  for (let at = first + 1; at < end; at++) {
    const value = values[at] as number
    const total = sum + value
    if (isInfinite(total)) return runningMean(values, first, at, end, sum, rest)
    rest = restOf(sum, value, total, rest)
    sum = total
  }
  const count = end - first
  return sum / count + rest / count
}

function runningMean(
  values: Float64Array,
  first: number,
  from: number,
  end: number,
  sum: number,
  sumRest: number,
): number {
  let mean = sum / (from - first)
  let rest = sumRest / (from - first)
  for (let at = from; at < end; at++) {
    const count = at - first + 1
    const q = (count - 1) / count
    const value = (values[at] as number) / count
    const kept = q * mean
    mean = kept + value
    rest = restOf(kept, value, mean, q * rest)
  }
  return mean + rest
}
