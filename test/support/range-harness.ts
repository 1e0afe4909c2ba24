/** Runs one function over range vectors on one series, without an engine. */
import { LabelSet } from '../../src/model/labels.ts'
import type { Evaluation } from '../../src/query/promql/eval/context.ts'
import { Annotations } from '../../src/query/promql/eval/annotations.ts'
import { ABSENT, emptyTable, FLOAT } from '../../src/query/promql/eval/vector.ts'
import type { StepVector } from '../../src/query/promql/eval/vector.ts'
import { LabelList } from '../../src/query/promql/eval/label-columns.ts'
import { windowShape, windowsOf, withHistograms } from '../../src/query/promql/eval/windows.ts'
import type { WindowShape } from '../../src/query/promql/eval/windows.ts'
import type {
  Extent,
  HistogramSample,
  WindowedSeries,
  Windows,
} from '../../src/query/promql/functions/range-contract.ts'
import { rangeFunctions } from '../../src/query/promql/functions/range-table.ts'
import type { Call, MatrixSelector } from '../../src/query/promql/syntax/ast.ts'
import type { ReferencePoint } from './range-reference.ts'

const span = { start: 0, end: 0 }

export interface RangeRun {
  readonly name: string
  /** One list a series; those whose times are equal share their windows. */
  readonly series: readonly (readonly ReferencePoint[])[]
  readonly histograms?: readonly HistogramSample[]
  readonly grid: { readonly start: number; readonly step: number; readonly count: number }
  readonly range: number
  readonly args?: readonly (number | undefined)[]
  readonly extent?: Extent
}

export const LOOKBACK = 300_000

export function runRange(run: RangeRun): { readonly out: StepVector; readonly annotations: Annotations } {
  const { name, grid, series, range, extent } = run
  const ends = Float64Array.from({ length: grid.count }, (_, s) => grid.start + s * grid.step)
  const shape = windowShape(ends, range, extent, LOOKBACK)
  const labels = series.map((_, i) => LabelSet.of({ __name__: 'm', i: String(i) }))
  const out = emptyTable(new LabelList(labels), grid.count)
  const annotations = new Annotations(name)
  const args = (run.args ?? []).map((value) =>
    value === undefined ? undefined : new Float64Array(grid.count).fill(value),
  )
  const evaluation = { grid, annotations, dialect: { useStartTimestamps: true } } as Partial<Evaluation> as Evaluation
  const shared = new Map<string, Windows>()
  for (const [row, points] of series.entries()) {
    const one = seriesOf(points, run.histograms ?? [], labels[row] as LabelSet)
    const windows = sharedWindows(shared, one, shape)
    rangeFunctions[name]?.kernel(one, windows, out, row, args, rangeCall(name, extent), evaluation)
  }
  return { out, annotations }
}

function seriesOf(
  points: readonly ReferencePoint[],
  histograms: readonly HistogramSample[],
  labels: LabelSet,
): WindowedSeries {
  // Places before the first, so that a kernel that forgets where a series begins is found out.
  return {
    times: Float64Array.from([-1, -1, ...points.map(({ t }) => t)]),
    timeFrom: 2,
    values: Float64Array.from([1e9, 7, -3, ...points.map(({ v }) => v), -1e9]),
    from: 3,
    starts: points.some(({ start }) => start !== 0)
      ? Float64Array.from([5, 5, 5, ...points.map(({ start }) => start), 5])
      : undefined,
    count: points.length,
    rises: points.every(({ v }, i) => !(v < (points[i - 1]?.v ?? -Infinity))),
    histograms,
    labels: () => labels,
  }
}

function sharedWindows(shared: Map<string, Windows>, series: WindowedSeries, shape: WindowShape): Windows {
  const key = series.times.join(' ')
  const windows = shared.get(key) ?? windowsOf(series.times, series.timeFrom, series.count, shape)
  shared.set(key, windows)
  return series.histograms.length === 0 ? windows : withHistograms(windows, series.histograms, shape)
}

export function rangeCall(name: string, extent?: Extent): Call {
  const modifiers = { offset: 0, offsetExpr: undefined, at: undefined }
  const selector = { kind: 'selector' as const, span, name: 'm', matchers: [], extent, ...modifiers }
  const matrix: MatrixSelector = { kind: 'matrix', span, selector, window: 0, windowExpr: undefined }
  const func = { name, args: ['matrix' as const], variadic: 0, returns: 'vector' as const, experimental: false }
  return { kind: 'call', span, func, args: [matrix] }
}

/** The floats of a row; undefined where there is none. */
export function floatsOf({ kinds, values, steps }: StepVector, row = 0): (number | undefined)[] {
  return Array.from({ length: steps }, (_, s) => {
    const cell = row * steps + s
    if (kinds[cell] === ABSENT) return undefined
    return kinds[cell] === FLOAT ? values[cell] : NaN
  })
}
