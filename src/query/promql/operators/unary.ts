/** Unary minus. Follows UnaryExpr of eval, promql/engine.go@v3.14. */
import { Bug } from '../../../core/errors.ts'
import type { Evaluation } from '../eval/context.ts'
import { HISTOGRAM, histogramAt } from '../eval/vector.ts'
import type { StepTable, StepVector, Value } from '../eval/vector.ts'
import { negate } from '../histograms/arithmetic.ts'
import { withNamesDropped } from './names.ts'

/** `-value`, of a scalar or a vector. Throws `promql.execution` when rows become one that have a sample at the same step. */
export function negated(value: Value, evaluation: Evaluation): Value {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', values: value.values.map((number) => -number) }
    case 'vector':
      return { type: 'vector', vector: withNamesDropped(negatedCells(value.vector), evaluation) }
    case 'string':
      throw new Bug('minus before a string; the checker let it through')
  }
}

function negatedCells(vector: StepVector): StepVector {
  const values = vector.values.slice()
  for (let cell = 0; cell < values.length; cell++) values[cell] = -(values[cell] as number)
  const negative: StepTable = { ...vector, values, histograms: undefined }
  if (vector.histograms !== undefined) {
    negative.histograms = []
    for (const [cell, kind] of vector.kinds.entries()) {
      if (kind === HISTOGRAM) negative.histograms[cell] = negate(histogramAt(vector, cell))
    }
  }
  return negative
}
