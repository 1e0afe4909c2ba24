/**
 * The protobuf wire format, by hand: a reader that walks fields without building messages, and a writer.
 * Source: protobuf encoding specification, https://protobuf.dev/programming-guides/encoding/.
 */
import { Buffer } from 'node:buffer'
import { defineError } from '../core/errors.ts'

/** Input that is no protobuf message of the expected shape. `offset` is the byte at which reading stopped. */
export const protobufMalformed = defineError<{ reason: string; offset: number }>({
  code: 'codec.protobuf_malformed',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ reason, offset }) => `malformed protobuf at byte ${offset}: ${reason}`,
  advice: 'Send a message of the expected type; check that compression and content type match.',
})

export const WIRE_VARINT = 0
export const WIRE_FIXED64 = 1
export const WIRE_BYTES = 2
export const WIRE_GROUP_START = 3
export const WIRE_GROUP_END = 4
export const WIRE_FIXED32 = 5

const MAX_GROUP_DEPTH = 64
const TWO_32 = 4_294_967_296

/**
 * A cursor over one message, and over the messages inside it (`enter`/`leave`), without allocation.
 *
 * Use: `while (r.next()) switch (r.field) { case 1: v = r.double(); break; default: r.skip() }`. After `next()`, read the
 * value exactly once. A read of another wire type, or past the end of the message, throws `codec.protobuf_malformed`; every
 * call moves forward, so hostile input can't make it hang. The bytes are borrowed: they must not change meanwhile.
 */
export class ProtoReader {
  readonly bytes: Uint8Array
  /** Offset of the next byte to read. */
  pos: number
  /** End of the message being read. */
  end: number
  /** Field number and wire type of the field at hand. */
  field = 0
  wire = 0

