/** double_exponential_smoothing (Holt-Winters). Follows promql/functions.go@v3.14. */
import { executionFailed } from '../eval/errors.ts'
import { setFloat } from '../eval/vector.ts'
import { noteIgnoredHistograms } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel, Windows } from './range-contract.ts'

const kernel: RangeKernel = (series, windows, out, row, args, call, evaluation) => {
  const [, smoothing, trend] = args as readonly Float64Array[]
  for (let s = 0; s < windows.steps; s++) {
    if (isEmpty(windows, s)) continue
    const ofValue = factor('smoothing', smoothing?.[s] as number)
    const ofTrend = factor('trend', trend?.[s] as number)
    const first = series.from + (windows.lo[s] as number)
    const end = series.from + (windows.hi[s] as number)
    if (end - first < 2) continue
    setFloat(out, row * out.steps + s, smoothed(series.values, first, end, ofValue, ofTrend))
  }
  noteIgnoredHistograms(series, windows, call, evaluation)
}

export const smoothingFunctions: RangeFunctionTable = {
  double_exponential_smoothing: { kernel, name: 'drop' },
}

function isEmpty({ lo, hi, histogramLo, histogramHi }: Windows, s: number): boolean {
  return lo[s] === hi[s] && (histogramLo === undefined || histogramLo[s] === histogramHi?.[s])
}

function factor(what: 'smoothing' | 'trend', value: number): number {
  if (!(value <= 0 || value >= 1)) return value
  const letters = what === 'smoothing' ? 'sf' : 'tf'
  const message = `invalid ${what} factor. Expected: 0 < ${letters} < 1, got: ${sixDigits(value)}`
  throw executionFailed({ message })
}

/** As Go prints `%f`. */
function sixDigits(value: number): string {
  if (Number.isFinite(value)) return value.toFixed(6)
  return value > 0 ? '+Inf' : '-Inf'
}

function smoothed(values: Float64Array, first: number, end: number, ofValue: number, ofTrend: number): number {
  let before = 0
  let level = values[first] as number
  let slope = (values[first + 1] as number) - level
  for (let at = first + 1; at < end; at++) {
    const x = ofValue * (values[at] as number)
    if (at > first + 1) slope = ofTrend * (level - before) + (1 - ofTrend) * slope
    const y = (1 - ofValue) * (level + slope)
    before = level
    level = x + y
  }
  return level
}
