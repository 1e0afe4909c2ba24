/** Binary operators, by what stands on their sides. */
import { Bug } from '../../../core/errors.ts'
import type { Evaluation } from '../eval/context.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import type { BinaryExpression, SetOp } from '../syntax/ast.ts'
import { combineScalars, combineWithScalar } from './scalars.ts'
import { combineSets } from './sets.ts'
import { combineVectors } from './vectors.ts'

/**
 * The value of `left op right`. With a number on one side, each row stands for itself, and the other side may be a part of the
 * rows, as long as those of all parts stay distinct without their names. Throws `promql.execution`.
 */
export function evaluateBinary(node: BinaryExpression, left: Value, right: Value, evaluation: Evaluation): Value {
  if (left.type === 'string' || right.type === 'string')
    throw new Bug('an operator on strings; the checker let it through')
  if (left.type === 'vector') {
    return vector(
      right.type === 'vector'
        ? bothVectors(node, left.vector, right.vector, evaluation)
        : combineWithScalar(node, left.vector, right.values, 'right', evaluation),
    )
  }
  if (right.type === 'vector') return vector(combineWithScalar(node, right.vector, left.values, 'left', evaluation))
  return { type: 'scalar', values: combineScalars(node, left.values, right.values) }
}

function bothVectors(node: BinaryExpression, left: StepVector, right: StepVector, evaluation: Evaluation): StepVector {
  const { op, matching } = node
  if (matching === undefined) throw new Bug('vectors without matching; the parser gives it to all')
  return isSet(op)
    ? combineSets(op, left, right, matching, evaluation)
    : combineVectors(node, matching, left, right, evaluation)
}

function isSet(op: BinaryExpression['op']): op is SetOp {
  return op === 'and' || op === 'or' || op === 'unless'
}

function vector(value: StepVector): Value {
  return { type: 'vector', vector: value }
}
