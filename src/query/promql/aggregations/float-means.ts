/**
 * Means of floats by cell: a compensated sum over the count, as long as the sum does not overflow; then, for the rest of the
 * samples, a running mean. Follows AVG of aggregation, promql/engine.go@v3.14.
 */
import { FLOAT } from '../eval/vector.ts'
import { isInfinite, restOf } from '../functions/range-kahan.ts'
import { roomier, roomierFlags } from './columns.ts'
import type { FloatTotals } from './totals.ts'

export class FloatMeans implements FloatTotals {
  #counts = new Float64Array(0)
  /** Sums, or running means where `#isRunning`. */
  #sums = new Float64Array(0)
  #rests = new Float64Array(0)
  /** Undefined until the first overflow. */
  #isRunning: Uint8Array<ArrayBuffer> | undefined

  makeRoom(cells: number): void {
    this.#counts = roomier(this.#counts, cells)
    this.#sums = roomier(this.#sums, cells)
    this.#rests = roomier(this.#rests, cells)
    if (this.#isRunning !== undefined) this.#isRunning = roomierFlags(this.#isRunning, cells)
  }

  addRow(kinds: Uint8Array, values: Float64Array, from: number, steps: number, seen: Uint8Array, to: number): void {
    const counts = this.#counts
    const sums = this.#sums
    const rests = this.#rests
    for (let s = 0; s < steps; s++) {
      if (kinds[from + s] !== FLOAT) continue
      const cell = to + s
      const value = values[from + s] as number
      seen[cell] = 1
      const count = (counts[cell] as number) + 1
      counts[cell] = count
      const sum = sums[cell] as number
      const total = sum + value
      if (count === 1) sums[cell] = value
      else if (total === Infinity || total === -Infinity || this.#isRunning !== undefined) this.#addSlowly(cell, value)
      else {
        const lost = Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum
        sums[cell] = total
        rests[cell] = (rests[cell] as number) + lost
      }
    }
  }

  /** For sums near the ends of what floats hold. `value` is counted already. */
  #addSlowly(cell: number, value: number): void {
    const count = this.#counts[cell] as number
    const sum = this.#sums[cell] as number
    const rest = this.#rests[cell] as number
    const isRunning = (this.#isRunning ??= new Uint8Array(this.#sums.length))
    if (isRunning[cell] === 0) {
      const total = sum + value
      if (!isInfinite(total)) {
        this.#sums[cell] = total
        this.#rests[cell] = restOf(sum, value, total, rest)
        return
      }
      isRunning[cell] = 1
      this.#addRunning(cell, value, sum / (count - 1), rest / (count - 1))
    } else this.#addRunning(cell, value, sum, rest)
  }

  #addRunning(cell: number, value: number, mean: number, rest: number): void {
    const count = this.#counts[cell] as number
    const share = (count - 1) / count
    const kept = share * mean
    const added = value / count
    const total = kept + added
    this.#sums[cell] = total
    this.#rests[cell] = restOf(kept, added, total, share * rest)
  }

  resultAt(cell: number): number {
    const sum = this.#sums[cell] as number
    const rest = this.#rests[cell] as number
    if (this.#isRunning?.[cell] === 1) return sum + rest
    const count = this.#counts[cell] as number
    return sum / count + rest / count
  }
}
