/** Sums of floats by cell, compensated after Kahan and Neumaier. Follows SUM of aggregation, promql/engine.go@v3.14. */
import { FLOAT } from '../eval/vector.ts'
import { roomier } from './columns.ts'
import type { FloatTotals } from './totals.ts'

export class FloatSums implements FloatTotals {
  #sums = new Float64Array(0)
  #rests = new Float64Array(0)

  makeRoom(cells: number): void {
    this.#sums = roomier(this.#sums, cells)
    this.#rests = roomier(this.#rests, cells)
  }

  /** The hot path of all aggregations: no call and no object per cell. */
  addRow(kinds: Uint8Array, values: Float64Array, from: number, steps: number, seen: Uint8Array, to: number): void {
    const sums = this.#sums
    const rests = this.#rests
    for (let s = 0; s < steps; s++) {
      if (kinds[from + s] !== FLOAT) continue
      const cell = to + s
      const value = values[from + s] as number
      const sum = sums[cell] as number
      const total = sum + value
      // What the addition lost, without a question which one is larger: the same number, for it is exact (Knuth's TwoSum).
      const added = total - sum
      const lost = sum - (total - added) + (value - added)
      sums[cell] = total
      rests[cell] = (rests[cell] as number) + (lost - lost === 0 ? lost : lostNearOverflow(sum, value, total))
      seen[cell] = 1
    }
  }

  resultAt(cell: number): number {
    const sum = this.#sums[cell] as number
    // A sum that overflowed lost all that is below it; it never becomes finite again.
    return sum === Infinity || sum === -Infinity ? sum : sum + (this.#rests[cell] as number)
  }
}

/** The difference between summands or their sum may be beyond all numbers where the sum is not. */
function lostNearOverflow(sum: number, value: number, total: number): number {
  if (!Number.isFinite(total)) return 0
  return Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum
}
