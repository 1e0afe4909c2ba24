/** The floats of a window in order, kept so while the window moves on. */
export class SortedWindow {
  readonly #values: Float64Array
  readonly #from: number
  /** The numbers, sorted, `#size` of them. */
  readonly #sorted: Float64Array
  #size = 0
  /** NaNs among them, which come before all numbers. */
  nans = 0
  #lo = 0
  #hi = 0

  /** Over `values[from + i]`; `room` has a place for each value of the greatest window, and is the window's from now on. */
  constructor(values: Float64Array, from: number, room: Float64Array) {
    this.#values = values
    this.#from = from
    this.#sorted = room
  }

  /** How many values the window has. */
  get size(): number {
    return this.#hi - this.#lo
  }

  /** Value at a place of the order, NaNs first. */
  at(place: number): number {
    return place < this.nans ? NaN : (this.#sorted[place - this.nans] as number)
  }

  /** Moves on to `[lo, hi)`; neither falls. */
  move(lo: number, hi: number): void {
    if (lo >= this.#hi || hi - this.#hi > 64) {
      this.#fill(lo, hi)
    } else {
      for (let i = this.#lo; i < lo; i++) this.#remove(this.#values[this.#from + i] as number)
      for (let i = this.#hi; i < hi; i++) this.#insert(this.#values[this.#from + i] as number)
    }
    this.#lo = lo
    this.#hi = hi
  }

  #fill(lo: number, hi: number): void {
    this.#size = 0
    this.nans = 0
    if (hi - lo <= 64) {
      for (let i = lo; i < hi; i++) this.#insert(this.#values[this.#from + i] as number)
      return
    }
    for (let i = lo; i < hi; i++) {
      const value = this.#values[this.#from + i] as number
      if (Number.isNaN(value)) this.nans++
      else this.#sorted[this.#size++] = value
    }
    this.#sorted.subarray(0, this.#size).sort()
  }

  #insert(value: number): void {
    if (Number.isNaN(value)) {
      this.nans++
      return
    }
    const sorted = this.#sorted
    let place = this.#size++
    if (place > 64) {
      const found = this.#placeOf(value, place)
      sorted.copyWithin(found + 1, found, place)
      sorted[found] = value
      return
    }
    for (; place > 0 && (sorted[place - 1] as number) > value; place--) sorted[place] = sorted[place - 1] as number
    sorted[place] = value
  }

  #remove(value: number): void {
    if (Number.isNaN(value)) {
      this.nans--
      return
    }
    const sorted = this.#sorted
    const size = this.#size--
    let place = this.#placeOf(value, size)
    if (size > 64) sorted.copyWithin(place, place + 1, size)
    else for (; place < size - 1; place++) sorted[place] = sorted[place + 1] as number
  }

  /** The first place of a value that is not less. */
  #placeOf(value: number, size: number): number {
    let low = 0
    let high = size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
