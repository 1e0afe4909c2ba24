/** `stddev` and `stdvar`: of floats only, by Welford's method. */
import type { Evaluation } from '../eval/context.ts'
import { FLOAT, setFloat } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { roomier } from './columns.ts'
import { noteIgnoredHistograms } from './extremes.ts'
import type { Accumulator } from './fold.ts'

export class Variances implements Accumulator {
  readonly letsPartsGo = true
  readonly #node: Aggregation
  readonly #evaluation: Evaluation
  #counts = new Float64Array(0)
  #means = new Float64Array(0)
  /** Sums of squared distances from the mean. */
  #squares = new Float64Array(0)

  constructor(node: Aggregation, evaluation: Evaluation) {
    this.#node = node
    this.#evaluation = evaluation
  }

  makeRoom(cells: number): void {
    this.#counts = roomier(this.#counts, cells)
    this.#means = roomier(this.#means, cells)
    this.#squares = roomier(this.#squares, cells)
  }

  add(part: StepVector, groups: Uint32Array): void {
    const { steps, kinds, values } = part
    for (let row = 0; row < groups.length; row++) {
      const from = row * steps
      const to = (groups[row] as number) * steps
      for (let s = 0; s < steps; s++) {
        if (kinds[from + s] === FLOAT) this.#addValue(to + s, values[from + s] as number)
      }
    }
    noteIgnoredHistograms(part, this.#node, this.#evaluation)
  }

  #addValue(cell: number, value: number): void {
    const count = (this.#counts[cell] as number) + 1
    this.#counts[cell] = count
    if (count === 1) {
      this.#means[cell] = value
      this.#squares[cell] = Number.isFinite(value) ? 0 : NaN
      return
    }
    const delta = value - (this.#means[cell] as number)
    const mean = (this.#means[cell] as number) + delta / count
    this.#means[cell] = mean
    this.#squares[cell] = (this.#squares[cell] as number) + delta * (value - mean)
  }

  write(out: StepTable): void {
    const isDeviation = this.#node.op === 'stddev'
    for (let cell = 0; cell < out.kinds.length; cell++) {
      const count = this.#counts[cell] as number
      if (count === 0) continue
      const variance = (this.#squares[cell] as number) / count
      setFloat(out, cell, isDeviation ? Math.sqrt(variance) : variance)
    }
  }
}
