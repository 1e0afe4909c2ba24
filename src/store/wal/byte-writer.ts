/** Writes numbers and texts one after the other into a buffer that grows. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(1024)
  #at = 0

  /** What was written; valid until the next write. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  clear(): void {
    this.#at = 0
  }

  u32(value: number): void {
    this.#room(4)
    this.#at = this.#buffer.writeUInt32LE(value, this.#at)
  }

  f64(value: number): void {
    this.#room(8)
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }

  text(value: string): void {
    this.#room(4 + value.length * 3)
    const length = this.#buffer.write(value, this.#at + 4)
    this.#buffer.writeUInt32LE(length, this.#at)
    this.#at += 4 + length
  }

  texts(values: readonly string[]): void {
    this.u32(values.length)
    for (const value of values) this.text(value)
  }

  numbers(values: readonly number[]): void {
    this.u32(values.length)
    for (const value of values) this.f64(value)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  u32(): number {
    this.#at += 4
    return this.#buffer.readUInt32LE(this.#at - 4)
  }

  f64(): number {
    this.#at += 8
    return this.#buffer.readDoubleLE(this.#at - 8)
  }

  text(): string {
    const length = this.u32()
    this.#at += length
    return this.#buffer.toString('utf8', this.#at - length, this.#at)
  }

  texts(): string[] {
    return Array.from({ length: this.u32() }, () => this.text())
  }

  numbers(): number[] {
    return Array.from({ length: this.u32() }, () => this.f64())
  }
}
