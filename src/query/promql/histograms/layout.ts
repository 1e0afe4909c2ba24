/** Where buckets are, apart from what they count: the spans of one side of a histogram. */
import type { BucketSpans } from '../../../model/histogram.ts'

export type Layout = Pick<BucketSpans, 'offsets' | 'lengths'>

/** Goes through the buckets of a layout in rising order of index. */
export class LayoutCursor {
  readonly #layout: Layout
  #span = -1
  #left = 0
  /** Index of the bucket at hand within the schema. */
  index = -1
  /** Its place among the counts. */
  at = -1
  /** Whether it is the first one of its span. */
  opens = false

  constructor(layout: Layout) {
    this.#layout = layout
  }

  next(): boolean {
    this.index++
    this.opens = false
    while (this.#left === 0) {
      if (++this.#span >= this.#layout.lengths.length) return false
      this.index += this.#layout.offsets[this.#span] as number
      this.#left = this.#layout.lengths[this.#span] as number
      this.opens = true
    }
    this.#left--
    this.at++
    return true
  }
}

/** Spans under construction; buckets come in rising order of index. */
export class LayoutBuilder {
  readonly offsets: number[] = []
  readonly lengths: number[] = []
  /** Index behind the last bucket. */
  end = 0

  /** The next bucket, in the span of the one before it where it follows directly. */
  add(index: number): void {
    if (this.lengths.length > 0 && index === this.end) this.extend()
    else this.open(index)
  }

  /** The next bucket as the first one of a span. */
  open(index: number): void {
    this.offsets.push(index - this.end)
    this.lengths.push(1)
    this.end = index + 1
  }

  /** The next bucket directly behind the last one. */
  extend(): void {
    const last = this.lengths.length - 1
    this.lengths[last] = (this.lengths[last] as number) + 1
    this.end++
  }
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a === b || (sameNumbers(a.offsets, b.offsets) && sameNumbers(a.lengths, b.lengths))
}

/** By `===`, as bounds and spans compare. */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The buckets of two layouts in one: for each of them, which of a's and of b's counts belong there (-1 = none). */
export interface Union extends Layout {
  readonly fromA: readonly number[]
  readonly fromB: readonly number[]
}

/**
 * The union of two layouts, without the first `skipped` buckets of b. Where spans meet, they stay apart or become one as they do
 * in addBuckets, prometheus/model/histogram/float_histogram.go@v3.14: spans of `a` keep apart, and a bucket of `b` joins the span
 * before it, else the one behind it.
 */
export function unionOf(a: Layout, b: Layout, skipped: number): Union {
  const layout = new LayoutBuilder()
  const fromA: number[] = []
  const fromB: number[] = []
  const [left, right] = [new LayoutCursor(a), new LayoutCursor(b)]
  let hasA = left.next()
  let hasB = right.next()
  while (hasB && right.at < skipped) hasB = right.next()
  // The last span is a single bucket of b, so far: a span of a right behind it is one with it.
  let isLone = false
  while (hasA || hasB) {
    const takesA = hasA && (!hasB || left.index <= right.index)
    const takesB = hasB && (!hasA || right.index <= left.index)
    const index = takesA ? left.index : right.index
    const follows = layout.lengths.length > 0 && index === layout.end
    if (follows && (isLone || !takesA || !left.opens)) layout.extend()
    else layout.open(index)
    isLone = !takesA && !follows
    fromA.push(takesA ? left.at : -1)
    fromB.push(takesB ? right.at : -1)
    if (takesA) hasA = left.next()
    if (takesB) hasB = right.next()
  }
  return { offsets: layout.offsets, lengths: layout.lengths, fromA, fromB }
}
