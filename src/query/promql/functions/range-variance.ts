/** stddev_over_time and stdvar_over_time. Follows varianceOverTime, promql/functions.go@v3.14. */
import { setFloat } from '../eval/vector.ts'
import { noteIgnoredHistograms } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel } from './range-contract.ts'
import { restOf } from './range-kahan.ts'

export const varianceFunctions: RangeFunctionTable = {
  stddev_over_time: { kernel: varianceKernel(true), name: 'drop' },
  stdvar_over_time: { kernel: varianceKernel(false), name: 'drop' },
}

function varianceKernel(isDeviation: boolean): RangeKernel {
  return (series, windows, out, row, _args, call, evaluation) => {
    noteIgnoredHistograms(series, windows, call, evaluation)
    const { values, from } = series
    const { steps, lo, hi } = windows
    for (let s = 0; s < steps; s++) {
      const first = from + (lo[s] as number)
      const end = from + (hi[s] as number)
      if (end <= first) continue
      const variance = varianceOf(values, first, end)
      setFloat(out, row * out.steps + s, isDeviation ? Math.sqrt(variance) : variance)
    }
  }
}

/** Welford's mean and squares, both as Kahan-Neumaier sums. */
function varianceOf(values: Float64Array, first: number, end: number): number {
  let mean = 0
  let meanRest = 0
  let squares = 0
  let squaresRest = 0
  for (let at = first; at < end; at++) {
    const value = values[at] as number
    const delta = value - (mean + meanRest)
    const toMean = delta / (at - first + 1)
    const newMean = mean + toMean
    meanRest = restOf(mean, toMean, newMean, meanRest)
    mean = newMean
    const square = delta * (value - (mean + meanRest))
    const newSquares = squares + square
    squaresRest = restOf(squares, square, newSquares, squaresRest)
    squares = newSquares
  }
  return (squares + squaresRest) / (end - first)
}
