/**
 * What writes of one tenant touched, so that results of before can be used again. Kept as suffix minima: of two writes the
 * earlier matters only when it reaches further back, so a stack of (mark, oldest time) with both growing answers every mark.
 */

/** Writes whose oldest times are this close become one, under the later mark and the older time. */
const COALESCE_MS = 1_000
/** Beyond it, neighbours in the older half become one: it answers with an older time than need be, never with a newer one. */
const MAX_ENTRIES = 2_048

export interface Changes {
  readonly mark: number
  readonly oldestChange: number
}

export class ChangeLog {
  /** The mark before the first write. Marks of another process or tenant are below it, or beyond the newest. */
  readonly #first: number
  #mark: number
  #marks: number[] = []
  #times: number[] = []

  constructor(first: number) {
    this.#first = first
    this.#mark = first
  }

  /** A write touched `oldest` and perhaps later times; Infinity when it touched none. */
  note(oldest: number): void {
    if (oldest === Infinity) return
    this.#mark++
    let time = oldest
    while (this.#times.length > 0) {
      const top = this.#times.at(-1) as number
      if (top < oldest - COALESCE_MS) break
      time = Math.min(time, top)
      this.#times.pop()
      this.#marks.pop()
    }
    this.#marks.push(this.#mark)
    this.#times.push(time)
    if (this.#marks.length > MAX_ENTRIES) this.#thin()
  }

  /** The newest mark, and the oldest time touched since `mark`: Infinity when none was, -Infinity when that is not known. */
  since(mark: number | undefined): Changes {
    const oldestChange = mark === undefined || mark < this.#first || mark > this.#mark ? -Infinity : this.#oldest(mark)
    return { mark: this.#mark, oldestChange }
  }

  /** Time of the first entry with a later mark: it is the least of all that follow. */
  #oldest(mark: number): number {
    let low = 0
    let high = this.#marks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#marks[middle] as number) <= mark) low = middle + 1
      else high = middle
    }
    return this.#times[low] ?? Infinity
  }

  #thin(): void {
    const half = MAX_ENTRIES / 2
    const marks: number[] = []
    const times: number[] = []
    for (let i = 0; i < half; i += 2) {
      marks.push(this.#marks[i + 1] as number)
      times.push(this.#times[i] as number)
    }
    this.#marks = [...marks, ...this.#marks.slice(half)]
    this.#times = [...times, ...this.#times.slice(half)]
  }
}
