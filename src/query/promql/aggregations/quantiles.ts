/** `quantile`: of floats only. Follows quantile, promql/quantile.go@v3.14. */
import type { Evaluation } from '../eval/context.ts'
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { noteIgnoredHistograms } from './extremes.ts'
import type { Accumulator } from './fold.ts'

/** All values are needed at once: the parts stay. */
export class Quantiles implements Accumulator {
  readonly #node: Aggregation
  readonly #evaluation: Evaluation
  readonly #quantiles: Float64Array
  readonly #parts: StepVector[] = []
  /** By group: the part and the row of each of its rows, one after the other. */
  readonly #rows: number[][] = []

  constructor(node: Aggregation, quantiles: Float64Array, evaluation: Evaluation) {
    this.#node = node
    this.#evaluation = evaluation
    this.#quantiles = quantiles
  }

  makeRoom(): void {}

  add(part: StepVector, groups: Uint32Array): void {
    this.#evaluation.budget.takeTable(part)
    for (const [row, group] of groups.entries()) (this.#rows[group] ??= []).push(this.#parts.length, row)
    this.#parts.push(part)
    noteIgnoredHistograms(part, this.#node, this.#evaluation)
  }

  write(out: StepTable): void {
    for (const [group, rows] of this.#rows.entries()) {
      const values = new Float64Array(rows.length / 2)
      for (let s = 0; s < out.steps; s++) {
        const count = this.#collect(rows, s, values)
        if (count === 0) continue
        const quantile = quantileOf(this.#quantiles[s] as number, values.subarray(0, count))
        setFloat(out, group * out.steps + s, quantile)
      }
    }
  }

  #collect(rows: readonly number[], step: number, values: Float64Array): number {
    let count = 0
    for (let i = 0; i < rows.length; i += 2) {
      const part = this.#parts[rows[i] as number] as StepVector
      const cell = (rows[i + 1] as number) * part.steps + step
      if (part.kinds[cell] === FLOAT) values[count++] = part.values[cell] as number
    }
    return count
  }
}

/** Sorts `values`, of which there is at least one, in place. */
export function quantileOf(quantile: number, values: Float64Array): number {
  if (Number.isNaN(quantile)) return NaN
  if (quantile < 0) return -Infinity
  if (quantile > 1) return Infinity
  values.sort()
  const last = values.length - 1
  const rank = quantile * last
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(last, lower + 1)
  const weight = rank - Math.floor(rank)
  const nans = countOfNaNs(values)
  return sorted(values, nans, lower) * (1 - weight) + sorted(values, nans, upper) * weight
}

/** JavaScript sorts NaNs behind all numbers, Prometheus before them. */
function sorted(values: Float64Array, nans: number, place: number): number {
  return place < nans ? NaN : (values[place - nans] as number)
}

function countOfNaNs(values: Float64Array): number {
  let count = 0
  while (count < values.length && Number.isNaN(values[values.length - 1 - count])) count++
  return count
}
