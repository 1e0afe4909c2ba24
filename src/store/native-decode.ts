/**
 * ClickHouse's Native format (revision 0) -> blocks of columns. Works on bytes that arrive in pieces of any size.
 * Source: the format's description in ClickHouse's documentation ("Native"), src/Formats/NativeReader.cpp.
 */
import { defineError, unreachable } from '../core/errors.ts'
import type { ArrayColumnData, Block, ColumnData, ConstantColumnData } from './engine.ts'
import { parseNativeType } from './native-types.ts'
import type { FixedArray, FixedArrayType, NativeType } from './native-types.ts'

export const malformedBlock = defineError<{ detail: string }>({
  code: 'store.malformed_block',
  status: 502,
  blame: 'nobody',
  retry: true,
  message: ({ detail }) => `the store's answer is no Native block: ${detail}`,
  advice: 'The answer was cut short or comes from something that is not ClickHouse; look at the network between.',
})

type Items = Exclude<ColumnData, ConstantColumnData>

/** A block that claims to be larger is taken for garbage. */
const MAX_BLOCK_BYTES = 2 ** 30
const MAX_COLUMNS = 10_000

/** A piece of decoding: yields (nothing) when it needs more bytes, returns what it read. */
type Decoding<T> = Generator<undefined, T, undefined>

/** Takes bytes as they come, gives blocks as they are complete. Blocks may be views of the pushed bytes. */
export class BlockDecoder {
  readonly #source: Source
  readonly #decoding: Generator<Block | undefined, never, undefined>

  /**
   * With `memory` the bytes are copied into it: they may change after `push`, and blocks are valid until the next `push`. A long
   * result makes no garbage then, which would cost more than reading it.
   */
  constructor(memory?: DecodeMemory) {
    this.#source = new Source(memory)
    this.#decoding = readBlocks(this.#source)
  }

  /** Throws `store.malformed_block` when the bytes ended within a block. */
  end(): void {
    if (!this.#source.betweenBlocks) throw malformedBlock({ detail: 'it ends within a block' })
  }

  /** The blocks that are complete with these bytes. Empty blocks (a header without rows) are left out. */
  *push(bytes: Uint8Array): Generator<Block, void, undefined> {
    this.#source.add(bytes)
    for (;;) {
      const { value } = this.#decoding.next()
      if (value === undefined) return
      if (value.rows > 0) yield value
    }
  }
}

/** What decoding needs of memory, used again by one result after the other. */
export class DecodeMemory {
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(1 << 17)
  /** The columns of the block at hand, each where its type needs it. */
  #aligned = new ArrayBuffer(1 << 17)
  #used = 0

  /** All that was copied before may be overwritten. */
  reset(): void {
    this.#used = 0
  }

