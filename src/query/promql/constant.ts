import { Bug } from '../../core/errors.ts'
import type { Expression } from './syntax/ast.ts'

/** The value of an expression of type scalar. */
export function evaluateScalar(expression: Expression): number {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'parens':
      return evaluateScalar(expression.inner)
    case 'unary':
      return expression.op === '-' ? -evaluateScalar(expression.operand) : evaluateScalar(expression.operand)
    case 'binary': {
      const operation = OPERATIONS[expression.op]
      if (operation === undefined) break
      return operation(evaluateScalar(expression.left), evaluateScalar(expression.right))
    }
    case 'string':
    case 'selector':
    case 'matrix':
    case 'subquery':
    case 'call':
    case 'aggregation':
      break
  }
  throw new Bug(`a ${expression.kind} is no scalar; the parser let it through`)
}

/** Whether `evaluateScalar` has an answer. */
export function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
      return true
    case 'parens':
      return isConstant(expression.inner)
    case 'unary':
      return isConstant(expression.operand)
    case 'binary':
      return OPERATIONS[expression.op] !== undefined && isConstant(expression.left) && isConstant(expression.right)
    case 'string':
    case 'selector':
    case 'matrix':
    case 'subquery':
    case 'call':
    case 'aggregation':
      return false
  }
}

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
}

/** Go's math.Pow: unlike JavaScript's, 1 to any power is 1, and so is -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  return base ** exponent
}
