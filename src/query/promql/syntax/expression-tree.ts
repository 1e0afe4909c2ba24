/** The tree that `/api/v1/parse_query` answers. Follows web/api/v1/translate_ast.go@v3.14; keys come in its order, by the alphabet. */
import type { Matcher } from '../../../model/matcher.ts'
import type { BinaryExpression, Call, DurationExpression, Expression, Modifiers, VectorSelector } from './ast.ts'
import { formatGoDecimal } from '../../../core/go-number.ts'

export type TreeNode = Readonly<Record<string, unknown>>

/** The expression as plain objects. */
export function expressionTree(expression: Expression): TreeNode {
  switch (expression.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatGoDecimal(expression.value) }
    case 'string':
      return { type: 'stringLiteral', val: expression.value }
    case 'selector':
      return selectorTree(expression, 'vectorSelector', {})
    case 'matrix': {
      const { selector, window, windowExpr } = expression
      return selectorTree(selector, 'matrixSelector', { range: window, rangeExpr: durationTree(windowExpr) })
    }
    case 'subquery': {
      const { inner, window, windowExpr, step, stepExpr } = expression
      const steps = { step, stepExpr: durationTree(stepExpr) }
      const range = { range: window, rangeExpr: durationTree(windowExpr) }
      const { timestamp, startOrEnd, ...offset } = modifiersTree(expression)
      return { expr: expressionTree(inner), ...offset, ...range, startOrEnd, ...steps, timestamp, type: 'subquery' }
    }
    case 'call':
      return callTree(expression)
    case 'aggregation': {
      const { inner, grouping, op, param, without } = expression
      const shown = param === undefined ? null : expressionTree(param)
      return { expr: expressionTree(inner), grouping, op, param: shown, type: 'aggregation', without }
    }
    case 'binary':
      return binaryTree(expression)
    case 'unary':
      return { expr: expressionTree(expression.operand), op: expression.op, type: 'unaryExpr' }
    case 'parens':
      return { expr: expressionTree(expression.inner), type: 'parenExpr' }
  }
}

function selectorTree(selector: VectorSelector, type: string, range: TreeNode): TreeNode {
  const { extent, matchers, name } = selector
  const { timestamp, startOrEnd, ...offset } = modifiersTree(selector)
  return {
    anchored: extent === 'anchored',
    matchers: matchers.map(matcherTree),
    name,
    ...offset,
    ...range,
    smoothed: extent === 'smoothed',
    startOrEnd,
    timestamp,
    type,
  }
}

function matcherTree({ name, op, value }: Matcher): TreeNode {
  return { name, type: op, value }
}

function modifiersTree({ offset, offsetExpr, at }: Modifiers): {
  readonly offset: number
  readonly offsetExpr: TreeNode | null
  readonly startOrEnd: string | null
  readonly timestamp: number | null
} {
  return {
    offset,
    offsetExpr: durationTree(offsetExpr),
    startOrEnd: typeof at === 'string' ? at : null,
    timestamp: typeof at === 'number' ? at : null,
  }
}

function callTree({ func, args }: Call): TreeNode {
  return {
    args: args.map(expressionTree),
    func: { argTypes: func.args, name: func.name, returnType: func.returns, variadic: func.variadic },
    type: 'call',
  }
}

function binaryTree({ op, left, right, matching, returnsBool }: BinaryExpression): TreeNode {
  const shown =
    matching === undefined
      ? null
      : {
          card: matching.cardinality,
          fillValues: { lhs: matching.fill.left ?? null, rhs: matching.fill.right ?? null },
          include: matching.include,
          labels: matching.labels,
          on: matching.on,
        }
  const sides = { lhs: expressionTree(left), matching: shown }
  return { bool: returnsBool, ...sides, op, rhs: expressionTree(right), type: 'binaryExpr' }
}

function durationTree(duration: DurationExpression | undefined, wrapped = false): TreeNode | null {
  if (duration === undefined) return null
  const node = (op: string, lhs?: DurationExpression, rhs?: DurationExpression): TreeNode => ({
    lhs: durationTree(lhs),
    op,
    rhs: durationTree(rhs),
    type: 'durationExpr',
    wrapped,
  })
  switch (duration.kind) {
    case 'duration': {
      const { seconds, isDuration } = duration
      return { duration: isDuration, type: 'numberLiteral', val: formatGoDecimal(seconds) }
    }
    case 'step':
    case 'range':
      return node(duration.kind)
    case 'min_of':
    case 'max_of':
      return node(duration.kind, duration.left, duration.right)
    case 'unary':
      return node(duration.op, undefined, duration.operand)
    case 'binary':
      return node(duration.op, duration.left, duration.right)
    case 'parens':
      return parensTree(duration.inner)
  }
}

/** Prometheus has no node for parentheses here: it marks what is within, and puts a `+` around a plain number. */
function parensTree(inner: DurationExpression): TreeNode | null {
  if (inner.kind !== 'duration') return durationTree(inner, true)
  return { lhs: null, op: '+', rhs: durationTree(inner), type: 'durationExpr', wrapped: true }
}
