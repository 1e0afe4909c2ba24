/** Beyond this many, days behind a series' newest are forgotten: the table drops repeated rows anyway. */
const MAX_OTHERS = 200_000

/** UTC days (numbers since 1970) for which a series has its row in the `series` table. */
export class StoredDays {
  /** The newest day of each ref; absent = none. */
  readonly #newest: (number | undefined)[] = []
  readonly #others = new Set<string>()

  has(ref: number, day: number): boolean {
    return this.#newest[ref] === day || this.#others.has(`${ref}:${day}`)
  }

  add(ref: number, day: number): void {
    const newest = this.#newest[ref]
    if (newest === undefined || day > newest) {
      this.#newest[ref] = day
      return
    }
    if (this.#others.size >= MAX_OTHERS) this.#others.clear()
    this.#others.add(`${ref}:${day}`)
  }

  /** For a ref that is given out anew. Older days of its former owner may stay noted, so those are forgotten altogether. */
  reset(ref: number): void {
    if (this.#newest[ref] === undefined) return
    this.#newest[ref] = undefined
    this.#others.clear()
  }
}
