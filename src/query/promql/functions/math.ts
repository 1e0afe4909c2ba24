/** Functions of each float for itself; histograms are left out. Follows simpleFloatFunc, promql/functions.go@v3.14. */
import { FLOAT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import { vectorAt, vectorValue, withFloats } from './columns.ts'
import type { FunctionEntry, FunctionTable } from './contract.ts'
import { goExp, goLog, goLog10, goLog2 } from './go-math.ts'
import {
  goAcos,
  goAcosh,
  goAsin,
  goAsinh,
  goAtan,
  goAtanh,
  goCos,
  goCosh,
  goSin,
  goSinh,
  goTan,
  goTanh,
} from './go-trigonometry.ts'

/** Writes a result for each of `values`, meaningful or not. */
type Loop = (values: Float64Array, out: Float64Array) => void

/** A loop of its own for what costs no more than a call would. */
function inline(loop: Loop): FunctionEntry {
  return entry(({ values }, out) => loop(values, out))
}

/** For what costs more than a call: cells without a float are skipped. */
function each(of: (value: number) => number): FunctionEntry {
  return entry(({ values, kinds }, out) => {
    for (let i = 0; i < out.length; i++) if (kinds[i] === FLOAT) out[i] = of(values[i] as number)
  })
}

function entry(write: (vector: StepVector, out: Float64Array) => void): FunctionEntry {
  return {
    name: 'drop',
    evaluate: (args) => {
      const vector = vectorAt(args, 0)
      const out = new Float64Array(vector.values.length)
      write(vector, out)
      return vectorValue(withFloats(vector, out))
    },
  }
}

function abs(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(values[i] as number)
}

function ceil(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.ceil(values[i] as number)
}

function floor(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(values[i] as number)
}

function sqrt(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(values[i] as number)
}

/** A zero and a NaN stay as they are. */
function sgn(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const value = values[i] as number
    out[i] = value > 0 ? 1 : value < 0 ? -1 : value
  }
}

function rad(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = ((values[i] as number) * Math.PI) / 180
}

function deg(values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = ((values[i] as number) * 180) / Math.PI
}

export const mathFunctions: FunctionTable = {
  abs: inline(abs),
  ceil: inline(ceil),
  floor: inline(floor),
  sqrt: inline(sqrt),
  sgn: inline(sgn),
  rad: inline(rad),
  deg: inline(deg),
  exp: each(goExp),
  ln: each(goLog),
  log2: each(goLog2),
  log10: each(goLog10),
  sin: each(goSin),
  cos: each(goCos),
  tan: each(goTan),
  asin: each(goAsin),
  acos: each(goAcos),
  atan: each(goAtan),
  sinh: each(goSinh),
  cosh: each(goCosh),
  tanh: each(goTanh),
  asinh: each(goAsinh),
  acosh: each(goAcosh),
  atanh: each(goAtanh),
}
