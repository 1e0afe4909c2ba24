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
      const lost = Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum
      sums[cell] = total
      rests[cell] = total === Infinity || total === -Infinity ? 0 : (rests[cell] as number) + lost
      seen[cell] = 1
    }
  }

  resultAt(cell: number): number {
    return (this.#sums[cell] as number) + (this.#rests[cell] as number)
  }
}
