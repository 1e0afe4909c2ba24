/** stddev_over_time and stdvar_over_time. Follows varianceOverTime, promql/functions.go@v3.14. */
import { FLOAT } from '../eval/vector.ts'
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
    const { kinds, values: results } = out
    const base = row * out.steps
    for (let s = 0; s < steps; s++) {
      const first = from + (lo[s] as number)
      const end = from + (hi[s] as number)
      if (end <= first) continue
      kinds[base + s] = FLOAT
      const next = s + 1
      if (next < steps && (hi[next] as number) > (lo[next] as number)) {
        kinds[base + next] = FLOAT
        twoVariances(values, first, end, from + (lo[next] as number), from + (hi[next] as number), results, base + s)
        s = next
      } else {
        results[base + s] = varianceFrom(values, first, first, end, 0, 0, 0, 0)
      }
    }
    if (isDeviation)
      for (let cell = base; cell < base + steps; cell++) results[cell] = Math.sqrt(results[cell] as number)
  }
}

/**
 * Of two windows, into `results[cell]` and the one behind it. Each value of a window waits for the one before it; two windows
 * at once fill that time.
 */
function twoVariances(
  values: Float64Array,
  first: number,
  end: number,
  otherFirst: number,
  otherEnd: number,
  results: Float64Array,
  cell: number,
): void {
  let mean = 0
  let meanRest = 0
  let squares = 0
  let squaresRest = 0
  let otherMean = 0
  let otherMeanRest = 0
  let otherSquares = 0
  let otherSquaresRest = 0
  const common = Math.min(end - first, otherEnd - otherFirst)
  for (let i = 0; i < common; i++) {
    const value = values[first + i] as number
    const delta = value - (mean + meanRest)
    const toMean = delta / (i + 1)
    const newMean = mean + toMean
    meanRest = restOf(mean, toMean, newMean, meanRest)
    mean = newMean
    const square = delta * (value - (mean + meanRest))
    const newSquares = squares + square
    squaresRest = restOf(squares, square, newSquares, squaresRest)
    squares = newSquares

    const otherValue = values[otherFirst + i] as number
    const otherDelta = otherValue - (otherMean + otherMeanRest)
    const otherToMean = otherDelta / (i + 1)
    const newOtherMean = otherMean + otherToMean
    otherMeanRest = restOf(otherMean, otherToMean, newOtherMean, otherMeanRest)
    otherMean = newOtherMean
    const otherSquare = otherDelta * (otherValue - (otherMean + otherMeanRest))
    const newOtherSquares = otherSquares + otherSquare
    otherSquaresRest = restOf(otherSquares, otherSquare, newOtherSquares, otherSquaresRest)
    otherSquares = newOtherSquares
  }
  results[cell] = varianceFrom(values, first, first + common, end, mean, meanRest, squares, squaresRest)
  results[cell + 1] = varianceFrom(
    values,
    otherFirst,
    otherFirst + common,
    otherEnd,
    otherMean,
    otherMeanRest,
    otherSquares,
    otherSquaresRest,
  )
}

/** Welford's mean and squares, both as Kahan-Neumaier sums, carried on from `at`. */
function varianceFrom(
  values: Float64Array,
  first: number,
  at: number,
  end: number,
  mean: number,
  meanRest: number,
  squares: number,
  squaresRest: number,
): number {
  for (let i = at; i < end; i++) {
    const value = values[i] as number
    const delta = value - (mean + meanRest)
    const toMean = delta / (i - first + 1)
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
