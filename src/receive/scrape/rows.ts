import { STALE_NAN } from '../../model/stale.ts'
import type { SampleColumns, SeriesRef } from '../../signals/metrics.ts'

/** Grows the sample columns of one batch. */
export class Rows {
  #refs: Uint32Array<ArrayBuffer>
  #timestamps: Float64Array<ArrayBuffer>
  #values: Float64Array<ArrayBuffer>
  #starts: Float64Array<ArrayBuffer> | undefined
  #count = 0

  constructor(capacity: number) {
    this.#refs = new Uint32Array(capacity)
    this.#timestamps = new Float64Array(capacity)
    this.#values = new Float64Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  /** `start` 0 = unknown. Returns the row's number. */
  add(ref: SeriesRef, timestamp: number, value: number, start: number): number {
    const row = this.#count++
    if (row === this.#refs.length) this.#grow()
    this.#refs[row] = ref
    this.#timestamps[row] = timestamp
    this.#values[row] = value
    if (start !== 0) (this.#starts ??= new Float64Array(this.#refs.length))[row] = start
    return row
  }

  addStale(ref: SeriesRef, timestamp: number): void {
    this.add(ref, timestamp, STALE_NAN, 0)
  }

  setRef(row: number, ref: SeriesRef): void {
    this.#refs[row] = ref
  }

  /** Takes out rows, given by their numbers in rising order; the others keep their order. */
  remove(rows: readonly number[]): void {
    if (rows.length === 0) return
    let to = rows[0] as number
    let next = 0
    for (let from = to; from < this.#count; from++) {
      if (rows[next] === from) {
        next++
        continue
      }
      for (const column of [this.#refs, this.#timestamps, this.#values, this.#starts])
        column?.copyWithin(to, from, from + 1)
      to++
    }
    this.#count = to
  }

  /** The columns, for the batch to own: nothing may be added afterwards. */
  take(): SampleColumns {
    const n = this.#count
    const columns = {
      refs: this.#refs.subarray(0, n),
      timestamps: this.#timestamps.subarray(0, n),
      values: this.#values.subarray(0, n),
    }
    return this.#starts === undefined ? columns : { ...columns, startTimestamps: this.#starts.subarray(0, n) }
  }

  #grow(): void {
    const length = this.#refs.length * 2 + 64
    const refs = new Uint32Array(length)
    refs.set(this.#refs)
    this.#refs = refs
    this.#timestamps = grown(this.#timestamps, length)
    this.#values = grown(this.#values, length)
    if (this.#starts !== undefined) this.#starts = grown(this.#starts, length)
  }
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(length)
  copy.set(column)
  return copy
}
