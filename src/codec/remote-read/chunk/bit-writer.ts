/** A growing string of bits, most significant first. Follows bstream, prometheus/tsdb/chunkenc/bstream.go@v3.14. */
export class BitWriter {
  #bytes: Uint8Array
  /** Whole bytes written; the next bits go to `#bytes[#at]`. */
  #at: number
  /** Bits of `#bytes[#at]` that are taken. */
  #used = 0

  /** Starts with `header` zero bytes, which `setByte` fills in. */
  constructor(header: number, capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#at = header
  }

  setByte(at: number, value: number): void {
    this.#bytes[at] = value
  }

  /** The low `count` (0 to 32) bits of `value`. */
  bits(value: number, count: number): void {
    if (this.#at + 5 >= this.#bytes.length) this.#grow()
    let rest = count
    while (rest > 0) {
      const free = 8 - this.#used
      const taken = Math.min(free, rest)
      const part = (value >>> (rest - taken)) & ((1 << taken) - 1)
      this.#bytes[this.#at] = (this.#bytes[this.#at] as number) | (part << (free - taken))
      rest -= taken
      this.#used += taken
      if (this.#used === 8) {
        this.#at++
        this.#used = 0
      }
    }
  }

  /** The low `count` (0 to 64) bits of `hi * 2^32 + lo`. */
  wideBits(hi: number, lo: number, count: number): void {
    if (count > 32) this.bits(hi, count - 32)
    this.bits(lo, Math.min(count, 32))
  }

  /** A whole number within ±2^53 as an int64, cut to `count` bits. */
  integer(value: number, count: number): void {
    const hi = Math.floor(value / 2 ** 32)
    this.wideBits(hi, value - hi * 2 ** 32, count)
  }

  /** What was written, the last byte filled up with zeros; a copy of the caller's own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#used === 0 ? this.#at : this.#at + 1)
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
