/** A heap of rows for each of many cells, in flat columns: the worst of the best so far is on top. */
import { roomier, roomierNumbers } from './columns.ts'

/** True when value `a` of a heap is to be above `b`: it is to give way first. */
export type GivesWay = (a: number, b: number) => boolean

/**
 * Follows container/heap of Go, so that of equal values the same ones stay as in Prometheus. All cells share one capacity,
 * which grows up to `limit`.
 */
export class Heaps {
  readonly #givesWay: GivesWay
  readonly #limit: number
  #capacity: number
  #cells = 0
  #sizes = new Uint32Array(0)
  #values = new Float64Array(0)
  #rows = new Uint32Array(0)

  constructor(givesWay: GivesWay, limit: number) {
    this.#givesWay = givesWay
    this.#limit = limit
    this.#capacity = Math.min(limit, 4)
  }

  makeRoom(cells: number): void {
    this.#cells = Math.max(this.#cells, cells)
    this.#sizes = roomierNumbers(this.#sizes, cells)
    this.#values = roomier(this.#values, cells * this.#capacity)
    this.#rows = roomierNumbers(this.#rows, cells * this.#capacity)
  }

  sizeOf(cell: number): number {
    return this.#sizes[cell] as number
  }

  /** The value on top of a heap that is not empty. */
  topOf(cell: number): number {
    return this.#values[cell * this.#capacity] as number
  }

  push(cell: number, value: number, row: number): void {
    const size = this.#sizes[cell] as number
    if (size === this.#capacity) this.#widen()
    this.#sizes[cell] = size + 1
    this.#put(cell * this.#capacity + size, value, row)
    this.#rise(cell * this.#capacity, size)
  }

  /** Puts another value in place of the one on top. */
  replaceTop(cell: number, value: number, row: number): void {
    const base = cell * this.#capacity
    this.#put(base, value, row)
    this.#sink(base, this.#sizes[cell] as number)
  }

  /** What a heap holds, best first; of equal ones that which lies further up the heap. */
  entriesOf(cell: number): { readonly value: number; readonly row: number }[] {
    const base = cell * this.#capacity
    const entries = Array.from({ length: this.#sizes[cell] as number }, (_, i) => ({
      value: this.#values[base + i] as number,
      row: this.#rows[base + i] as number,
    }))
    return entries.sort((a, b) => this.#order(a.value, b.value))
  }

  #order(a: number, b: number): number {
    const isBehind = this.#givesWay(a, b)
    return isBehind === this.#givesWay(b, a) ? 0 : isBehind ? 1 : -1
  }

  #put(place: number, value: number, row: number): void {
    this.#values[place] = value
    this.#rows[place] = row
  }

  #widen(): void {
    const from = this.#capacity
    const to = Math.min(this.#limit, from * 2)
    const values = new Float64Array(this.#sizes.length * to)
    const rows = new Uint32Array(this.#sizes.length * to)
    for (let cell = 0; cell < this.#cells; cell++) {
      values.set(this.#values.subarray(cell * from, (cell + 1) * from), cell * to)
      rows.set(this.#rows.subarray(cell * from, (cell + 1) * from), cell * to)
    }
    this.#capacity = to
    this.#values = values
    this.#rows = rows
  }

  #rise(base: number, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isAbove(base + place, base + parent)) return
      this.#swap(base + place, base + parent)
      place = parent
    }
  }

  #sink(base: number, size: number): void {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) return
      if (child + 1 < size && this.#isAbove(base + child + 1, base + child)) child++
      if (!this.#isAbove(base + child, base + place)) return
      this.#swap(base + child, base + place)
      place = child
    }
  }

  #isAbove(a: number, b: number): boolean {
    return this.#givesWay(this.#values[a] as number, this.#values[b] as number)
  }

  #swap(a: number, b: number): void {
    const value = this.#values[a] as number
    const row = this.#rows[a] as number
    this.#put(a, this.#values[b] as number, this.#rows[b] as number)
    this.#put(b, value, row)
  }
}
