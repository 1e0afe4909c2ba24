import { BongsuError, defineError } from '../../../core/errors.ts'
import type { Span } from './ast.ts'
import { lineAndColumn } from './position.ts'

const syntax = defineError<{ position: string; message: string }>({
  code: 'promql.syntax',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ position, message }) => `${position}: parse error: ${message}`,
  advice: 'Correct the query at the position told.',
})

/** One thing that is wrong with a query, and where. */
export interface SyntaxProblem {
  readonly span: Span
  readonly message: string
}

/** A query that is none. Its message tells the first problem, as Prometheus does; `problems` has all of them. */
export class PromqlSyntaxError extends BongsuError {
  readonly problems: readonly SyntaxProblem[]

  constructor(query: string, problems: readonly [SyntaxProblem, ...SyntaxProblem[]]) {
    const [{ span, message }] = problems
    super(syntax.definition, syntax.definition.message({ position: positionOf(query, span), message }))
    this.problems = problems
  }
}

/** Throws a `PromqlSyntaxError` when there are problems. */
export function throwProblems(query: string, [first, ...rest]: readonly SyntaxProblem[]): void {
  if (first !== undefined) throw new PromqlSyntaxError(query, [first, ...rest])
}

function positionOf(query: string, { start }: Span): string {
  if (query === '') return 'unknown position'
  const { line, column } = lineAndColumn(query, start)
  return `${line}:${column}`
}
