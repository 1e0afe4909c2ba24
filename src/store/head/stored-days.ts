/** Beyond this many, days behind a series' newest are forgotten: the table drops repeated rows anyway. */
const MAX_OTHERS = 200_000
const NONE = -1

/** UTC days (numbers since 1970) for which a series has its row in the `series` table. */
export class StoredDays {
  /** The newest day of each ref. */
  #newest: Int32Array = new Int32Array(0)
  readonly #others = new Set<string>()

  has(ref: number, day: number): boolean {
    return this.#newest[ref] === day || (this.#others.size > 0 && this.#others.has(`${ref}:${day}`))
  }

  add(ref: number, day: number): void {
    if (ref >= this.#newest.length) this.#grow(ref + 1)
    if (day > (this.#newest[ref] as number)) {
      this.#newest[ref] = day
      return
    }
    if (this.#others.size >= MAX_OTHERS) this.#others.clear()
    this.#others.add(`${ref}:${day}`)
  }

  /** For a ref that is given out anew. Older days of its former owner may stay noted, so those are forgotten altogether. */
  reset(ref: number): void {
    if ((this.#newest[ref] ?? NONE) === NONE) return
    this.#newest[ref] = NONE
    this.#others.clear()
  }

  #grow(size: number): void {
    const grown = new Int32Array(Math.max(size, this.#newest.length * 2)).fill(NONE, this.#newest.length)
    grown.set(this.#newest)
    this.#newest = grown
  }
}
