/**
 * Parts of an expression that have the same value at every step, because `@` fixes their time: they are evaluated once and
 * repeated. Follows preprocessExprHelper, promql/engine.go@v3.14.
 */
import type { Call, Expression } from '../syntax/ast.ts'

/** Functions whose result depends on the time of evaluation or on the timestamps of their argument. */
const OF_THE_TIME: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
])

/** Knows which nodes of one resolved expression are worth evaluating once. */
export class Invariance {
  readonly #known = new Map<Expression, boolean>()

  /** Literals cost nothing and range vectors are read by their function: neither is ever evaluated once and repeated. */
  isRepeated(node: Expression): boolean {
    return isRepeatable(node) && this.#isInvariant(node)
  }

  #isInvariant(node: Expression): boolean {
    let known = this.#known.get(node)
    if (known === undefined) {
      known = this.#find(node)
      this.#known.set(node, known)
    }
    return known
  }

  #find(node: Expression): boolean {
    switch (node.kind) {
      case 'number':
      case 'string':
        return true
      case 'selector':
        return node.at !== undefined
      case 'matrix':
        return node.selector.at !== undefined
      case 'subquery':
        return node.at !== undefined
      case 'aggregation':
      case 'parens':
        return this.#isInvariant(node.inner)
      case 'unary':
        return this.#isInvariant(node.operand)
      case 'binary':
        return this.#isInvariant(node.left) && this.#isInvariant(node.right)
      case 'call':
        return this.#isInvariantCall(node)
    }
  }

  #isInvariantCall({ func, args }: Call): boolean {
    const areArgs = args.every((arg) => this.#isInvariant(arg))
    // The timestamps of a selector that is fixed in time are fixed too.
    if (func.name === 'timestamp' && areArgs && args.every(({ kind }) => kind === 'selector')) return true
    return areArgs && !OF_THE_TIME.has(func.name)
  }
}

function isRepeatable(node: Expression): boolean {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'matrix':
    case 'subquery':
      return false
    case 'parens':
      return isRepeatable(node.inner)
    case 'unary':
      return isRepeatable(node.operand)
    case 'selector':
    case 'aggregation':
    case 'binary':
    case 'call':
      return true
  }
}
