/** Entries kept at once: targets that were sampled at times of their own. */
const MOST_KEPT = 1024
const COUNT_BASE = 2 ** 24

/** What was derived from the timestamps at a place of a selection's times: series that were sampled together share it. */
export class ByTimes<T> {
  readonly #made = new Map<number, T>()
  #generation: number | undefined

  /** What was at a place is there no more, unless `generation` (`SampleBlock.timesGeneration`) is that of the call before. */
  begin(generation: number): void {
    if (generation !== this.#generation) this.#made.clear()
    this.#generation = generation
  }

  /** Of `count` times from `timeFrom` on. */
  get(timeFrom: number, count: number, make: () => T): T {
    const place = timeFrom * COUNT_BASE + count
    let made = this.#made.get(place)
    if (made === undefined) {
      if (this.#made.size >= MOST_KEPT) this.#made.clear()
      made = make()
      this.#made.set(place, made)
    }
    return made
  }
}
