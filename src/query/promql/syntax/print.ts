/** Expressions as text, as Prometheus formats them. Follows promql/parser/printer.go@v3.14. */
import { compareUtf8 } from '../../../core/utf8.ts'
import { durationMs, printDuration } from '../../../core/time.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import { isLabelName } from '../../../model/names.ts'
import type {
  Aggregation,
  BinaryExpression,
  DurationExpression,
  Expression,
  MatrixSelector,
  Modifiers,
  NumberLiteral,
  Subquery,
  VectorSelector,
} from './ast.ts'
import { formatGoDecimal, formatGoFloat } from '../../../core/go-number.ts'
import { formatFixed, quote } from '../../../core/go-text.ts'

/** The expression on one line; it parses to the same tree. */
export function printExpression(expression: Expression): string {
  return printNode(expression, printExpression)
}

/** The expression on one line, with what is below it as `print` has it. */
export function printNode(expression: Expression, print: (inner: Expression) => string): string {
  switch (expression.kind) {
    case 'number':
      return printNumber(expression)
    case 'string':
      return quote(expression.value)
    case 'selector':
      return printSelector(expression)
    case 'matrix':
      return printMatrix(expression)
    case 'subquery':
      return print(expression.inner) + printSubqueryEnd(expression)
    case 'call':
      return `${expression.func.name}(${expression.args.map(print).join(', ')})`
    case 'aggregation':
      return printAggregation(expression, print)
    case 'binary': {
      const { left, right } = expression
      return `${print(left)} ${printOperator(expression)} ${print(right)}`
    }
    case 'unary':
      return expression.op + print(expression.operand)
    case 'parens':
      return `(${print(expression.inner)})`
  }
}

/** `sum by (job) `: an aggregation up to its parenthesis. */
export function printAggregationHead({ op, grouping, without }: Aggregation): string {
  if (without) return `${op} without (${printLabels(grouping)}) `
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op
}

/** An operator with everything up to its right side. */
export function printOperator({ op, returnsBool, matching }: BinaryExpression): string {
  const head = returnsBool ? `${op} bool` : op
  if (matching === undefined) return head
  const { on, labels, include, cardinality, fill } = matching
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  let text = head
  if (labels.length > 0 || on || isGrouped) text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`
  if (isGrouped) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`
  return text + printFill(fill.left, fill.right)
}

function printFill(left: number | undefined, right: number | undefined): string {
  if (left !== undefined && left === right) return ` fill (${formatGoFloat(left)})`
  const first = left === undefined ? '' : ` fill_left (${formatGoFloat(left)})`
  return right === undefined ? first : `${first} fill_right (${formatGoFloat(right)})`
}

/** What stands behind a subquery's expression: `[1h:5m] offset 1d`. */
export function printSubqueryEnd(subquery: Subquery): string {
  const { window, windowExpr, step, stepExpr } = subquery
  const range = printWindow(window, windowExpr)
  const every = step !== 0 || stepExpr !== undefined ? printWindow(step, stepExpr) : ''
  return `[${range}:${every}]${printAt(subquery)}${printOffset(subquery)}`
}

function printAggregation(expression: Aggregation, print: (inner: Expression) => string): string {
  const { param, inner } = expression
  const first = param === undefined ? '' : `${print(param)}, `
  return `${printAggregationHead(expression)}(${first}${print(inner)})`
}

function printSelector(selector: VectorSelector): string {
  return printSeries(selector) + printAt(selector) + printExtent(selector) + printOffset(selector)
}

function printMatrix({ selector, window, windowExpr }: MatrixSelector): string {
  const range = `[${printWindow(window, windowExpr)}]`
  return printSeries(selector) + range + printExtent(selector) + printAt(selector) + printOffset(selector)
}

function printSeries({ name, matchers }: VectorSelector): string {
  const isName = (one: Matcher): boolean =>
    one.name === METRIC_NAME && one.op === '=' && one.value === name && name !== ''
  const shown = matchers.filter((matcher) => !isName(matcher)).map(printMatcher)
  return shown.length === 0 ? name : `${name}{${shown.sort(compareUtf8).join(',')}}`
}

/** A matcher: `job="api"`. */
export function printMatcher({ name, op, value }: Matcher): string {
  return printLabel(name) + op + quote(value)
}

function printLabel(name: string): string {
  return isLabelName(name, 'legacy') ? name : quote(name)
}

function printLabels(labels: readonly string[]): string {
  return labels.map(printLabel).join(', ')
}

function printExtent({ extent }: VectorSelector): string {
  return extent === undefined ? '' : ` ${extent}`
}

function printAt({ at }: Modifiers): string {
  if (at === undefined) return ''
  return typeof at === 'number' ? ` @ ${formatFixed(at / 1000, 3)}` : ` @ ${at}()`
}

function printOffset({ offset, offsetExpr }: Modifiers): string {
  if (offsetExpr !== undefined) return ` offset ${printDurationExpression(offsetExpr)}`
  return offset === 0 ? '' : ` offset ${printSigned(offset)}`
}

function printWindow(ms: number, expression: DurationExpression | undefined): string {
  return expression === undefined ? printDuration(durationMs(ms)) : printDurationExpression(expression)
}

function printNumber({ value, isDuration }: Pick<NumberLiteral, 'value' | 'isDuration'>): string {
  return isDuration ? printSigned(Math.trunc(Math.trunc(value * 1e9) / 1e6), value < 0) : formatGoDecimal(value)
}

function printSigned(ms: number, isNegative = ms < 0): string {
  return (isNegative ? '-' : '') + printDuration(durationMs(Math.abs(ms)))
}

/** Arithmetic in place of a duration. A `+` before it shows nowhere. */
export function printDurationExpression(expression: DurationExpression): string {
  switch (expression.kind) {
    case 'duration':
      return printNumber({ value: expression.seconds, isDuration: expression.isDuration })
    case 'step':
    case 'range':
      return `${expression.kind}()`
    case 'min_of':
    case 'max_of': {
      const { kind, left, right } = expression
      return `${kind}(${printDurationExpression(left)}, ${printDurationExpression(right)})`
    }
    case 'unary':
      return (expression.op === '-' ? '-' : '') + printDurationExpression(expression.operand)
    case 'binary': {
      const { left, op, right } = expression
      return `${printDurationExpression(left)} ${op} ${printDurationExpression(right)}`
    }
    case 'parens':
      return `(${printDurationExpression(expression.inner)})`
  }
}
