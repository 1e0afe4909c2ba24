/** What kernels need to know of their call: the range's extent, where annotations point, and what they say. */
import { quote } from '../../../core/go-text.ts'
import type { LabelColumns } from '../../../signals/metrics.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Evaluation } from '../eval/context.ts'
import { executionFailed } from '../eval/errors.ts'
import { FLOAT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { Call, Expression, Span } from '../syntax/ast.ts'
import type { Extent, RangeFunctionEntry, RangeFunctionTable, WindowedSeries, Windows } from './range-contract.ts'

/** The range vector among the arguments. */
export function rangeArgument(call: Call): Expression | undefined {
  for (const arg of call.args) {
    const inner = withoutParens(arg)
    if (inner.kind === 'matrix' || inner.kind === 'subquery') return inner
  }
  return undefined
}

export function extentOf(call: Call): Extent | undefined {
  const range = rangeArgument(call)
  return range?.kind === 'matrix' ? range.selector.extent : undefined
}

/** Fails when the call's range has an extent that the function can't take. Follows Prometheus' words. */
export function checkExtent(call: Call, functions: RangeFunctionTable): void {
  const extent = extentOf(call)
  if (extent === undefined) return
  const { name } = call.func
  const takesIt = (entry: RangeFunctionEntry | undefined): boolean => entry?.extents?.includes(extent) === true
  if (takesIt(functions[name])) return
  const able = Object.keys(functions).filter((other) => takesIt(functions[other]))
  const message = `${extent} modifier can only be used with: ${able.sort().join(', ')} - not with ${name}`
  throw executionFailed({ message })
}

/** Where annotations of the call point: its first argument. A subquery has no place of its own, as in Prometheus. */
export function spanOf(call: Call): Span {
  const first = call.args[0]
  if (first === undefined) return call.span
  const inner = withoutParens(first)
  return inner.kind === 'subquery' ? { start: 0, end: 0 } : inner.span
}

function withoutParens(expression: Expression): Expression {
  return expression.kind === 'parens' ? withoutParens(expression.inner) : expression
}

/** The metric name as annotations show it. */
export function quotedName({ labels }: WindowedSeries): string {
  return quote(labels().name)
}

/** For functions of floats only: tells of histograms that stand beside floats in any window. */
export function noteIgnoredHistograms(
  series: WindowedSeries,
  windows: Windows,
  call: Call,
  { annotations }: Evaluation,
): void {
  if (!hasMixedWindow(windows)) return
  const text = `ignored histograms in a range containing both floats and histograms for metric name ${quotedName(series)}`
  annotations.info(text, spanOf(call))
}

function hasMixedWindow({ lo, hi, histogramLo, histogramHi }: Windows): boolean {
  if (histogramLo === undefined || histogramHi === undefined) return false
  return lo.some((first, s) => first < (hi[s] as number) && (histogramLo[s] as number) < (histogramHi[s] as number))
}

/** The windows without the floats of those that hold histograms too. */
export function withoutMixed(windows: Windows): Windows {
  const { lo, histogramLo, histogramHi } = windows
  if (histogramLo === undefined || histogramHi === undefined) return windows
  const hi = windows.hi.map((last, s) =>
    (histogramLo[s] as number) < (histogramHi[s] as number) ? (lo[s] as number) : last,
  )
  return { ...windows, hi, memo: undefined }
}

const COUNTER_SUFFIXES = ['_total', '_sum', '_count', '_bucket']

/** An info for each metric of floats that does not look like a counter. Follows rate and increase in promql/engine.go@v3.14. */
export function noteNonCounters(selected: LabelColumns, out: StepVector, call: Call, evaluation: Evaluation): void {
  const { annotations, dialect } = evaluation
  const names = selected.column(METRIC_NAME)
  const types = dialect.typeAndUnitLabels ? selected.column('__type__') : undefined
  const seen = new Set<number>()
  for (let row = 0; row < selected.size; row++) {
    const key = (names.ids[row] as number) * 2 ** 20 + (types?.ids[row] ?? 0)
    if (seen.has(key) || !hasFloat(out, row)) continue
    seen.add(key)
    const name = names.valueOf(names.ids[row] as number)
    const text = name === '' ? undefined : nonCounterText(name, types?.valueOf(types.ids[row] as number))
    if (text !== undefined) annotations.info(text, spanOf(call))
  }
}

function nonCounterText(name: string, type: string | undefined): string | undefined {
  if (type === undefined) {
    if (COUNTER_SUFFIXES.some((suffix) => name.endsWith(suffix))) return undefined
    return `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(name)}`
  }
  if (type === 'counter' || type === 'histogram') return undefined
  const got = `got ${quote(type)}: ${quote(name)}`
  return `metric might not be a counter, __type__ label is not set to "counter" or "histogram", ${got}`
}

function hasFloat({ kinds, steps }: StepVector, row: number): boolean {
  for (let cell = row * steps; cell < (row + 1) * steps; cell++) if (kinds[cell] === FLOAT) return true
  return false
}
