import { Buffer } from 'node:buffer'

const FIRST_BYTES = 8 * 1024
const MOST_BYTES = 256 * 1024

/** Text and bytes gathered into buffers: small ones for small answers, then of 256 KiB. */
export class Chunks {
  #open: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #used = 0
  #full: Buffer[] = []

  text(text: string): void {
    // A character takes at most three bytes of UTF-8.
    if (text.length * 3 > this.#open.length - this.#used) {
      this.bytes(Buffer.from(text))
      return
    }
    this.#used += this.#open.write(text, this.#used)
  }

  bytes(bytes: Uint8Array): void {
    let from = 0
    while (bytes.length - from > this.#open.length - this.#used) {
      const room = this.#open.length - this.#used
      this.#open.set(bytes.subarray(from, from + room), this.#used)
      from += room
      this.#full.push(this.#open)
      this.#open = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, this.#open.length * 4))
      this.#used = 0
    }
    this.#open.set(from === 0 ? bytes : bytes.subarray(from), this.#used)
    this.#used += bytes.length - from
  }

  /** The buffers that are full; they are the caller's. */
  takeFull(): readonly Buffer[] {
    if (this.#full.length === 0) return []
    const full = this.#full
    this.#full = []
    return full
  }

  /** All that is left. Nothing may be added afterwards. */
  takeRest(): readonly Buffer[] {
    return [...this.takeFull(), this.#open.subarray(0, this.#used)]
  }
}
