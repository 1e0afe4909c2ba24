/** Whole numbers in as few bits as their size needs. Follows prometheus/tsdb/chunkenc/varbit.go@v3.14. */
import type { BitWriter } from './bit-writer.ts'

/** Sizes of the value, with the prefix of ones and a zero that announces each; eight ones announce 64 bits. */
const SIZES = [3, 6, 9, 12, 18, 25, 56] as const

/** `value`: whole, within ±2^53. */
export function putVarbitInt(bits: BitWriter, value: number): void {
  if (value === 0) bits.bits(0, 1)
  else
    put(
      bits,
      value,
      SIZES.findIndex((size) => fits(value, size)),
    )
}

/** `value`: whole, 0 to 2^53. */
export function putVarbitUint(bits: BitWriter, value: number): void {
  if (value === 0) bits.bits(0, 1)
  else
    put(
      bits,
      value,
      SIZES.findIndex((size) => value < 2 ** size),
    )
}

/** Whether `size` bits hold the number: from `-(2^(size-1) - 1)` to `2^(size-1)`. */
export function fits(value: number, size: number): boolean {
  const half = 2 ** (size - 1)
  return value > -half && value <= half
}

function put(bits: BitWriter, value: number, bucket: number): void {
  const size = SIZES[bucket]
  if (size === undefined) {
    bits.bits(0xff, 8)
    bits.integer(value, 64)
    return
  }
  // bucket + 1 ones, and a zero.
  bits.bits(2 ** (bucket + 2) - 2, bucket + 2)
  bits.integer(value, size)
}
