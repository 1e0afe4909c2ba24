/** Floats by what changed since the one before. Follows xorWrite, prometheus/tsdb/chunkenc/xor.go@v3.14. */
import { STALE_HI, STALE_LO } from '../../../model/stale.ts'
import type { BitWriter } from './bit-writer.ts'

const NONE = 0xff
const NAN_HI = 0x7ff00000

/** The state of one column of doubles. Values go in as their two words, so that no NaN loses a bit. */
export class XorColumn {
  #hi = 0
  #lo = 0
  #leading = NONE
  #trailing = 0

  /** The first value, in full. */
  first(bits: BitWriter, hi: number, lo: number): void {
    this.#hi = exactHi(hi, lo)
    this.#lo = lo
    bits.wideBits(this.#hi, lo, 64)
  }

  next(bits: BitWriter, valueHi: number, lo: number): void {
    const hi = exactHi(valueHi, lo)
    const deltaHi = (hi ^ this.#hi) >>> 0
    const deltaLo = (lo ^ this.#lo) >>> 0
    this.#hi = hi
    this.#lo = lo
    if (deltaHi === 0 && deltaLo === 0) {
      bits.bits(0, 1)
      return
    }
    const leading = Math.min(31, deltaHi === 0 ? 32 : Math.clz32(deltaHi))
    const trailing = deltaLo === 0 ? 32 + trailingZeros(deltaHi) : trailingZeros(deltaLo)
    if (this.#leading !== NONE && leading >= this.#leading && trailing >= this.#trailing) {
      bits.bits(0b10, 2)
    } else {
      this.#leading = leading
      this.#trailing = trailing
      bits.bits(0b11, 2)
      bits.bits(leading, 5)
      // 64 significant bits are written as 0: none at all were told by a single bit.
      bits.bits(64 - leading - trailing, 6)
    }
    const significant = 64 - this.#leading - this.#trailing
    if (this.#trailing >= 32) bits.bits(deltaHi >>> (this.#trailing - 32), significant)
    else bits.wideBits(deltaHi >>> this.#trailing, shiftedLo(deltaHi, deltaLo, this.#trailing), significant)
  }
}

/** Staleness markers have their exact bits, whatever an engine made of the quiet bit. */
function exactHi(hi: number, lo: number): number {
  return lo === STALE_LO && (hi & 0x7ff00000) === NAN_HI ? STALE_HI : hi
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word)
}

/** The low word of `(hi, lo) >>> by`, `by` below 32. */
function shiftedLo(hi: number, lo: number, by: number): number {
  return by === 0 ? lo : ((lo >>> by) | (hi << (32 - by))) >>> 0
}
