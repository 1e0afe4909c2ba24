/** quantile_over_time and mad_over_time. Follows promql/functions.go and quantile, promql/quantile.go@v3.14. */
import { setFloat } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import { noteIgnoredHistograms, spanOf } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel } from './range-contract.ts'
import { scratchNumbers } from './range-scratch.ts'
import { formatGoFloat } from '../../../core/go-number.ts'
import { SortedWindow } from './sorted-window.ts'

const quantileKernel: RangeKernel = (series, windows, out, row, args, call, evaluation) => {
  noteIgnoredHistograms(series, windows, call, evaluation)
  const quantiles = args[0] as Float64Array
  const { steps, lo, hi } = windows
  const window = new SortedWindow(series.values, series.from, scratchNumbers(series.count))
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    const q = quantiles[s] as number
    if (!(q >= 0 && q <= 1)) warnQuantile(q, call, evaluation)
    window.move(first, end)
    setFloat(out, row * out.steps + s, quantileOf(window, q))
  }
}

const madKernel: RangeKernel = (series, windows, out, row, _args, call, evaluation) => {
  noteIgnoredHistograms(series, windows, call, evaluation)
  const { steps, lo, hi } = windows
  const window = new SortedWindow(series.values, series.from, scratchNumbers(series.count))
  for (let s = 0; s < steps; s++) {
    const first = lo[s] as number
    const end = hi[s] as number
    if (end <= first) continue
    window.move(first, end)
    setFloat(out, row * out.steps + s, window.nans > 0 ? NaN : medianDeviation(window))
  }
}

export const quantileFunctions: RangeFunctionTable = {
  quantile_over_time: { kernel: quantileKernel, name: 'drop' },
  mad_over_time: { kernel: madKernel, name: 'drop' },
}

function warnQuantile(q: number, call: Call, { annotations }: Evaluation): void {
  annotations.warn(`quantile value should be between 0 and 1, got ${formatGoFloat(q)}`, spanOf(call))
}

/** Values in order, NaNs first. */
interface Ordered {
  readonly size: number
  at(place: number): number
}

function quantileOf(ordered: Ordered, q: number): number {
  if (Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const rank = q * (ordered.size - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(ordered.size - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return ordered.at(lower) * (1 - weight) + ordered.at(upper) * weight
}

function medianDeviation(window: SortedWindow): number {
  const median = quantileOf(window, 0.5)
  if (!Number.isFinite(median)) return quantileOf(deviations(window, median), 0.5)
  const { size } = window
  const rank = 0.5 * (size - 1)
  const weight = rank - Math.floor(rank)
  // The smallest deviations are next to the median: walk outwards from it.
  let below = Math.floor(rank)
  let above = below + 1
  let lower = 0
  let upper = 0
  for (let place = 0; place <= Math.min(size - 1, Math.floor(rank) + 1); place++) {
    const down = below < 0 ? Infinity : Math.abs(window.at(below) - median)
    const up = above >= size ? Infinity : Math.abs(window.at(above) - median)
    lower = place === 0 ? 0 : upper
    if (above >= size || (below >= 0 && down <= up)) {
      upper = down
      below--
    } else {
      upper = up
      above++
    }
  }
  if (size === 1) lower = upper
  return lower * (1 - weight) + upper * weight
}

function deviations(window: SortedWindow, median: number): Ordered {
  const values = Array.from({ length: window.size }, (_, i) => Math.abs(window.at(i) - median))
  values.sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b))
  return { size: values.length, at: (place) => values[place] as number }
}
