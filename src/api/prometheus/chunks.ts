import { Buffer } from 'node:buffer'

/** Large enough that most answers are one buffer, small enough to be filled within a few milliseconds. */
const BYTES = 1024 * 1024
/** Buffers that are kept: some answers on their way at the same time. */
const MAX_FREE = 8

/** Buffers for answers, used again by one after the other: new memory would have to be mapped and collected for each of them. */
export class BufferPool {
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BYTES)
  }

  /** Takes buffers back, or parts of them: nobody may read them any more. */
  give(buffers: readonly Buffer[]): void {
    for (const { buffer, byteOffset } of buffers) {
      if (byteOffset !== 0 || buffer.byteLength !== BYTES || this.#free.length >= MAX_FREE) continue
      this.#free.push(Buffer.from(buffer, 0, BYTES))
    }
  }
}

/** Text and bytes gathered into buffers of a pool. */
export class Chunks {
  readonly #pool: BufferPool
  #open: Buffer
  #used = 0
  #full: Buffer[] = []

  constructor(pool: BufferPool) {
    this.#pool = pool
    this.#open = pool.take()
  }

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
      this.#open = this.#pool.take()
      this.#used = 0
    }
    this.#open.set(from === 0 ? bytes : bytes.subarray(from), this.#used)
    this.#used += bytes.length - from
  }

  /** The buffers that are full; they are the caller's, who gives them to the pool in the end. */
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
