import type { Windows } from './range-contract.ts'

/** Memory that kernels use again for each series of the same windows, never with what it held before. */
class Scratch {
  /** As many places as the series has samples. */
  readonly indices: Int32Array
  readonly numbers: Float64Array

  constructor(count: number) {
    this.indices = new Int32Array(count)
    this.numbers = new Float64Array(count)
  }
}

export function scratchOf(windows: Windows, count: number): Scratch {
  const { memo } = windows
  if (memo instanceof Scratch && memo.indices.length >= count) return memo
  const made = new Scratch(count)
  windows.memo = made
  return made
}
