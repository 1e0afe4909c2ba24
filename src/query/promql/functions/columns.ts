/** Arguments and results of functions over instant vectors. */
import { Bug } from '../../../core/errors.ts'
import { LabelSet } from '../../../model/labels.ts'
import { LabelList } from '../eval/label-columns.ts'
import { ABSENT, FLOAT, HISTOGRAM } from '../eval/vector.ts'
import type { StepVector, Value } from '../eval/vector.ts'

/** The i-th argument; the checker has seen to its type. */
export function vectorAt(args: readonly Value[], i: number): StepVector {
  const value = args[i]
  if (value?.type !== 'vector') throw new Bug(`argument ${i} is no instant vector`)
  return value.vector
}

/** One number a step. */
export function scalarAt(args: readonly Value[], i: number): Float64Array {
  const value = args[i]
  if (value?.type !== 'scalar') throw new Bug(`argument ${i} is no scalar`)
  return value.values
}

export function stringAt(args: readonly Value[], i: number): string {
  const value = args[i]
  if (value?.type !== 'string') throw new Bug(`argument ${i} is no string`)
  return value.value
}

export function vectorValue(vector: StepVector): Value {
  return { type: 'vector', vector }
}

/** The same rows with other floats; histograms go. `values` may hold anything where there is no float. */
export function withFloats(vector: StepVector, values: Float64Array): StepVector {
  return { ...vector, kinds: floatKinds(vector), values, histograms: undefined }
}

/** The vector's floats alone. */
export function floatsOnly(vector: StepVector): StepVector {
  return vector.histograms === undefined ? vector : withFloats(vector, vector.values)
}

function floatKinds({ kinds, histograms }: StepVector): Uint8Array {
  return histograms === undefined ? kinds : kinds.map((kind) => (kind === HISTOGRAM ? ABSENT : kind))
}

/** One series without labels that has a value at each step. */
export function seriesOfNumbers(values: Float64Array): StepVector {
  return {
    steps: values.length,
    labels: new LabelList([LabelSet.EMPTY]),
    kinds: new Uint8Array(values.length).fill(FLOAT),
    values,
    histograms: undefined,
    dropName: undefined,
  }
}
