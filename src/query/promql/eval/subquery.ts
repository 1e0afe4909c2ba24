/** Subqueries: the inner expression on a grid of its own, read as the samples of a range vector. Follows evalSubquery, promql/engine.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { HistogramSample, WindowedSeries } from '../functions/range-contract.ts'
import type { Subquery } from '../syntax/ast.ts'
import type { Evaluation } from './context.ts'
import { timeAt } from './grid.ts'
import type { Grid } from './grid.ts'
import { WindowRun } from './range-leaf.ts'
import type { RangeCall } from './range-leaf.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import { ABSENT, emptyTable, FLOAT, HISTOGRAM, histogramAt } from './vector.ts'
import type { StepVector } from './vector.ts'
import { windowShape } from './windows.ts'

/** The times at which the inner expression is evaluated: multiples of the subquery's step within all windows. */
export function subqueryGrid(subquery: Subquery, { grid, dialect }: Evaluation): Grid {
  const step = subquery.step === 0 ? dialect.defaultSubqueryStep : subquery.step
  const { start, end } = neededRange(referencesOf(subquery, grid), subquery.window, 0)
  const first = Math.ceil(start / step) * step
  const last = end - 1
  return { start: first, step, count: Math.max(0, Math.floor((last - first) / step) + 1) }
}

function referencesOf(subquery: Subquery, grid: Grid): Float64Array {
  return referenceTimes(grid, { at: subquery.at as number | undefined, offset: subquery.offset })
}

/** The function over the inner expression's values `inner` on the subquery's grid; one row a row of `inner`. */
export function evaluateOverSubquery(
  subquery: Subquery,
  inner: StepVector,
  call: RangeCall,
  evaluation: Evaluation,
): StepVector {
  const { grid } = evaluation
  const table = emptyTable(inner.labels, grid.count, inner.dropName)
  const shape = windowShape(referencesOf(subquery, grid), subquery.window, undefined, 0)
  const tally = evaluation.tally?.windows({ isStored: false, isFixed: subquery.at !== undefined })
  const run = new WindowRun(call, shape, evaluation, tally)
  run.begin(0)
  for (const { row, series, ownTimes } of seriesOf(inner, subqueryGrid(subquery, evaluation))) {
    run.write(series, table, row, ownTimes)
  }
  tally?.results(table)
  return table
}

function* seriesOf(
  inner: StepVector,
  grid: Grid,
): Generator<{
  row: number
  series: WindowedSeries
  ownTimes: boolean
}> {
  const all = Float64Array.from({ length: grid.count }, (_, s) => timeAt(grid, s))
  for (let row = 0; row < inner.labels.size; row++) {
    const labels = (): ReturnType<WindowedSeries['labels']> => inner.labels.at(row)
    const from = row * inner.steps
    const kinds = inner.kinds.subarray(from, from + inner.steps)
    const common = { timeFrom: 0, starts: undefined, labels }
    if (kinds.every((kind) => kind === FLOAT)) {
      const dense = { times: all, values: inner.values, from, count: inner.steps, histograms: [] }
      yield { row, series: { ...common, ...dense }, ownTimes: false }
    } else yield { row, series: { ...common, ...present(inner, row, all) }, ownTimes: true }
  }
}

/** The samples of a row with gaps or histograms. */
function present(
  inner: StepVector,
  row: number,
  all: Float64Array,
): Pick<WindowedSeries, 'times' | 'values' | 'from' | 'count' | 'histograms'> {
  const times: number[] = []
  const values: number[] = []
  const histograms: HistogramSample[] = []
  for (let s = 0; s < inner.steps; s++) {
    const cell = row * inner.steps + s
    const kind = inner.kinds[cell] as number
    if (kind === ABSENT) continue
    const t = all[s] as number
    if (kind === HISTOGRAM) histograms.push({ t, value: withoutHint(histogramAt(inner, cell)), start: 0 })
    else {
      times.push(t)
      values.push(inner.values[cell] as number)
    }
  }
  return {
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    from: 0,
    count: times.length,
    histograms,
  }
}

/** Samples of a subquery may leave out or repeat stored ones, so what each said of a counter reset is void. */
function withoutHint(value: NativeHistogram): NativeHistogram {
  return value.resetHint === 'reset' || value.resetHint === 'not_reset' ? { ...value, resetHint: 'unknown' } : value
}
