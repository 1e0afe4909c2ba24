/** What our own parser knows of a query before the server is asked. */
import { durationMs, parseDuration } from '../../../../src/core/time.ts'
import type { Expression, VectorSelector } from '../../../../src/query/promql/syntax/ast.ts'
import { parseExpression } from '../../../../src/query/promql/syntax/parse.ts'
import { printExpression } from '../../../../src/query/promql/syntax/print.ts'
import { selectorsOf, typeOf, visit } from '../../../../src/query/promql/syntax/walk.ts'

export interface QueryShape {
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  /** The stored series that it reads, each as text. */
  readonly selectors: readonly string[]
  /** The same without range, offset and `@`, as listings of series take them. */
  readonly matchers: readonly string[]
  /** The same as range vectors of a given length. */
  readonly asRange: (window: string) => readonly string[]
  /** The value of the result is an observation: a quantile or an average, not a count or a rate of them. */
  readonly isObservation: boolean
  /** What a quantile is taken of: the buckets that a heatmap can show. */
  readonly buckets: string | undefined
}

const PLAIN = { offset: 0, offsetExpr: undefined, at: undefined, extent: undefined } as const

const OBSERVATIONS: ReadonlySet<string> = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_avg'])

/** Undefined for what is no query. */
export function shapeOf(query: string): QueryShape | undefined {
  let expression: Expression
  try {
    expression = parseExpression(query)
  } catch {
    return undefined
  }
  const selectors = distinct(selectorsOf(expression))
  return {
    type: typeOf(expression),
    selectors: selectors.map(printExpression),
    matchers: selectors.map((one) => printExpression({ ...one, ...PLAIN })),
    asRange: (window) => rangesOf(expression, selectors, window),
    ...quantileOf(expression),
  }
}

function distinct(selectors: readonly VectorSelector[]): readonly VectorSelector[] {
  return [...new Map(selectors.map((one) => [printExpression(one), one])).values()]
}

/** A range vector stays as it is; of anything else, the selectors get the window. */
function rangesOf(expression: Expression, selectors: readonly VectorSelector[], window: string): readonly string[] {
  if (typeOf(expression) === 'matrix') return [printExpression(expression)]
  const ms = parseDuration(window) ?? durationMs(300_000)
  return selectors.map((selector) =>
    printExpression({
      kind: 'matrix',
      span: selector.span,
      // Both are modifiers of ranges in use, not of what is stored.
      selector: { ...selector, extent: undefined },
      window: ms,
      windowExpr: undefined,
    }),
  )
}

function quantileOf(expression: Expression): Pick<QueryShape, 'isObservation' | 'buckets'> {
  let isObservation = false
  let buckets: string | undefined
  visit(expression, (node, path) => {
    if (node.kind !== 'call' || !OBSERVATIONS.has(node.func.name)) return
    if (path.every(({ kind }) => kind === 'parens' || kind === 'aggregation')) isObservation = true
    const inner = node.args.find((arg) => typeOf(arg) === 'vector')
    buckets ??= inner === undefined ? undefined : printExpression(inner)
  })
  return { isObservation, buckets }
}
