/** What becomes of metric names under operators. Follows resultMetric and VectorscalarBinop, promql/engine.go@v3.14. */
import type { Evaluation } from '../eval/context.ts'
import { merged, withoutMetadata } from '../eval/rows.ts'
import type { StepVector } from '../eval/vector.ts'
import type { BinaryExpression } from '../syntax/ast.ts'
import { isArithmetic } from './float-rows.ts'

/** The result is no longer what the metric's name says. */
export function changesMeaning({ op, returnsBool }: BinaryExpression): boolean {
  return isArithmetic(op) || returnsBool
}

/** The rows without their names: at once, or marked to be dropped at the query's end. Throws when samples then coincide. */
export function withNamesDropped(vector: StepVector, { dialect }: Evaluation): StepVector {
  if (dialect.delayedNameRemoval) return { ...vector, dropName: new Uint8Array(vector.labels.size).fill(1) }
  const labels = withoutMetadata(vector.labels)
  return labels === vector.labels ? vector : merged({ ...vector, labels })
}
