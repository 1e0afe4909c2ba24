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

/** Thrown inside when the bytes end early: at least `need` bytes from the block's beginning are needed. */
class Short extends Error {
  readonly need: number
  constructor(need: number) {
    super('the block ends early')
    this.need = need
  }
}

/** Takes bytes as they come, gives blocks as they are complete. Blocks may be views of the pushed bytes. */
export class BlockDecoder {
  #pending: Uint8Array[] = []
  #size = 0
  #tryAt = 1;

  /** The blocks that are complete with these bytes. Empty blocks (a header without rows) are left out. */
  *push(bytes: Uint8Array): Generator<Block, void, undefined> {
    this.#pending.push(bytes)
    this.#size += bytes.length
    yield* this.#blocks()
  }

  /** The last blocks. Throws `store.malformed_block` when the bytes ended within one. */
  *end(): Generator<Block, void, undefined> {
    this.#tryAt = 1
    yield* this.#blocks()
    if (this.#size > 0) throw malformedBlock({ detail: `it ends within a block, after ${this.#size} bytes of it` })
  }

  *#blocks(): Generator<Block, void, undefined> {
    while (this.#size >= this.#tryAt && this.#size > 0) {
      const block = this.#decodeOne()
      if (block === undefined) return
      if (block.rows > 0) yield block
    }
  }

  #decodeOne(): Block | undefined {
    const bytes = this.#pending.length === 1 ? (this.#pending[0] as Uint8Array) : Buffer.concat(this.#pending)
    const reader = new Reader(bytes)
    try {
      const block = readBlock(reader)
      this.#reset(bytes.subarray(reader.at))
      return block
    } catch (error) {
      if (!(error instanceof Short)) throw error
      this.#pending = [bytes]
      // A block is decoded from its beginning at each try: growing by a share of it keeps the sum of all tries linear.
      this.#tryAt = Math.max(error.need, Math.ceil(bytes.length * 1.5))
      return undefined
    }
  }

  #reset(rest: Uint8Array | undefined): void {
    this.#pending = rest === undefined || rest.length === 0 ? [] : [rest]
    this.#size = rest?.length ?? 0
    this.#tryAt = 1
  }
}

/** All blocks of a complete answer. */
export function decodeBlocks(bytes: Uint8Array): readonly Block[] {
  const decoder = new BlockDecoder()
  return [...decoder.push(bytes), ...decoder.end()]
}

/** Int64/DateTime64 as numbers (exact below 2^53), without a bigint per row. */
export function numbersFrom(values: BigInt64Array): Float64Array {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++)
    out[i] = (words[2 * i + 1] as number) * 4_294_967_296 + ((words[2 * i] as number) >>> 0)
  return out
}

