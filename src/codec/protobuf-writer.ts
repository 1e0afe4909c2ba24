import { Buffer } from 'node:buffer'
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT } from './protobuf.ts'

const TWO_32 = 4_294_967_296

/**
 * Writes one message. Fields come out in the order of the calls; zero values are written when asked for (leaving defaults
 * out is the caller's decision). Numbers given as 64-bit integers must be whole and within ±2^53.
 */
export class ProtoWriter {
  #bytes: Buffer
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacity, 16))
  }

  get length(): number {
    return this.#length
  }

  uint64(field: number, value: number | bigint): this {
    this.#tag(field, WIRE_VARINT)
    this.bareVarint(value)
    return this
  }

  int64(field: number, value: number | bigint): this {
    return this.uint64(field, value < 0 ? BigInt.asUintN(64, BigInt(value)) : value)
  }

  sint64(field: number, value: number | bigint): this {
    return this.uint64(field, zigzag(value))
  }

  bool(field: number, value: boolean): this {
    return this.uint64(field, value ? 1 : 0)
  }

  double(field: number, value: number): this {
    this.#tag(field, WIRE_FIXED64)
    this.#room(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
    return this
  }

  fixed64(field: number, value: bigint): this {
    this.#tag(field, WIRE_FIXED64)
    this.#room(8)
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length)
    return this
  }

  string(field: number, value: string): this {
    const length = Buffer.byteLength(value)
    this.#tag(field, WIRE_BYTES)
    this.bareVarint(length)
    this.#room(length)
    this.#length += this.#bytes.write(value, this.#length)
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE_BYTES)
    this.bareVarint(value.length)
    return this.append(value)
  }

  /** A message within this one: `write` fills it in. */
  message(field: number, write: (inner: ProtoWriter) => void): this {
    const inner = new ProtoWriter()
    write(inner)
    return this.bytes(field, inner.view())
  }

  packedDoubles(field: number, values: readonly number[]): this {
    this.#tag(field, WIRE_BYTES)
    this.bareVarint(values.length * 8)
    this.#room(values.length * 8)
    for (const value of values) this.#length = this.#bytes.writeDoubleLE(value, this.#length)
    return this
  }

  packedUint64(field: number, values: readonly (number | bigint)[]): this {
    return this.message(field, (inner) => {
      for (const value of values) inner.bareVarint(value)
    })
  }

  packedSint64(field: number, values: readonly (number | bigint)[]): this {
    return this.message(field, (inner) => {
      for (const value of values) inner.bareVarint(zigzag(value))
    })
  }

  /** A varint outside any field, such as the length before a delimited message. */
  bareVarint(value: number | bigint): this {
    this.#room(10)
    if (typeof value === 'bigint') {
      let rest = value
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      this.#bytes[this.#length++] = Number(rest)
      return this
    }
    let rest = value
    for (; rest >= TWO_32; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#length++] = rest
    return this
  }

  /** Bytes as they are, without a tag. */
  append(value: Uint8Array): this {
    this.#room(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** What was written so far, as a view that the next call may invalidate. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** What was written, as a copy of the caller's own. */
  finish(): Buffer {
    return Buffer.from(this.view())
  }

  #tag(field: number, wire: number): void {
    this.bareVarint(field * 8 + wire)
  }

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + length))
    grown.set(this.view())
    this.#bytes = grown
  }
}

function zigzag(value: number | bigint): number | bigint {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 52) return value < 0 ? -value * 2 - 1 : value * 2
  const big = BigInt(value)
  return BigInt.asUintN(64, (big << 1n) ^ (big >> 63n))
}
