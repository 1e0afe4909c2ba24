import type { BitWriter } from './bit-writer.ts'
import { putVarbitInt } from './varbit.ts'

/** Whole numbers that tend to grow by the same amount: the first in full, then how the growth changes. */
export class GrowthColumn {
  #value = 0
  #growth = 0

  /** What `next` compares with first. */
  start(value: number): void {
    this.#value = value
  }

  next(bits: BitWriter, value: number): void {
    const growth = value - this.#value
    putVarbitInt(bits, growth - this.#growth)
    this.#value = value
    this.#growth = growth
  }
}