function readBlock(reader: Reader): Block {
  const count = reader.varint()
  if (count > MAX_COLUMNS) throw malformedBlock({ detail: `${count} columns` })
  const rows = reader.varint()
  const columns: Record<string, ColumnData> = Object.create(null) as Record<string, ColumnData>
  for (let i = 0; i < count; i++) {
    const name = reader.string()
    const type = typeOf(reader.string())
    if (rows > 0) readPrefix(reader, type)
    columns[name] = readData(reader, type, rows)
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

function readPrefix(reader: Reader, type: NativeType): void {
  if (type.kind === 'low_cardinality') {
    const version = reader.uint64()
    if (version !== 1) throw malformedBlock({ detail: `dictionary version ${version}` })
  } else if (type.kind === 'array') readPrefix(reader, type.item)
  else if (type.kind === 'map') {
    readPrefix(reader, type.key)
    readPrefix(reader, type.value)
  }
}

function readData(reader: Reader, type: NativeType, rows: number): Items {
  switch (type.kind) {
    case 'fixed':
      return reader.fixed(type.array, rows * type.perRow)
    case 'string':
      return reader.strings(rows)
    case 'low_cardinality':
      return readLowCardinality(reader, rows)
    case 'array':
      return readNested(reader, [type.item], rows)
    case 'map':
      return readNested(reader, [type.key, type.value], rows)
    default:
      return unreachable(type)
  }
}

const INDEX_TYPES: readonly FixedArrayType[] = [Uint8Array, Uint16Array, Uint32Array]
const GLOBAL_DICTIONARY = 0x100

function readLowCardinality(reader: Reader, rows: number): readonly string[] {
  if (rows === 0) return []
  const flags = reader.uint64()
  const indexType = INDEX_TYPES[flags & 0xff]
  if (indexType === undefined || (flags & GLOBAL_DICTIONARY) !== 0)
    throw malformedBlock({ detail: `dictionary flags ${flags}` })
  const keys = reader.strings(reader.uint64())
  const count = reader.uint64()
  if (count !== rows) throw malformedBlock({ detail: `${count} dictionary indexes for ${rows} rows` })
  const indexes = reader.fixed(indexType, rows) as Uint32Array
  const out: string[] = []
  for (let i = 0; i < rows; i++) {
    const key = keys[indexes[i] as number]
    if (key === undefined) throw malformedBlock({ detail: `no dictionary entry ${indexes[i]}` })
    out.push(key)
  }
  return out
}

function readNested(reader: Reader, types: readonly NativeType[], rows: number): ArrayColumnData {
  const ends = reader.fixed(BigUint64Array, rows) as BigUint64Array
  let total = 0n
  for (const end of ends) {
    if (end < total) throw malformedBlock({ detail: 'array ends that fall' })
    total = end
  }
  if (total > BigInt(MAX_BLOCK_BYTES)) throw malformedBlock({ detail: `an array of ${total} items` })
  return { ends, items: types.map((type) => readData(reader, type, Number(total))) }
}

class Reader {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  varint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 8; i++) {
      this.#need(1)
      const byte = this.#bytes[this.at++] as number
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      factor *= 0x80
    }
    throw malformedBlock({ detail: 'a length beyond 2^53' })
  }

  uint64(): number {
    this.#need(8)
    const lo = this.#bytes.readUInt32LE(this.at)
    const hi = this.#bytes.readUInt32LE(this.at + 4)
    this.at += 8
    return hi * 4_294_967_296 + lo
  }

  string(): string {
    const length = this.varint()
    this.#need(length)
    const text = this.#text(length)
    this.at += length
    return text
  }

  strings(rows: number): readonly string[] {
    this.#need(rows) // each takes at least a byte: a wild count can't make a wild allocation
    const out: string[] = []
    for (let i = 0; i < rows; i++) out.push(this.string())
    return out
  }

  /** A view where the bytes are aligned for the type, else a copy. */
  fixed(type: FixedArrayType, length: number): FixedArray {
    const size = length * type.BYTES_PER_ELEMENT
    this.#need(size)
    const from = this.#bytes.byteOffset + this.at
    this.at += size
    if (from % type.BYTES_PER_ELEMENT === 0) return new type(this.#bytes.buffer, from, length)
    return new type(this.#bytes.buffer.slice(from, from + size), 0, length)
  }

  // For a few bytes a loop beats the call into the engine's decoder.
  #text(length: number): string {
    const bytes = this.#bytes
    const from = this.at
    if (length > 24) return bytes.toString('utf8', from, from + length)
    let text = ''
    for (let i = from; i < from + length; i++) {
      const byte = bytes[i] as number
      if (byte >= 0x80) return bytes.toString('utf8', from, from + length)
      text += String.fromCharCode(byte)
    }
    return text
  }

  #need(bytes: number): void {
    const end = this.at + bytes
    if (end > MAX_BLOCK_BYTES) throw malformedBlock({ detail: `a block of ${end} bytes or more` })
    if (end > this.#bytes.length) throw new Short(end)
  }
}
