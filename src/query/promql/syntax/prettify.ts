/** Expressions over several lines where they are long. Follows promql/parser/prettier.go@v3.14. */
import type { Expression } from './ast.ts'
import { printAggregationHead, printNode, printOperator, printSubqueryEnd } from './print.ts'

/** Bytes above which Prometheus splits an expression. */
const MAX_LINE = 100

/** The expression as `/api/v1/format_query` answers it: split where it is longer than `maxLine` bytes. */
export function prettify(expression: Expression, maxLine = MAX_LINE): string {
  return new Prettifier(maxLine).print(expression, 0)
}

class Prettifier {
  readonly #maxLine: number
  /** Each expression on one line: without it, deep trees would be printed over and over. */
  readonly #lines = new Map<Expression, string>()

  constructor(maxLine: number) {
    this.#maxLine = maxLine
  }

  print(expression: Expression, level: number): string {
    const indent = '  '.repeat(level)
    const line = this.#line(expression)
    switch (expression.kind) {
      case 'number':
      case 'string':
      case 'selector':
      case 'matrix':
        return indent + line
      case 'unary':
        return indent + expression.op + this.print(expression.operand, level).trim()
      case 'subquery':
        // Prometheus doesn't indent a short one.
        return this.#isShort(line) ? line : this.print(expression.inner, level) + printSubqueryEnd(expression)
      case 'call':
      case 'aggregation':
      case 'binary':
      case 'parens':
        return this.#isShort(line) ? indent + line : this.#split(expression, level)
    }
  }

  #split(
    expression: Extract<Expression, { kind: 'call' | 'aggregation' | 'binary' | 'parens' }>,
    level: number,
  ): string {
    switch (expression.kind) {
      case 'parens':
        return this.#enclosed('', [expression.inner], level)
      case 'call':
        return this.#enclosed(expression.func.name, expression.args, level)
      case 'aggregation': {
        const { param, inner } = expression
        return this.#enclosed(printAggregationHead(expression), param === undefined ? [inner] : [param, inner], level)
      }
      case 'binary': {
        const operator = '  '.repeat(level) + printOperator(expression)
        const { left, right } = expression
        return `${this.print(left, level + 1)}\n${operator}\n${this.print(right, level + 1)}`
      }
    }
  }

  #enclosed(head: string, inner: readonly Expression[], level: number): string {
    const indent = '  '.repeat(level)
    const lines = inner.map((one) => this.print(one, level + 1)).join(',\n')
    return `${indent}${head}(\n${lines}\n${indent})`
  }

  readonly #line = (expression: Expression): string => {
    const known = this.#lines.get(expression)
    if (known !== undefined) return known
    const line = printNode(expression, this.#line)
    this.#lines.set(expression, line)
    return line
  }

  #isShort(line: string): boolean {
    return line.length <= this.#maxLine && new TextEncoder().encode(line).length <= this.#maxLine
  }
}