  alignedCopy(bytes: Uint8Array): { readonly buffer: ArrayBuffer; readonly at: number } {
    const at = this.#used
    if (at + bytes.length > this.#aligned.byteLength) {
      // Earlier columns of the block stay behind in the memory of before.
      this.#aligned = new ArrayBuffer(Math.max(this.#aligned.byteLength * 2, bytes.length * 2))
      this.#used = 0
      return this.alignedCopy(bytes)
    }
    new Uint8Array(this.#aligned, at).set(bytes)
    this.#used = (at + bytes.length + 7) & ~7
    return { buffer: this.#aligned, at }
  }
}

/** All blocks of a complete answer. */
export function decodeBlocks(bytes: Uint8Array): readonly Block[] {
  const decoder = new BlockDecoder()
  const blocks = [...decoder.push(bytes)]
  decoder.end()
  return blocks
}

/** Int64/DateTime64 as numbers (exact below 2^53), without a bigint per row. */
export function numbersFrom(values: BigInt64Array): Float64Array {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++)
    out[i] = (words[2 * i + 1] as number) * 4_294_967_296 + ((words[2 * i] as number) >>> 0)
  return out
}

function* readBlocks(source: Source): Generator<Block | undefined, never, undefined> {
  for (;;) {
    source.betweenBlocks = true
    source.beginBlock()
    yield* source.need(1)
    source.betweenBlocks = false
    yield yield* readBlock(source)
  }
}

function* readBlock(source: Source): Decoding<Block> {
  const count = yield* source.varint()
  if (count > MAX_COLUMNS) throw malformedBlock({ detail: `${count} columns` })
  const rows = yield* source.varint()
  if (rows > MAX_BLOCK_BYTES) throw malformedBlock({ detail: `${rows} rows` })
  const columns: Record<string, ColumnData> = Object.create(null) as Record<string, ColumnData>
  for (let i = 0; i < count; i++) {
    const name = yield* source.string()
    const type = typeOf(yield* source.string())
    if (rows > 0) yield* readPrefix(source, type)
    columns[name] = yield* readData(source, type, rows)
  }
  return { rows, columns }
}

function typeOf(text: string): NativeType {
  try {
    return parseNativeType(text)
  } catch (error) {
    throw malformedBlock({ detail: `type ${JSON.stringify(text.slice(0, 100))}` }, { cause: error })
  }
}

function* readPrefix(source: Source, type: NativeType): Decoding<void> {
  if (type.kind === 'low_cardinality') {
    const version = yield* source.uint64()
    if (version !== 1) throw malformedBlock({ detail: `dictionary version ${version}` })
  } else if (type.kind === 'array') yield* readPrefix(source, type.item)
  else if (type.kind === 'map') {
    yield* readPrefix(source, type.key)
    yield* readPrefix(source, type.value)
  }
}

function* readData(source: Source, type: NativeType, rows: number): Decoding<Items> {
  switch (type.kind) {
    case 'fixed':
      return yield* source.fixed(type.array, rows * type.perRow)
    case 'string':
      return yield* source.strings(rows)
    case 'low_cardinality':
      return yield* readLowCardinality(source, rows)
    case 'array':
      return yield* readNested(source, [type.item], rows)
    case 'map':
      return yield* readNested(source, [type.key, type.value], rows)
    default:
      return unreachable(type)
  }
}

const INDEX_TYPES: readonly FixedArrayType[] = [Uint8Array, Uint16Array, Uint32Array]
const GLOBAL_DICTIONARY = 0x100

function* readLowCardinality(source: Source, rows: number): Decoding<readonly string[]> {
  if (rows === 0) return []
  const flags = yield* source.uint64()
  const indexType = INDEX_TYPES[flags & 0xff]
  if (indexType === undefined || (flags & GLOBAL_DICTIONARY) !== 0)
    throw malformedBlock({ detail: `dictionary flags ${flags}` })
  const keys = yield* source.strings(yield* source.uint64())
  const count = yield* source.uint64()
  if (count !== rows) throw malformedBlock({ detail: `${count} dictionary indexes for ${rows} rows` })
  const indexes = (yield* source.fixed(indexType, rows)) as Uint32Array
  const out: string[] = []
  for (let i = 0; i < rows; i++) {
    const key = keys[indexes[i] as number]
    if (key === undefined) throw malformedBlock({ detail: `no dictionary entry ${indexes[i]}` })
    out.push(key)
  }
  return out
}

function* readNested(source: Source, types: readonly NativeType[], rows: number): Decoding<ArrayColumnData> {
  const ends = (yield* source.fixed(BigUint64Array, rows)) as BigUint64Array
  let total = 0n
  for (const end of ends) {
    if (end < total) throw malformedBlock({ detail: 'array ends that fall' })
    total = end
  }
  if (total > BigInt(MAX_BLOCK_BYTES)) throw malformedBlock({ detail: `an array of ${total} items` })
  const items: Items[] = []
  for (const type of types) items.push(yield* readData(source, type, Number(total)))
  return { ends, items }
}

const EMPTY = Buffer.alloc(0)

/** The bytes that are not read yet. Joined only as far as something must lie together. */
class Source {
  #bytes: Buffer = EMPTY
  #at = 0
  /** What came after `#bytes`. */
  #later: Uint8Array[] = []
  #laterSize = 0
  betweenBlocks = true
  readonly #memory: DecodeMemory | undefined

  constructor(memory: DecodeMemory | undefined) {
    this.#memory = memory
  }

