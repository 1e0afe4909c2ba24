/** Expressions over several lines where they are long. Follows promql/parser/prettier.go@v3.14. */
import type { Expression } from './ast.ts'
import { printAggregationHead, printExpression, printOperator, printSubqueryEnd } from './print.ts'

/** Bytes above which Prometheus splits an expression. */
const MAX_LINE = 100

/** The expression as `/api/v1/format_query` answers it: split where it is longer than `maxLine` bytes. */
export function prettify(expression: Expression, maxLine = MAX_LINE): string {
  return pretty(expression, 0, maxLine)
}

function pretty(expression: Expression, level: number, maxLine: number): string {
  const indent = '  '.repeat(level)
  const line = printExpression(expression)
  const isShort = byteLength(line) <= maxLine
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return indent + line
    case 'subquery':
      // Prometheus doesn't indent a short one.
      return isShort ? line : pretty(expression.inner, level, maxLine) + printSubqueryEnd(expression)
    case 'unary':
      return indent + expression.op + pretty(expression.operand, level, maxLine).trim()
    case 'parens':
      return isShort ? indent + line : enclosed(`${indent}(`, [expression.inner], level, maxLine)
    case 'call':
      return isShort ? indent + line : enclosed(`${indent}${expression.func.name}(`, expression.args, level, maxLine)
    case 'aggregation': {
      const { param, inner } = expression
      const args = param === undefined ? [inner] : [param, inner]
      return isShort ? indent + line : enclosed(`${indent}${printAggregationHead(expression)}(`, args, level, maxLine)
    }
    case 'binary': {
      if (isShort) return indent + line
      const { left, right } = expression
      return `${pretty(left, level + 1, maxLine)}\n${indent}${printOperator(expression)}\n${pretty(right, level + 1, maxLine)}`
    }
  }
}

function enclosed(head: string, inner: readonly Expression[], level: number, maxLine: number): string {
  const lines = inner.map((one) => pretty(one, level + 1, maxLine)).join(',\n')
  return `${head}\n${lines}\n${'  '.repeat(level)})`
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