  // Halves of the varint read last.
  #lo = 0
  #hi = 0
  #view: DataView | undefined

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.pos = start
    this.end = end
  }

  /** Moves on to the next field; false at the end of the message. */
  next(): boolean {
    if (this.pos >= this.end) return false
    const tag = this.#varint32()
    this.field = tag >>> 3
    this.wire = tag & 7
    if (this.field === 0) this.#fail(`illegal field number 0`)
    return true
  }

  bool(): boolean {
    this.#readVarint()
    return this.#lo !== 0 || this.#hi !== 0
  }

  /** Also for enums that are never negative. Higher bits are cut off, as the specification says. */
  uint32(): number {
    this.#readVarint()
    return this.#lo >>> 0
  }

  /** Also for enums. */
  int32(): number {
    this.#readVarint()
    return this.#lo | 0
  }

  sint32(): number {
    this.#readVarint()
    return (this.#lo >>> 1) ^ -(this.#lo & 1)
  }

  /** Exact up to 2^53, then the nearest double. */
  uint64(): number {
    this.#readVarint()
    return this.#hi * TWO_32 + this.#lo
  }

  /** Exact within ±2^53, then the nearest double. */
  int64(): number {
    this.#readVarint()
    return signed(this.#hi, this.#lo)
  }

  /** Exact within ±2^53, then the nearest double. */
  sint64(): number {
    this.#readVarint()
    return this.#zigzag()
  }

  uint64Exact(): bigint {
    this.#readVarint()
    return (BigInt(this.#hi) << 32n) | BigInt(this.#lo)
  }

  int64Exact(): bigint {
    return BigInt.asIntN(64, this.uint64Exact())
  }

  sint64Exact(): bigint {
    const raw = this.uint64Exact()
    return (raw >> 1n) ^ -(raw & 1n)
  }

  /** The bits of a NaN survive only in the low word (see model/stale.ts). */
  double(): number {
    this.#expect(WIRE_FIXED64)
    return this.#fixed64At()
  }

  float(): number {
    this.#expect(WIRE_FIXED32)
    this.#need(4)
    this.pos += 4
    return this.#dataView().getFloat32(this.pos - 4, true)
  }

  fixed32(): number {
    this.#expect(WIRE_FIXED32)
    this.#need(4)
    this.pos += 4
    return this.#dataView().getUint32(this.pos - 4, true)
  }

  fixed64Exact(): bigint {
    this.#expect(WIRE_FIXED64)
    this.#need(8)
    this.pos += 8
    return this.#dataView().getBigUint64(this.pos - 8, true)
  }

  sfixed64Exact(): bigint {
    return BigInt.asIntN(64, this.fixed64Exact())
  }

  /** Steps over a fixed64 and returns its offset, for callers that take its two words apart (`wordAt`). */
  fixed64Offset(): number {
    this.#expect(WIRE_FIXED64)
    this.#need(8)
    this.pos += 8
    return this.pos - 8
  }

  /** The little-endian uint32 at `offset`, which must lie within the bytes. */
  wordAt(offset: number): number {
    return this.#dataView().getUint32(offset, true)
  }

  /** Steps over a length-delimited field; its content is `[start, pos)` of `bytes`, `start` being what is returned. */
  range(): number {
    this.#expect(WIRE_BYTES)
    const length = this.#length()
    this.pos += length
    return this.pos - length
  }

  /** The content of a length-delimited field, as a view on the bytes (not a copy). */
  view(): Uint8Array {
    const start = this.range()
    return this.bytes.subarray(start, this.pos)
  }

  /** Invalid UTF-8 becomes U+FFFD: check `view()` first where it matters. */
  string(): string {
    const start = this.range()
    return utf8Slice(this.bytes, start, this.pos)
  }

  /** Steps into the message at hand; returns what `leave` wants back. */
  enter(): number {
    this.#expect(WIRE_BYTES)
    const length = this.#length()
    const outer = this.end
    this.end = this.pos + length
    return outer
  }

  /** Steps out of a message that was entered, wherever in it the cursor stands. */
  leave(outer: number): void {
    this.pos = this.end
    this.end = outer
  }

  /** A reader of its own on the message at hand, for when it is read later or twice. */
  message(): ProtoReader {
    const start = this.range()
    return new ProtoReader(this.bytes, start, this.pos)
  }

  /** Appends the doubles of a repeated field, packed or single. */
  doubles(into: number[]): void {
    this.#repeated(WIRE_FIXED64, () => into.push(this.#fixed64At()))
  }

  /** Appends the fixed64 values of a repeated field, packed or single. */
  fixed64s(into: bigint[]): void {
    this.#repeated(WIRE_FIXED64, () => {
      this.#need(8)
      this.pos += 8
      into.push(this.#dataView().getBigUint64(this.pos - 8, true))
    })
  }

  /** Appends the uint64 values of a repeated field, packed or single; exact up to 2^53. */
  uint64s(into: number[]): void {
    this.#repeated(WIRE_VARINT, () => {
      this.#varint64()
      into.push(this.#hi * TWO_32 + this.#lo)
    })
  }

  /** Appends the uint32 values of a repeated field, packed or single. */
  uint32s(into: number[]): void {
    this.#repeated(WIRE_VARINT, () => {
      this.#varint64()
      into.push(this.#lo >>> 0)
    })
  }

  /** Appends the sint64 values of a repeated field, packed or single; exact within ±2^53. */
  sint64s(into: number[]): void {
    this.#repeated(WIRE_VARINT, () => {
      this.#varint64()
      into.push(this.#zigzag())
    })
  }

  /** Steps over the field at hand, whatever its wire type. */
  skip(): void {
    this.#skip(0)
  }

  /** A varint that stands outside any field, such as the length before a delimited message. Exact up to 2^53. */
  bareVarint(): number {
    this.#varint64()
    return this.#hi * TWO_32 + this.#lo
  }

  #skip(depth: number): void {
    switch (this.wire) {
      case WIRE_VARINT:
        this.#varint64()
        return
      case WIRE_FIXED64:
        this.#need(8)
        this.pos += 8
        return
      case WIRE_BYTES:
        this.range()
        return
      case WIRE_GROUP_START:
        this.#skipGroup(depth)
        return
      case WIRE_FIXED32:
        this.#need(4)
        this.pos += 4
        return
      default:
        this.#fail(`unexpected wire type ${this.wire}`)
    }
  }

  #skipGroup(depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) this.#fail('groups are nested too deeply')
    const group = this.field
    while (this.next()) {
      if (this.wire === WIRE_GROUP_END) {
        if (this.field !== group) this.#fail(`group ${group} is ended by ${this.field}`)
        return
      }
      this.#skip(depth + 1)
    }
    this.#fail('unexpected end of a group')
  }

  #repeated(single: number, read: () => void): void {
    if (this.wire === single) {
      read()
      return
    }
    const outer = this.enter()
    while (this.pos < this.end) read()
    this.leave(outer)
  }

  #readVarint(): void {
    this.#expect(WIRE_VARINT)
    this.#varint64()
  }

  #varint32(): number {
    const { bytes, pos } = this
    if (pos < this.end) {
      const first = bytes[pos] as number
      if (first < 0x80) {
        this.pos = pos + 1
        return first
      }
    }
    this.#varint64()
    if (this.#hi !== 0) this.#fail('varint overflows 32 bits')
    return this.#lo
  }

  #varint64(): void {
    const { bytes, end } = this
    let pos = this.pos
    let lo = 0
    let hi = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= end) this.#fail('unexpected end')
      const byte = bytes[pos++] as number
      if (shift < 28) lo |= (byte & 0x7f) << shift
      else if (shift === 28) {
        lo |= (byte & 0x0f) << 28
        hi = (byte & 0x7f) >>> 4
      } else if (shift < 63) hi |= (byte & 0x7f) << (shift - 32)
      else {
        if (byte > 1) this.#fail('varint overflows 64 bits')
        hi |= byte << 31
      }
      if (byte < 0x80) {
        this.pos = pos
        this.#lo = lo >>> 0
        this.#hi = hi >>> 0
        return
      }
    }
  }

  #zigzag(): number {
    const lo = ((this.#lo >>> 1) | (this.#hi << 31)) >>> 0
    const hi = this.#hi >>> 1
    return (this.#lo & 1) === 0 ? hi * TWO_32 + lo : -(hi * TWO_32 + lo) - 1
  }

  #length(): number {
    const length = this.#varint32()
    this.#need(length)
    return length
  }

  #fixed64At(): number {
    this.#need(8)
    this.pos += 8
    return this.#dataView().getFloat64(this.pos - 8, true)
  }

  #need(length: number): void {
    if (length > this.end - this.pos) this.#fail('unexpected end')
  }

  #expect(wire: number): void {
    if (this.wire !== wire) this.#fail(`wrong wire type ${this.wire} for field ${this.field}`)
  }

  #dataView(): DataView {
    const { bytes } = this
    return (this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  #fail(reason: string): never {
    throw protobufMalformed({ reason, offset: this.pos })
  }
}

function signed(hi: number, lo: number): number {
  return (hi | 0) * TWO_32 + lo
}

function utf8Slice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 24) {
    let text = ''
    let at = start
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte >= 0x80) break
      text += String.fromCharCode(byte)
    }
    if (at === end) return text
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}
