/** What may be done with the values of a series without changing a bit of the result. */
import type { WindowedSeries } from './range-contract.ts'

/** Whole numbers, whose sums of absolute values stay below 2^53: any sum or difference of sums of them is exact. */
export function isExact({ values, from, count }: WindowedSeries): boolean {
  let total = 0
  for (let at = from; at < from + count; at++) {
    const value = values[at] as number
    if (Math.floor(value) !== value) return false
    total += Math.abs(value)
  }
  return total <= Number.MAX_SAFE_INTEGER
}

/** Finite, and so far from overflow that sums of products with times stay finite. */
export function isTame({ values, from, count }: WindowedSeries): boolean {
  let total = 0
  for (let at = from; at < from + count; at++) total += Math.abs(values[at] as number)
  return total < 1e280
}
