/**
 * A hash table from the low half of a series id to refs: open addressing, at most half full, four bytes a slot. Ids are bits
 * of a cryptographic hash, so they are their own hash.
 */
export class IdTable {
  /** ref + 1; 0 is an empty slot. */
  #slots: Uint32Array = new Uint32Array(64)
  #used = 0
  readonly #lowOf: (ref: number) => number

  constructor(lowOf: (ref: number) => number) {
    this.#lowOf = lowOf
  }

  get bytes(): number {
    return this.#slots.byteLength
  }

  /** The ref whose low half is `low` and for which `matches` holds. */
  find(low: number, matches: (ref: number) => boolean): number | undefined {
    const mask = this.#slots.length - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number
      if (entry === 0) return undefined
      if (matches(entry - 1)) return entry - 1
    }
  }

  add(low: number, ref: number): void {
    if (this.#used * 2 >= this.#slots.length) this.#grow()
    this.#place(low, ref)
    this.#used++
  }

  /** Backward shift: the entries behind move up, so no tombstones gather. */
  remove(low: number, ref: number): void {
    const mask = this.#slots.length - 1
    let hole = low & mask
    while (this.#slots[hole] !== ref + 1) {
      if (this.#slots[hole] === 0) return
      hole = (hole + 1) & mask
    }
    this.#used--
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#lowOf((this.#slots[slot] as number) - 1) & mask
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#slots[hole] = this.#slots[slot] as number
        hole = slot
      }
    }
    this.#slots[hole] = 0
  }

  #place(low: number, ref: number): void {
    const mask = this.#slots.length - 1
    let slot = low & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = ref + 1
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (const entry of old) if (entry !== 0) this.#place(this.#lowOf(entry - 1), entry - 1)
  }
}
