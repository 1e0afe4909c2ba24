/** A query that is pinned to one time must give the same at any other. Follows atModifierTestCases, promql/promqltest/test.go@v3.14. */
import type { AtModifier, Expression } from '../../../src/query/promql/syntax/ast.ts'

/** Functions whose result is of the evaluation's time, however their arguments are pinned. */
const TIME_DEPENDENT = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'end',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'range',
  'start',
  'step',
  'time',
  'timestamp',
  'year',
])

/** The expression with `@ time` on each selector and subquery without one of its own; undefined when that can't pin it. */
export function pinnedTo(expression: Expression, time: number): Expression | undefined {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression
    case 'selector':
      return { ...expression, at: fixed(expression.at, time) }
    case 'matrix':
      return { ...expression, selector: { ...expression.selector, at: fixed(expression.selector.at, time) } }
    case 'subquery':
      // What is inside is pinned by the subquery.
      return { ...expression, at: fixed(expression.at, time) }
    case 'call': {
      if (TIME_DEPENDENT.has(expression.func.name)) return undefined
      const args = allPinned(expression.args, time)
      return args && { ...expression, args }
    }
    case 'aggregation': {
      const inner = pinnedTo(expression.inner, time)
      const param = expression.param && pinnedTo(expression.param, time)
      if (inner === undefined || (param === undefined && expression.param !== undefined)) return undefined
      return { ...expression, inner, param }
    }
    case 'binary': {
      const sides = allPinned([expression.left, expression.right], time)
      return sides && { ...expression, left: sides[0] as Expression, right: sides[1] as Expression }
    }
    case 'unary': {
      const operand = pinnedTo(expression.operand, time)
      return operand && { ...expression, operand }
    }
    case 'parens': {
      const inner = pinnedTo(expression.inner, time)
      return inner && { ...expression, inner }
    }
  }
}

/** Times at which the pinned query is evaluated again. */
export function otherTimes(time: number): readonly number[] {
  return time === 0 ? [-1000, 0, 1000] : [-10 * time, 0, Math.trunc(time / 5), time, 10 * time]
}

function fixed(at: AtModifier | undefined, time: number): number {
  return typeof at === 'number' ? at : time
}

function allPinned(expressions: readonly Expression[], time: number): Expression[] | undefined {
  const pinned = expressions.map((one) => pinnedTo(one, time))
  return pinned.includes(undefined) ? undefined : (pinned as Expression[])
}
