import { NhcbMemory } from '../../codec/exposition/nhcb-memory.ts'
import { SeriesCache } from '../../codec/exposition/series-cache.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { SeriesRef, SeriesTable } from '../../signals/metrics.ts'

/** Of a slot whose series has no ref yet (or whose label set the table refused). */
export const NO_REF = 0xffffffff

/**
 * What is known of one target's series between its scrapes, so that a series seen before costs a comparison of bytes and no
 * string. Series are numbered by the slots of `keys`; the columns here are by slot.
 */
export class ScrapeCache {
  readonly keys = new SeriesCache()
  /** For the conversion of classic histograms. It has slots of its own in `keys`, of which the columns here know nothing. */
  readonly histograms = new NhcbMemory(this.keys)
  /** Number of the scrape at hand, from 1. */
  scrape = 0
  /** By slot: the scrape in which the series was last seen. */
  seen = new Uint32Array(64)
  /** By slot: the scrape in which the series was last one that must be marked stale when it vanishes. */
  tracked = new Uint32Array(64)
  refs = new Uint32Array(64)
  /** By slot: the series' final labels; undefined for one that relabeling drops. */
  readonly labels: (LabelSet | undefined)[] = []

  #generation = -1
  /** Slots that are alive in the store: those tracked by the last scrape that was stored. */
  #alive: Uint32Array = new Uint32Array(0)
  #sizeAfterSuccess = 0

  /** Slots whose series the store takes for alive. */
  get alive(): Uint32Array {
    return this.#alive
  }

  /** Begins a scrape. */
  begin(): void {
    this.scrape++
    this.keys.rewind()
  }

  /** Call right before refs are used: takes them anew when the table has given them out anew. */
  renew(table: SeriesTable): void {
    if (table.generation === this.#generation) return
    for (const [slot, labels] of this.labels.entries()) {
      if (labels === undefined || this.refs[slot] === NO_REF) continue
      const ref = table.resolve(labels)
      this.refs[slot] = typeof ref === 'number' ? ref : NO_REF
    }
    this.#generation = table.generation
  }

  /** Takes in a slot that `keys` has just given out. `labels` undefined: the series is dropped. */
  enter(slot: number, labels: LabelSet | undefined): void {
    if (slot >= this.refs.length) this.#grow(slot)
    this.refs[slot] = NO_REF
    this.labels[slot] = labels
    this.seen[slot] = this.scrape
    this.tracked[slot] = 0
  }

  /** Refs of the series that are alive in the store; of the current generation after `renew`. */
  *aliveRefs(): Iterable<SeriesRef> {
    for (const slot of this.#alive) {
      const ref = this.refs[slot] as number
      if (ref !== NO_REF) yield ref
    }
  }

  /**
   * The scrape was stored: `tracked` (slots) are alive from now on. After a page (`flush`), series that were not in it are
   * forgotten. Without one they are kept, unless failing scrapes have let the cache grow out of bounds.
   */
  stored(tracked: Uint32Array, flush: boolean): void {
    this.#alive = tracked
    if (flush) {
      this.#forgetUnseen()
      this.#sizeAfterSuccess = this.keys.size
    } else if (this.keys.size > this.#sizeAfterSuccess * 2 + 1000) {
      this.#forgetUnseen()
    }
  }

  /** The scrape may or may not have been stored: everything alive before or in it must be marked stale later, if it vanishes. */
  uncertain(tracked: Uint32Array): void {
    this.#alive = Uint32Array.from(new Set([...this.#alive, ...tracked]))
  }

  #forgetUnseen(): void {
    const gone: number[] = []
    const { seen, scrape } = this
    for (let slot = 0; slot < seen.length; slot++) if (seen[slot] !== scrape && seen[slot] !== 0) gone.push(slot)
    for (const slot of gone) {
      this.labels[slot] = undefined
      this.seen[slot] = 0
      this.refs[slot] = NO_REF
    }
    this.keys.remove(gone)
  }

  #grow(slot: number): void {
    const length = Math.max(slot + 1, this.refs.length * 2)
    const grown = (column: Uint32Array): Uint32Array<ArrayBuffer> => {
      const copy = new Uint32Array(length)
      copy.set(column)
      return copy
    }
    this.seen = grown(this.seen)
    this.tracked = grown(this.tracked)
    this.refs = grown(this.refs)
  }
}
