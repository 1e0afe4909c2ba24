/** Operators between numbers, and between a number and a vector. */
import { Bug } from '../../../core/errors.ts'
import type { Evaluation } from '../eval/context.ts'
import { emptyTable } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { BinaryExpression } from '../syntax/ast.ts'
import { ARITHMETIC, COMPARISONS, isArithmetic, isComparison } from './float-rows.ts'
import { changesMeaning, withNamesDropped } from './names.ts'
import { numbersOperand, rowOperand, RowOperator } from './row-operator.ts'

/** One number a step; comparisons give 1 or 0. */
export function combineScalars({ op }: BinaryExpression, left: Float64Array, right: Float64Array): Float64Array {
  const steps = left.length
  const [a, b] = [numbersOperand(left), numbersOperand(right)]
  const out = new Float64Array(steps)
  if (isArithmetic(op)) ARITHMETIC[op](a, b, out, 0, steps)
  else if (isComparison(op)) {
    const mask = new Uint8Array(steps)
    COMPARISONS[op](a, b, mask, 0, steps)
    out.set(mask)
  } else throw new Bug(`operator ${op} between scalars; the checker let it through`)
  return out
}

/** A vector and a number, which stands on the side that `scalarSide` says. Each row is for itself. */
export function combineWithScalar(
  node: BinaryExpression,
  vector: StepVector,
  scalar: Float64Array,
  scalarSide: 'left' | 'right',
  evaluation: Evaluation,
): StepVector {
  const numbers = numbersOperand(scalar)
  const operator = new RowOperator(node, evaluation, scalarSide === 'left' ? 'right' : 'left')
  const out = emptyTable(vector.labels, vector.steps, vector.dropName)
  for (let row = 0; row < vector.labels.size; row++) {
    const operand = rowOperand(vector, row)
    if (scalarSide === 'left') operator.combine(numbers, operand, out, row)
    else operator.combine(operand, numbers, out, row)
  }
  operator.tell()
  return changesMeaning(node) ? withNamesDropped(out, evaluation) : out
}
