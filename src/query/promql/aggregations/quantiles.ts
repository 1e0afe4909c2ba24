/** `quantile`: of floats only. */
import type { Evaluation } from '../eval/context.ts'
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { noteIgnoredHistograms } from './extremes.ts'
import type { Accumulator } from './fold.ts'
import { ranked } from './ranked.ts'

/** All values are needed at once: the parts stay. */
export class Quantiles implements Accumulator {
  readonly letsPartsGo = false
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
      const columns = Array.from({ length: TILE }, () => new Float64Array(rows.length / 2))
      for (let from = 0; from < out.steps; from += TILE) this.#writeTile(out, group, from, columns)
    }
  }

  #writeTile(out: StepTable, group: number, from: number, columns: readonly Float64Array[]): void {
    const width = Math.min(TILE, out.steps - from)
    const counts = this.#collect(this.#rows[group] as number[], from, width, columns)
    for (let s = 0; s < width; s++) {
      const count = counts[s] as number
      if (count === 0) continue
      const values = (columns[s] as Float64Array).subarray(0, count)
      setFloat(out, group * out.steps + from + s, quantileOf(this.#quantiles[from + s] as number, values))
    }
  }

  /** Puts the values of some steps into a column each, and tells how many they are. */
  #collect(rows: readonly number[], from: number, width: number, columns: readonly Float64Array[]): Uint32Array {
    const counts = new Uint32Array(width)
    for (let i = 0; i < rows.length; i += 2) {
      const { kinds, values, steps } = this.#parts[rows[i] as number] as StepVector
      const first = (rows[i + 1] as number) * steps + from
      for (let s = 0; s < width; s++) {
        if (kinds[first + s] !== FLOAT) continue
        const column = columns[s] as Float64Array
        column[counts[s] as number] = values[first + s] as number
        counts[s] = (counts[s] as number) + 1
      }
    }
    return counts
  }
}

/** Steps taken at a time: as many floats as a line of the processor's cache holds. */
const TILE = 8

/** Follows quantile, promql/quantile.go@v3.14. Reorders `values`, of which there is at least one. */
export function quantileOf(quantile: number, values: Float64Array): number {
  if (Number.isNaN(quantile)) return NaN
  if (quantile < 0) return -Infinity
  if (quantile > 1) return Infinity
  const last = values.length - 1
  const rank = quantile * last
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(last, lower + 1)
  const weight = rank - Math.floor(rank)
  return ranked(values, lower) * (1 - weight) + ranked(values, upper) * weight
}
