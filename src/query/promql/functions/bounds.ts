/** Floats held within bounds or to multiples, by scalars that may differ from step to step. */
import { ABSENT } from '../eval/vector.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import { scalarAt, vectorAt, vectorValue, withFloats } from './columns.ts'
import type { FunctionTable } from './contract.ts'
import { goMax, goMin } from './go-math.ts'

/** No result at steps at which the lower bound is above the upper one. Follows clamp, promql/functions.go@v3.14. */
function clamped(vector: StepVector, lowest: Float64Array, highest: Float64Array): Value {
  const { steps, values } = vector
  const out = new Float64Array(values.length)
  for (let s = 0; s < steps; s++)
    clampStep(values, out, { s, steps, low: lowest[s] as number, high: highest[s] as number })
  return vectorValue(withoutSteps(withFloats(vector, out), (s) => (highest[s] as number) < (lowest[s] as number)))
}

function clampStep(
  values: Float64Array,
  out: Float64Array,
  { s, steps, low, high }: { s: number; steps: number; low: number; high: number },
): void {
  // Go's and JavaScript's Math.max differ only where an infinity meets a NaN.
  if (low < Infinity && high > -Infinity) {
    for (let i = s; i < out.length; i += steps) out[i] = Math.max(low, Math.min(high, values[i] as number))
  } else {
    for (let i = s; i < out.length; i += steps) out[i] = goMax(low, goMin(high, values[i] as number))
  }
}

function withoutSteps(vector: StepVector, isLeftOut: (s: number) => boolean): StepVector {
  const { steps } = vector
  let kinds: Uint8Array | undefined
  for (let s = 0; s < steps; s++) {
    if (!isLeftOut(s)) continue
    kinds ??= vector.kinds.slice()
    for (let i = s; i < kinds.length; i += steps) kinds[i] = ABSENT
  }
  return kinds === undefined ? vector : { ...vector, kinds }
}

function constant(steps: number, value: number): Float64Array {
  return new Float64Array(steps).fill(value)
}

/** To the nearest multiple, ties upwards. */
function rounded(vector: StepVector, nearest: Float64Array | undefined): Value {
  const { steps, values } = vector
  const out = new Float64Array(values.length)
  for (let s = 0; s < steps; s++) {
    // Inverted, because that costs less accuracy.
    const inverse = 1 / (nearest === undefined ? 1 : (nearest[s] as number))
    for (let i = s; i < out.length; i += steps) out[i] = Math.floor((values[i] as number) * inverse + 0.5) / inverse
  }
  return vectorValue(withFloats(vector, out))
}

function pairwise(of: (a: number, b: number) => number): (args: readonly Value[]) => Value {
  return (args) => {
    const right = scalarAt(args, 1)
    return { type: 'scalar', values: scalarAt(args, 0).map((left, s) => of(left, right[s] as number)) }
  }
}

export const boundFunctions: FunctionTable = {
  clamp: { name: 'drop', evaluate: (args) => clamped(vectorAt(args, 0), scalarAt(args, 1), scalarAt(args, 2)) },
  clamp_min: {
    name: 'drop',
    evaluate: (args) => clamped(vectorAt(args, 0), scalarAt(args, 1), constant(vectorAt(args, 0).steps, Infinity)),
  },
  clamp_max: {
    name: 'drop',
    evaluate: (args) => clamped(vectorAt(args, 0), constant(vectorAt(args, 0).steps, -Infinity), scalarAt(args, 1)),
  },
  round: {
    name: 'drop',
    evaluate: (args) => rounded(vectorAt(args, 0), args.length > 1 ? scalarAt(args, 1) : undefined),
  },
  min_of: { name: 'keep', evaluate: pairwise(goMin) },
  max_of: { name: 'keep', evaluate: pairwise(goMax) },
}
