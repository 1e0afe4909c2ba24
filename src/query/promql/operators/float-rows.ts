/**
 * Arithmetic and comparisons of floats, a row at a time: each operator is a loop of its own, without a call per cell. Cells
 * that hold no sample are computed as well; their kinds make them void.
 */
import { goAtan2 } from '../functions/go-trigonometry.ts'
import { goMod, goPow } from '../functions/go-math.ts'
import type { ArithmeticOp, ComparisonOp } from '../syntax/ast.ts'

/** Steps of one row: `values[from]` is the first. */
export interface FloatRow {
  readonly values: Float64Array
  readonly from: number
}

/** Writes `steps` values from `to` on. */
type Loop<Column> = (a: FloatRow, b: FloatRow, out: Column, to: number, steps: number) => void

export const ARITHMETIC: Readonly<Record<ArithmeticOp, Loop<Float64Array>>> = {
  '+': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) + (b[j + s] as number)
  },
  '-': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) - (b[j + s] as number)
  },
  '*': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) * (b[j + s] as number)
  },
  '/': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) / (b[j + s] as number)
  },
  '%': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = goMod(a[i + s] as number, b[j + s] as number)
  },
  '^': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = goPow(a[i + s] as number, b[j + s] as number)
  },
  atan2: ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = goAtan2(a[i + s] as number, b[j + s] as number)
  },
}

/** Writes 1 where the comparison holds, else 0. */
export const COMPARISONS: Readonly<Record<ComparisonOp, Loop<Uint8Array>>> = {
  '==': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = a[i + s] === b[j + s] ? 1 : 0
  },
  '!=': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = a[i + s] === b[j + s] ? 0 : 1
  },
  '<': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) < (b[j + s] as number) ? 1 : 0
  },
  '<=': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) <= (b[j + s] as number) ? 1 : 0
  },
  '>': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) > (b[j + s] as number) ? 1 : 0
  },
  '>=': ({ values: a, from: i }, { values: b, from: j }, out, to, steps) => {
    for (let s = 0; s < steps; s++) out[to + s] = (a[i + s] as number) >= (b[j + s] as number) ? 1 : 0
  },
}

export function isArithmetic(op: string): op is ArithmeticOp {
  return Object.hasOwn(ARITHMETIC, op)
}

export function isComparison(op: string): op is ComparisonOp {
  return Object.hasOwn(COMPARISONS, op)
}
