/** The buckets of a native histogram one after the other. Follows the bucket iterators of prometheus/model/histogram@v3.14. */
import { CUSTOM_BUCKETS_SCHEMA } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { upperBound } from '../../../model/histogram-bounds.ts'

export type Order = 'rising' | 'falling'

/**
 * Goes through all buckets of a histogram: negative, zero and positive ones, empty ones too (but for an empty zero bucket), in
 * order of their values. The cursor is the bucket: bounds are worked out only when asked for. Where the zero bucket is so wide
 * that it takes part of a neighbour, that one begins at the zero threshold.
 */
export class BucketCursor {
  readonly #histogram: NativeHistogram
  readonly #sides: readonly SideCursor[]
  readonly #signs: readonly [number, number]
  /** 0 and 2: a side, 1: the zero bucket, 3: behind the last one. */
  #part = 0
  /** -1 for buckets of negative values, 0 for the zero bucket, 1 for positive ones. */
  sign = 0
  /** Observations in the bucket at hand. */
  count = 0
  /** Index within schema and sign; of no meaning for the zero bucket. */
  index = 0

  constructor(histogram: NativeHistogram, order: Order) {
    this.#histogram = histogram
    const { negative, positive } = histogram
    const isRising = order === 'rising'
    this.#sides = [
      new SideCursor(isRising ? negative : positive, 'inwards'),
      new SideCursor(isRising ? positive : negative, 'outwards'),
    ]
    this.#signs = isRising ? [-1, 1] : [1, -1]
  }

  next(): boolean {
    if (this.#part === 0) {
      if (this.#take(0)) return true
      this.#part = 1
    }
    if (this.#part === 1) {
      this.#part = 2
      if (this.#histogram.zeroCount > 0) {
        this.sign = 0
        this.count = this.#histogram.zeroCount
        return true
      }
    }
    return this.#take(1)
  }

  get lower(): number {
    if (this.sign === 0) return -this.#histogram.zeroThreshold
    return this.sign === 1 ? this.#outOfZero(this.#bound(this.index - 1)) : -this.#bound(this.index)
  }

  get upper(): number {
    if (this.sign === 0) return this.#histogram.zeroThreshold
    return this.sign === 1 ? this.#bound(this.index) : -this.#outOfZero(this.#bound(this.index - 1))
  }

  get isLowerInclusive(): boolean {
    if (this.#histogram.schema === CUSTOM_BUCKETS_SCHEMA) return this.index === 0
    return this.lower < 0 || this.sign === 0
  }

  get isUpperInclusive(): boolean {
    return this.#histogram.schema === CUSTOM_BUCKETS_SCHEMA || this.upper > 0 || this.sign === 0
  }

  #take(side: 0 | 1): boolean {
    const cursor = this.#sides[side] as SideCursor
    if (!cursor.next()) return false
    this.sign = this.#signs[side]
    this.count = cursor.count
    this.index = cursor.index
    return true
  }

  #bound(index: number): number {
    return upperBound(this.#histogram, index)
  }

  #outOfZero(bound: number): number {
    const { zeroThreshold } = this.#histogram
    return bound > 0 && bound < zeroThreshold ? zeroThreshold : bound
  }
}

/** One side's buckets, away from zero or towards it. */
class SideCursor {
  readonly #spans: BucketSpans
  readonly #step: 1 | -1
  #span: number
  #left = 0
  #at: number
  index: number

  constructor(spans: BucketSpans, direction: 'outwards' | 'inwards') {
    this.#spans = spans
    this.#step = direction === 'outwards' ? 1 : -1
    this.#span = direction === 'outwards' ? -1 : spans.lengths.length
    this.#at = direction === 'outwards' ? -1 : spans.counts.length
    this.index = direction === 'outwards' ? -1 : endOf(spans)
  }

  get count(): number {
    return this.#spans.counts[this.#at] as number
  }

  next(): boolean {
    const { offsets, lengths } = this.#spans
    this.index += this.#step
    while (this.#left === 0) {
      // The gap is that before the span being entered, or before the one being left.
      if (this.#step === -1 && this.#span < lengths.length) this.index -= offsets[this.#span] as number
      this.#span += this.#step
      if (this.#span < 0 || this.#span >= lengths.length) return false
      if (this.#step === 1) this.index += offsets[this.#span] as number
      this.#left = lengths[this.#span] as number
    }
    this.#left--
    this.#at += this.#step
    return true
  }
}

/** Index behind the last bucket. */
function endOf({ offsets, lengths }: BucketSpans): number {
  let end = 0
  for (let i = 0; i < lengths.length; i++) end += (offsets[i] as number) + (lengths[i] as number)
  return end
}