  add(bytes: Uint8Array): void {
    if (this.#memory !== undefined) return this.#copyInto(this.#memory, bytes)
    this.#later.push(bytes)
    this.#laterSize += bytes.length
  }

  beginBlock(): void {
    this.#memory?.reset()
  }

  /** What is not read yet moves to the front when the end is reached. */
  #copyInto(memory: DecodeMemory, bytes: Uint8Array): void {
    const rest = this.#bytes.length - this.#at
    let end = this.#bytes.length
    if (end + bytes.length > memory.bytes.length) {
      const room = memory.bytes.length < rest + bytes.length ? Buffer.alloc(2 * (rest + bytes.length)) : memory.bytes
      room.set(this.#bytes.subarray(this.#at))
      memory.bytes = room
      this.#at = 0
      end = rest
    }
    memory.bytes.set(bytes, end)
    this.#bytes = memory.bytes.subarray(0, end + bytes.length)
  }

  /** Goes on once the next `count` bytes are there, together. */
  *need(count: number): Decoding<void> {
    if (count > MAX_BLOCK_BYTES) throw malformedBlock({ detail: `${count} bytes in a row` })
    if (this.#bytes.length - this.#at >= count) return
    while (this.#bytes.length - this.#at + this.#laterSize < count) yield
    if (this.#memory === undefined) this.#join()
  }

  *varint(): Decoding<number> {
    let value = 0
    let factor = 1
    for (let i = 0; i < 8; i++) {
      yield* this.need(1)
      const byte = this.#bytes[this.#at++] as number
      value += (byte & 0x7f) * factor
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value
      factor *= 0x80
    }
    throw malformedBlock({ detail: 'a length beyond 2^53' })
  }

  *uint64(): Decoding<number> {
    yield* this.need(8)
    const lo = this.#bytes.readUInt32LE(this.#at)
    const hi = this.#bytes.readUInt32LE(this.#at + 4)
    this.#at += 8
    return hi * 4_294_967_296 + lo
  }

  *string(): Decoding<string> {
    const length = yield* this.varint()
    yield* this.need(length)
    this.#at += length
    return textOf(this.#bytes, this.#at - length, length)
  }

  *strings(rows: number): Decoding<readonly string[]> {
    const out: string[] = []
    while (out.length < rows) {
      this.#stringsAtHand(out, rows)
      if (out.length < rows) out.push(yield* this.string())
    }
    return out
  }

  /** A view where the bytes are aligned for the type, else a copy. */
  *fixed(type: FixedArrayType, length: number): Decoding<FixedArray> {
    const size = length * type.BYTES_PER_ELEMENT
    yield* this.need(size)
    const from = this.#bytes.byteOffset + this.#at
    this.#at += size
    if (this.#memory !== undefined) {
      // The bytes may move before the block is complete.
      const copy = this.#memory.alignedCopy(this.#bytes.subarray(this.#at - size, this.#at))
      return new type(copy.buffer, copy.at, length)
    }
    if (from % type.BYTES_PER_ELEMENT === 0) return new type(this.#bytes.buffer, from, length)
    return new type(this.#bytes.buffer.slice(from, from + size), 0, length)
  }

  /** Fast path: those strings that lie whole in the bytes at hand, if their length takes one or two bytes. */
  #stringsAtHand(out: string[], rows: number): void {
    const bytes = this.#bytes
    const safe = bytes.length - 2
    let at = this.#at
    while (out.length < rows && at < safe) {
      let length = bytes[at] as number
      let from = at + 1
      if (length >= 0x80) {
        const high = bytes[from++] as number
        if (high >= 0x80) break
        length = (length & 0x7f) | (high << 7)
      }
      if (from + length > bytes.length) break
      out.push(textOf(bytes, from, length))
      at = from + length
    }
    this.#at = at
  }

  #join(): void {
    const parts = this.#at < this.#bytes.length ? [this.#bytes.subarray(this.#at), ...this.#later] : this.#later
    const [only = EMPTY] = parts
    this.#bytes = parts.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(parts)
    this.#at = 0
    this.#later = []
    this.#laterSize = 0
  }
}

// For a few bytes a loop beats the call into the engine's decoder.
function textOf(bytes: Buffer, from: number, length: number): string {
  if (length > 24) return bytes.toString('utf8', from, from + length)
  let text = ''
  for (let i = from; i < from + length; i++) {
    const byte = bytes[i] as number
    if (byte >= 0x80) return bytes.toString('utf8', from, from + length)
    text += String.fromCharCode(byte)
  }
  return text
}
