/**
 * Makes a parsed expression ready for one query: whatever is written in terms of the query's own start, end, step and range
 * becomes a number, and superfluous parentheses around arguments go. Follows PreprocessExpr, promql/engine.go@v3.14.
 */
import { defineError } from '../../../core/errors.ts'
import type {
  AtModifier,
  Call,
  DurationExpression,
  Expression,
  MatrixSelector,
  Modifiers,
  NumberLiteral,
  Span,
  Subquery,
  VectorSelector,
} from '../syntax/ast.ts'

/** A query's time: of an instant query `start` is `end`, and `step` is 0. In ms. */
export interface QueryTime {
  readonly start: number
  readonly end: number
  readonly step: number
}

export const badDuration = defineError<{ message: string }>({
  code: 'promql.bad_duration',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ message }) => message,
  advice: 'Correct the arithmetic in the brackets or behind the offset.',
})

/** A duration in a resolved expression must be more than nothing, but for an offset. */
const MAX_SECONDS = 2 ** 63 / 1e9

/** The expression with every `@`, offset, range and step as a number. Throws `promql.bad_duration`. */
export function resolve(expression: Expression, query: QueryTime): Expression {
  return resolveNode(expression, { ...query, totals: false, buckets: false })
}

/** What the expressions around a node make of native histograms. */
interface Around extends QueryTime {
  /** histogram_count, histogram_sum or histogram_avg is among them. */
  readonly totals: boolean
  /** Something that needs whole histograms is among them. */
  readonly buckets: boolean
}

const USES_TOTALS: ReadonlySet<string> = new Set(['histogram_count', 'histogram_sum', 'histogram_avg'])
const USES_BUCKETS: ReadonlySet<string> = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction'])

function resolveNode(expression: Expression, time: Around): Expression {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression
    case 'selector':
      return resolveSelector(expression, time)
    case 'matrix':
      return resolveMatrix(expression, time)
    case 'subquery':
      return resolveSubquery(expression, time)
    case 'call':
      return resolveCall(expression, time)
    case 'aggregation': {
      const { inner, param } = expression
      const resolved = param === undefined ? undefined : resolveNode(withoutParens(param), time)
      return { ...expression, inner: resolveNode(withoutParens(inner), time), param: resolved }
    }
    case 'binary': {
      const { op, left, right } = expression
      const inside = op === '</' || op === '>/' ? { ...time, buckets: true } : time
      return { ...expression, left: resolveNode(left, inside), right: resolveNode(right, inside) }
    }
    case 'unary':
      return { ...expression, operand: resolveNode(expression.operand, time) }
    case 'parens':
      return { ...expression, inner: resolveNode(expression.inner, time) }
  }
}

/** The expression inside of all parentheses around it. */
export function withoutParens(expression: Expression): Expression {
  return expression.kind === 'parens' ? withoutParens(expression.inner) : expression
}

function resolveCall(call: Call, time: Around): Expression {
  const { name } = call.func
  const constant = ofTheQuery(name, time)
  if (constant !== undefined) return numberAt(constant, call.span)
  const inside = {
    ...time,
    totals: time.totals || USES_TOTALS.has(name),
    buckets: time.buckets || USES_BUCKETS.has(name),
  }
  return { ...call, args: call.args.map((arg) => resolveNode(withoutParens(arg), inside)) }
}

function ofTheQuery(name: string, { start, end, step }: QueryTime): number | undefined {
  switch (name) {
    case 'start':
      return start / 1000
    case 'end':
      return end / 1000
    case 'range':
      return (end - start) / 1000
    case 'step':
      return start === end ? 0 : step / 1000
    default:
      return undefined
  }
}

function numberAt(value: number, span: Span): NumberLiteral {
  return { kind: 'number', span, value, isDuration: false }
}

function resolveSelector(selector: VectorSelector, time: Around): VectorSelector {
  const resolved = { ...selector, ...resolveModifiers(selector, time) }
  return time.totals && !time.buckets ? { ...resolved, totalsOnly: true } : resolved
}

function resolveMatrix(matrix: MatrixSelector, time: Around): MatrixSelector {
  const selector = resolveSelector(matrix.selector, time)
  return { ...matrix, selector, window: durationOf(matrix.window, matrix.windowExpr, time), windowExpr: undefined }
}

function resolveSubquery(subquery: Subquery, time: Around): Subquery {
  return {
    ...subquery,
    ...resolveModifiers(subquery, time),
    // Counter resets between the steps are seen in the buckets only.
    inner: resolveNode(subquery.inner, { ...time, buckets: true }),
    window: durationOf(subquery.window, subquery.windowExpr, time),
    windowExpr: undefined,
    step: durationOf(subquery.step, subquery.stepExpr, time),
    stepExpr: undefined,
  }
}

function resolveModifiers({ offset, offsetExpr, at }: Modifiers, time: QueryTime): Modifiers {
  return {
    offset: offsetExpr === undefined ? offset : evaluated(offsetExpr, true, time),
    offsetExpr: undefined,
    at: fixedAt(at, time),
  }
}

function fixedAt(at: AtModifier | undefined, { start, end }: QueryTime): number | undefined {
  if (at === 'start') return start
  return at === 'end' ? end : at
}

function durationOf(written: number, expression: DurationExpression | undefined, time: QueryTime): number {
  return expression === undefined ? written : evaluated(expression, false, time)
}

/** In whole ms. */
function evaluated(expression: DurationExpression, mayBeNegative: boolean, time: QueryTime): number {
  const seconds = secondsOf(expression, time)
  if (!Number.isFinite(seconds)) throw failure(expression, 'duration is NaN or infinite')
  if (seconds <= 0 && !mayBeNegative) throw failure(expression, 'duration must be greater than 0')
  if (Math.abs(seconds) > MAX_SECONDS) throw failure(expression, 'duration is out of range')
  return Math.trunc(seconds * 1000)
}

function secondsOf(expression: DurationExpression, time: QueryTime): number {
  switch (expression.kind) {
    case 'duration':
      return expression.seconds
    case 'step':
      return time.step / 1000
    case 'range':
      return (time.end - time.start) / 1000
    case 'parens':
      return secondsOf(expression.inner, time)
    case 'unary': {
      const operand = secondsOf(expression.operand, time)
      return expression.op === '-' ? -operand : operand
    }
    case 'min_of':
      return Math.min(secondsOf(expression.left, time), secondsOf(expression.right, time))
    case 'max_of':
      return Math.max(secondsOf(expression.left, time), secondsOf(expression.right, time))
    case 'binary':
      return arithmetic(expression, secondsOf(expression.left, time), secondsOf(expression.right, time))
  }
}

function arithmetic(expression: DurationExpression & { kind: 'binary' }, left: number, right: number): number {
  switch (expression.op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right === 0) throw failure(expression, 'division by zero')
      return left / right
    case '%':
      if (right === 0) throw failure(expression, 'modulo by zero')
      return left % right
    case '^':
      return left ** right
  }
}

function failure({ span }: DurationExpression, message: string): Error {
  return badDuration({ message: `${span.start}:${span.end}: ${message}` })
}
