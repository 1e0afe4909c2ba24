/** What becomes of metric names under operators. Follows resultMetric and VectorscalarBinop, promql/engine.go@v3.14. */
import type { Evaluation } from '../eval/context.ts'
import { merged, withoutEmptyRows, withoutMetadata } from '../eval/rows.ts'
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

/**
 * Rows with equal labels as one; throws when they have a sample at the same step. Only results of a single step may stay alike
 * until the query's end, when names are dropped there: so does Prometheus.
 */
export function withDistinctRows(vector: StepVector, { dialect }: Evaluation): StepVector {
  return dialect.delayedNameRemoval && vector.steps === 1 ? withoutEmptyRows(vector) : merged(vector)
}
