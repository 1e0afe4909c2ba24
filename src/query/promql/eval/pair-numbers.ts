/** Gives each pair of whole numbers a number of its own: 0, 1, 2, ... in order of first appearance. */
export class PairNumbers {
  /** Places of the open hash table: the pair's number + 1, 0 = free. */
  #slots = new Uint32Array(16)
  #firsts = new Uint32Array(8)
  #seconds = new Uint32Array(8)
  #size = 0

  get size(): number {
    return this.#size
  }

  of(first: number, second: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(first, second) & mask; ; slot = (slot + 1) & mask) {
      const held = (this.#slots[slot] as number) - 1
      if (held < 0) return this.#add(slot, first, second)
      if (this.#firsts[held] === first && this.#seconds[held] === second) return held
    }
  }

  #add(slot: number, first: number, second: number): number {
    const number = this.#size++
    if (number === this.#firsts.length) {
      this.#firsts = doubled(this.#firsts)
      this.#seconds = doubled(this.#seconds)
    }
    this.#firsts[number] = first
    this.#seconds[number] = second
    this.#slots[slot] = number + 1
    if (this.#size * 2 > this.#slots.length) this.#rehash()
    return number
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.#size; number++) {
      let slot = hashOf(this.#firsts[number] as number, this.#seconds[number] as number) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = number + 1
    }
  }
}

function doubled(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2)
  larger.set(column)
  return larger
}

function hashOf(first: number, second: number): number {
  let h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b)
  h ^= h >>> 15
  h = Math.imul(h, 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
