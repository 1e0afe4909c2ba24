/** `explain`: what each part of a query did, beside its result. */
import type { QueryResult } from '../../query/promql/engine.ts'
import type { Expression } from '../../query/promql/syntax/ast.ts'
import { printExpression } from '../../query/promql/syntax/print.ts'
import { children, typeOf } from '../../query/promql/syntax/walk.ts'

/** One node of the evaluated expression. */
export interface ExplainedNode {
  /** The part of the query that it is, as it was evaluated: durations and `@` are numbers. */
  readonly text: string
  readonly kind: Expression['kind']
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  /** UTF-16 offsets in the query. */
  readonly start: number
  readonly end: number
  /**
   * Series of its result, samples read for it and ms spent; left out for nodes that were not evaluated by themselves. Of a
   * selector within a range function, the series that it read.
   */
  readonly series?: number
  readonly steps?: number
  readonly samples?: number
  readonly elapsedMs?: number
  /** How its samples were found. */
  readonly route?: string
  readonly children: readonly ExplainedNode[]
}

export function explained({ expression, probe }: QueryResult): ExplainedNode {
  return explainedNode(expression, probe)
}

function explainedNode(node: Expression, probe: QueryResult['probe']): ExplainedNode {
  const trace = probe.of(node)
  const facts = trace && {
    ...(trace.evaluations === 0
      ? { series: trace.seriesRead }
      : { series: trace.series, steps: trace.steps, elapsedMs: Math.round(trace.elapsedMs * 1000) / 1000 }),
    ...(trace.samples > 0 ? { samples: trace.samples } : {}),
    ...(trace.route === undefined ? {} : { route: trace.route }),
  }
  return {
    text: printExpression(node),
    kind: node.kind,
    type: typeOf(node),
    start: node.span.start,
    end: node.span.end,
    ...facts,
    children: children(node).map((child) => explainedNode(child, probe)),
  }
}
