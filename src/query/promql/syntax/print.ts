/** Expressions as text and as the tree that the Prometheus API shows. Follows promql/parser/printer.go and web/api/v1/translate_ast.go. */
import { durationMs, printDuration } from '../../../core/time.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import type { Expression } from './expression.ts'
import type { SelectorQuery } from './selector.ts'

/** The expression as Prometheus formats it. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.isDuration === true ? printSigned(expression.value * 1000) : printNumber(expression.value)
    case 'string':
      return JSON.stringify(expression.value)
    case 'selector':
      return printSelector(expression)
    case 'parens':
      return `(${printExpression(expression.inner)})`
    case 'unary':
      return expression.op + printExpression(expression.operand)
    case 'binary':
      return `${printExpression(expression.left)} ${expression.op} ${printExpression(expression.right)}`
    case 'vector':
      return `vector(${printExpression(expression.argument)})`
  }
}

/** The expression as a tree of plain objects, for `/api/v1/parse_query`. */
export function expressionTree(expression: Expression): Readonly<Record<string, unknown>> {
  switch (expression.kind) {
    case 'number':
      return { type: 'numberLiteral', val: printNumber(expression.value) }
    case 'string':
      return { type: 'stringLiteral', val: expression.value }
    case 'selector':
      return selectorTree(expression)
    case 'parens':
      return { type: 'parenExpr', expr: expressionTree(expression.inner) }
    case 'unary':
      return { type: 'unaryExpr', op: expression.op, expr: expressionTree(expression.operand) }
    case 'binary': {
      const sides = { lhs: expressionTree(expression.left), rhs: expressionTree(expression.right) }
      return { type: 'binaryExpr', op: expression.op, ...sides, matching: null, bool: false }
    }
    case 'vector': {
      const func = { name: 'vector', argTypes: ['scalar'], variadic: 0, returnType: 'vector' }
      return { type: 'call', func, args: [expressionTree(expression.argument)] }
    }
  }
}

function selectorTree({ name, selector, window, offset, at }: SelectorQuery): Readonly<Record<string, unknown>> {
  return {
    type: window === undefined ? 'vectorSelector' : 'matrixSelector',
    name,
    ...(window === undefined ? {} : { range: window, rangeExpr: null }),
    offset,
    offsetExpr: null,
    matchers: selector.map((matcher) => ({ name: matcher.name, value: matcher.value, type: matcher.op })),
    timestamp: typeof at === 'number' ? at : null,
    startOrEnd: typeof at === 'string' ? at : null,
    anchored: false,
    smoothed: false,
  }
}

function printSelector({ name, selector, window, offset, at }: SelectorQuery): string {
  const isName = (matcher: Matcher): boolean =>
    matcher.name === METRIC_NAME && matcher.op === '=' && matcher.value === name && name !== ''
  const matchers = selector.filter((matcher) => !isName(matcher)).map(printMatcher)
  const braces = matchers.length === 0 ? '' : `{${matchers.sort().join(',')}}`
  const range = window === undefined ? '' : `[${printDuration(window)}]`
  const fixed = typeof at === 'number' ? (at / 1000).toFixed(3) : `${at}()`
  const shift = offset === 0 ? '' : ` offset ${printSigned(offset)}`
  return `${name}${braces}${range}${at === undefined ? '' : ` @ ${fixed}`}${shift}`
}

function printSigned(ms: number): string {
  return (ms < 0 ? '-' : '') + printDuration(durationMs(Math.abs(ms)))
}

function printMatcher({ name, op, value }: Matcher): string {
  const label = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)
  return `${label}${op}${JSON.stringify(value)}`
}

/** Go's shortest 'f' format: digits only, however many. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`
  if (Object.is(value, -0)) return '-0'
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  const digits = whole + fraction
  const point = whole.length + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
