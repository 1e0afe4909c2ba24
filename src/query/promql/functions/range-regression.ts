/**
 * deriv and predict_linear: least squares of a window's floats. Follows linearRegression, promql/functions.go@v3.14, to the bit;
 * the sums over times alone are kept for all series that share them.
 */
import { timeAt } from '../eval/grid.ts'
import type { Grid } from '../eval/grid.ts'
import { setFloat } from '../eval/vector.ts'
import { noteIgnoredHistograms } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, WindowedSeries, Windows } from './range-contract.ts'
import { isInfinite, restOf } from './range-kahan.ts'
import { isTame } from './range-tame.ts'

export const regressionFunctions: RangeFunctionTable = {
  deriv: { kernel: regressionKernel(false), name: 'drop' },
  predict_linear: { kernel: regressionKernel(true), name: 'drop' },
}

function regressionKernel(isPrediction: boolean): RangeKernel {
  return (series, windows, out, row, args, call, evaluation) => {
    noteIgnoredHistograms(series, windows, call, evaluation)
    const times = regressionTimes(series, windows, isPrediction ? evaluation.grid : undefined)
    const sumsOf = isTame(series) ? tameSums : wildSums
    const ahead = args[1]
    const line = { slope: 0, intercept: 0 }
    for (let s = 0; s < windows.steps; s++) {
      if ((windows.hi[s] as number) - (windows.lo[s] as number) < 2) continue
      fitLine(series, windows, times, s, sumsOf, line)
      const value = ahead === undefined ? line.slope : line.slope * (ahead[s] as number) + line.intercept
      setFloat(out, row * out.steps + s, value)
    }
  }
}

/** Slope, and value at the origin of step s. */
interface Line {
  slope: number
  intercept: number
}

function fitLine(
  series: WindowedSeries,
  windows: Windows,
  times: RegressionTimes,
  s: number,
  sumsOf: typeof tameSums,
  line: Line,
): void {
  const first = windows.lo[s] as number
  const end = windows.hi[s] as number
  if (isLevel(series, first, end)) {
    const level = series.values[series.from + first] as number
    line.slope = isInfinite(level) ? NaN : 0
    line.intercept = isInfinite(level) ? NaN : level
    return
  }
  const n = end - first
  const sumX = times.sumX[s] as number
  sumsOf(series, first, end, times.origins[s] as number, times.sums)
  const { y: sumY, xy } = times.sums
  const slope = (xy - (sumX * sumY) / n) / (times.spreadX[s] as number)
  line.slope = slope
  line.intercept = sumY / n - (slope * sumX) / n
}

function isLevel({ values, from }: WindowedSeries, first: number, end: number): boolean {
  const level = values[from + first] as number
  for (let i = first + 1; i < end; i++) if (values[from + i] !== level) return false
  return true
}

/** By step, of the times in seconds after the origin: of the first sample, or of the step. */
class RegressionTimes {
  readonly isOfGrid: boolean
  readonly origins: Float64Array
  readonly sumX: Float64Array
  /** Sum of squares less the mean's. */
  readonly spreadX: Float64Array
  /** Of values and of products of value and time: where a window's sums are put. */
  readonly sums: Sums = { y: 0, xy: 0 }

  constructor(steps: number, isOfGrid: boolean) {
    this.isOfGrid = isOfGrid
    this.origins = new Float64Array(steps)
    this.sumX = new Float64Array(steps)
    this.spreadX = new Float64Array(steps)
  }
}

function regressionTimes(series: WindowedSeries, windows: Windows, grid: Grid | undefined): RegressionTimes {
  const { memo, steps, lo, hi } = windows
  const isOfGrid = grid !== undefined
  if (memo instanceof RegressionTimes && memo.isOfGrid === isOfGrid) return memo
  const made = new RegressionTimes(steps, isOfGrid)
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    if ((hi[s] as number) <= first) continue
    const origin = grid === undefined ? (series.times[series.timeFrom + first] as number) : timeAt(grid, s)
    made.origins[s] = origin
    fillSums(made, series, s, first, hi[s] as number)
  }
  windows.memo = made
  return made
}

function fillSums(made: RegressionTimes, series: WindowedSeries, s: number, first: number, end: number): void {
  const { times, timeFrom } = series
  const origin = made.origins[s] as number
  let sum = 0
  let rest = 0
  let squares = 0
  let squaresRest = 0
  for (let i = first; i < end; i++) {
    const x = ((times[timeFrom + i] as number) - origin) / 1e3
    const total = sum + x
    rest = restOf(sum, x, total, rest)
    sum = total
    const square = x * x
    const totalSquares = squares + square
    squaresRest = restOf(squares, square, totalSquares, squaresRest)
    squares = totalSquares
  }
  const sumX = sum + rest
  made.sumX[s] = sumX
  made.spreadX[s] = squares + squaresRest - (sumX * sumX) / (end - first)
}

interface Sums {
  y: number
  xy: number
}

/** Nothing overflows: the error of an addition is exact without asking which operand is greater. */
function tameSums(series: WindowedSeries, first: number, end: number, origin: number, sums: Sums): void {
  const { values, from, times, timeFrom } = series
  let sum = 0
  let rest = 0
  let products = 0
  let productsRest = 0
  for (let i = first; i < end; i++) {
    const y = values[from + i] as number
    const total = sum + y
    const added = total - sum
    rest += sum - (total - added) + (y - added)
    sum = total
    const product = (((times[timeFrom + i] as number) - origin) / 1e3) * y
    const totalProducts = products + product
    const addedProduct = totalProducts - products
    productsRest += products - (totalProducts - addedProduct) + (product - addedProduct)
    products = totalProducts
  }
  sums.y = sum + rest
  sums.xy = products + productsRest
}

function wildSums(series: WindowedSeries, first: number, end: number, origin: number, sums: Sums): void {
  const { values, from, times, timeFrom } = series
  let sum = 0
  let rest = 0
  let products = 0
  let productsRest = 0
  for (let i = first; i < end; i++) {
    const y = values[from + i] as number
    const total = sum + y
    rest = restOf(sum, y, total, rest)
    sum = total
    const product = (((times[timeFrom + i] as number) - origin) / 1e3) * y
    const totalProducts = products + product
    productsRest = restOf(products, product, totalProducts, productsRest)
    products = totalProducts
  }
  sums.y = sum + rest
  sums.xy = products + productsRest
}
