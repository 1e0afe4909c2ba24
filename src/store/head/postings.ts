import { grownUint32 } from './columns.ts'

/** A list of refs in `Postings`: where it starts and how many it has. Its capacity is the next power of two. */
export interface PostingList {
  start: number
  count: number
}

/**
 * Memory for posting lists: one big array cut into blocks of powers of two, so that a million lists of one ref each cost four
 * bytes a list. A full block moves to one of twice the size, and the old one is used again.
 */
export class Postings {
  #refs: Uint32Array = new Uint32Array(0)
  #used = 0
  readonly #free: number[][] = []

  get bytes(): number {
    return this.#refs.byteLength
  }

  /** Lists are kept by their owner as two columns; these calls take and give the pair. */
  add(list: PostingList, ref: number): void {
    const { count } = list
    if (count === 0) list.start = this.#take(0)
    else if ((count & (count - 1)) === 0) this.#grow(list, Math.log2(count))
    this.#refs[list.start + count] = ref
    list.count = count + 1
  }

  /** The list's refs, a view that is valid until the next change. */
  view(start: number, count: number): Uint32Array {
    return this.#refs.subarray(start, start + count)
  }

  /** Keeps the refs for which `keep` holds. */
  retain(list: PostingList, keep: (ref: number) => boolean): void {
    const { start, count } = list
    let to = start
    for (let i = start; i < start + count; i++) {
      const ref = this.#refs[i] as number
      if (keep(ref)) this.#refs[to++] = ref
    }
    const kept = to - start
    if (kept === count) return
    const before = classOf(count)
    list.count = kept
    if (kept === 0) {
      this.#give(before, start)
      list.start = 0
    } else if (classOf(kept) < before) {
      const smaller = this.#take(classOf(kept))
      this.#refs.copyWithin(smaller, start, start + kept)
      this.#give(before, start)
      list.start = smaller
    }
  }

  #grow(list: PostingList, klass: number): void {
    const start = this.#take(klass + 1)
    this.#refs.copyWithin(start, list.start, list.start + list.count)
    this.#give(klass, list.start)
    list.start = start
  }

  #take(klass: number): number {
    const reused = this.#free[klass]?.pop()
    if (reused !== undefined) return reused
    const start = this.#used
    this.#used += 2 ** klass
    this.#refs = grownUint32(this.#refs, this.#used)
    return start
  }

  #give(klass: number, start: number): void {
    ;(this.#free[klass] ??= []).push(start)
  }
}

function classOf(count: number): number {
  return Math.ceil(Math.log2(count))
}
