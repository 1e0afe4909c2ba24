/** Sums and averages of many native histograms. Follows sum, avg, sum_over_time and avg_over_time of promql@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { divide, hasOverflow } from './arithmetic.ts'
import { divideSum, finishSum, kahanAdd, multiplySum, startSum } from './kahan.ts'
import type { CompensatedAddition, CompensatedSum } from './kahan.ts'

/** What is to be told about a sum or an average beside its value. */
abstract class Accumulation {
  #sawReset = false
  #sawNoReset = false
  /** Custom buckets had different bounds. */
  nhcbBoundsReconciled = false
  /** Exponential and custom buckets met: there is no result. */
  isIncompatible = false

  /** Some histogram says that it comes after a counter reset, and another one that it does not. */
  get counterResetCollision(): boolean {
    return this.#sawReset && this.#sawNoReset
  }

  protected noteHint({ resetHint }: NativeHistogram): void {
    if (resetHint === 'reset') this.#sawReset = true
    if (resetHint === 'not_reset') this.#sawNoReset = true
  }

  /** The sum with one more histogram; undefined when they don't fit. */
  protected added(sum: CompensatedSum, h: NativeHistogram): CompensatedSum | undefined {
    const addition: CompensatedAddition | 'incompatible' = kahanAdd(sum, h)
    if (addition === 'incompatible') {
      this.isIncompatible = true
      return undefined
    }
    if (addition.nhcbBoundsReconciled) this.nhcbBoundsReconciled = true
    return addition.sum
  }
}

export class HistogramSum extends Accumulation {
  #sum: CompensatedSum

  constructor(first: NativeHistogram) {
    super()
    this.noteHint(first)
    this.#sum = startSum(first)
  }

  add(h: NativeHistogram): void {
    this.noteHint(h)
    this.#sum = this.added(this.#sum, h) ?? this.#sum
  }

  /** Not compacted. */
  result(): NativeHistogram {
    return finishSum(this.#sum)
  }
}

/** A sum that is divided in the end, or, from when it would overflow, a mean that each histogram moves a little. */
export class HistogramMean extends Accumulation {
  #sum: CompensatedSum
  #count = 1
  #isIncremental = false

  constructor(first: NativeHistogram) {
    super()
    this.noteHint(first)
    this.#sum = startSum(first)
  }

  add(h: NativeHistogram): void {
    this.noteHint(h)
    this.#count++
    if (!this.#isIncremental) {
      const sum = this.added(this.#sum, h)
      if (sum === undefined) return
      if (!hasOverflow(sum.value)) {
        this.#sum = sum
        return
      }
      this.#isIncremental = true
      this.#sum = divideSum(this.#sum, this.#count - 1)
    }
    const scaled = multiplySum(this.#sum, (this.#count - 1) / this.#count)
    this.#sum = this.added(scaled, divide(h, this.#count)) ?? scaled
  }

  /** Not compacted. */
  result(): NativeHistogram {
    if (this.#isIncremental) return finishSum(this.#sum)
    return finishSum(divideSum(this.#sum, this.#count))
  }
}
