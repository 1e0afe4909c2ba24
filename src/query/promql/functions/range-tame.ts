/** What may be done with the values of a series without changing a bit of the result. */
import type { WindowedSeries } from './range-contract.ts'

/**
 * Sums up to each sample (of the first i at place i), when all values are whole numbers whose absolute values sum up to less
 * than 2^53: then these sums and their differences are exact. Undefined else. `room` has a place more than there are samples.
 */
export function exactSums({ values, from, count }: WindowedSeries, room: Float64Array): Float64Array | undefined {
  let total = 0
  let sum = 0
  room[0] = 0
  for (let i = 0; i < count; i++) {
    const value = values[from + i] as number
    if (Math.floor(value) !== value) return undefined
    total += Math.abs(value)
    sum += value
    room[i + 1] = sum
  }
  return total <= Number.MAX_SAFE_INTEGER ? room : undefined
}

/** Finite, and so far from overflow that sums of products with times stay finite. */
export function isTame({ values, from, count }: WindowedSeries): boolean {
  let total = 0
  for (let at = from; at < from + count; at++) total += Math.abs(values[at] as number)
  return total < 1e280
}
