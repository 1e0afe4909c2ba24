/**
 * Columns -> one block of ClickHouse's Native format (revision 0: no block info, no custom serialisations).
 * Source: the format's description in ClickHouse's documentation ("Native"), src/Formats/NativeWriter.cpp.
 */
import { Bug } from '../core/errors.ts'
import type { ArrayColumnData, Column, ColumnData, ConstantColumnData } from './engine.ts'
import { parseNativeType } from './native-types.ts'
import type { FixedArray, NativeType } from './native-types.ts'

const KEYS_VERSION = 1n
/** HasAdditionalKeys | NeedUpdateDictionary; the low byte is the width of the indexes. */
const KEYS_WITH_THE_BLOCK = 0x600n

/**
 * Encodes one block. Typed arrays are not copied: the parts are views of the columns' own memory, so the columns must stay
 * unchanged until the parts are written. Throws a `Bug` when a column's length or array type does not fit.
 */
export function encodeBlock(columns: readonly Column[], rows: number): readonly Uint8Array[] {
  const out = new Parts()
  out.varint(columns.length)
  out.varint(rows)
  for (const { name, type, data } of columns) {
    out.string(name)
    out.string(type)
    if (rows === 0) continue
    try {
      const native = parseNativeType(type)
      encodePrefix(out, native)
      encodeData(out, native, data, rows)
    } catch (error) {
      throw error instanceof Bug ? new Bug(`column ${name}: ${error.message}`) : error
    }
  }
  return out.finish()
}

/** UnixMs (or other whole numbers below 2^53) as an Int64/DateTime64(3) column, without a bigint per row. */
export function int64From(values: Float64Array): BigInt64Array {
  const out = new BigInt64Array(values.length)
  const words = new Int32Array(out.buffer)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    words[2 * i] = value // ToInt32 takes the low 32 bits in two's complement, also of negative values
    words[2 * i + 1] = Math.floor(value / 4_294_967_296)
  }
  return out
}

// The prefixes of all nested dictionaries come before the data of the outermost type.
function encodePrefix(out: Parts, type: NativeType): void {
  if (type.kind === 'low_cardinality') out.uint64(KEYS_VERSION)
  else if (type.kind === 'array') encodePrefix(out, type.item)
  else if (type.kind === 'map') {
    encodePrefix(out, type.key)
    encodePrefix(out, type.value)
  }
}

function encodeData(out: Parts, type: NativeType, data: ColumnData, rows: number): void {
  switch (type.kind) {
    case 'fixed':
      return encodeFixed(out, type, data, rows)
    case 'string':
      return encodeStrings(out, data, rows)
    case 'low_cardinality':
      return encodeLowCardinality(out, data, rows)
    case 'array':
      return encodeNested(out, [type.item], data, rows)
    case 'map':
      return encodeNested(out, [type.key, type.value], data, rows)
  }
}

function encodeFixed(out: Parts, type: NativeType & { kind: 'fixed' }, data: ColumnData, rows: number): void {
  if (!(data instanceof type.array)) throw new Bug(`needs a ${type.array.name}`)
  expectLength(data.length, rows * type.perRow)
  out.view(data)
}

function encodeStrings(out: Parts, data: ColumnData, rows: number): void {
  if (isConstant(data)) {
    for (let i = 0; i < rows; i++) out.string(data.constant)
    return
  }
  const strings = expectStrings(data, rows)
  for (let i = 0; i < rows; i++) out.string(strings[i] as string)
}

function encodeLowCardinality(out: Parts, data: ColumnData, rows: number): void {
  if (rows === 0) return
  if (isConstant(data)) return encodeDictionary(out, [data.constant], new Uint8Array(rows))
  const strings = expectStrings(data, rows)
  const numbers = new Map<string, number>()
  const indexes = new Uint32Array(rows)
  for (let i = 0; i < rows; i++) {
    const text = strings[i] as string
    let number = numbers.get(text)
    if (number === undefined) numbers.set(text, (number = numbers.size))
    indexes[i] = number
  }
  const narrow =
    numbers.size <= 0x100 ? new Uint8Array(indexes) : numbers.size <= 0x10000 ? new Uint16Array(indexes) : indexes
  encodeDictionary(out, [...numbers.keys()], narrow)
}

function encodeDictionary(out: Parts, keys: readonly string[], indexes: Uint8Array | Uint16Array | Uint32Array): void {
  out.uint64(KEYS_WITH_THE_BLOCK | BigInt(Math.log2(indexes.BYTES_PER_ELEMENT)))
  out.uint64(BigInt(keys.length))
  for (const key of keys) out.string(key)
  out.uint64(BigInt(indexes.length))
  out.view(indexes)
}

/** `Array(T)` has one flat column behind the offsets, `Map(K, V)` two. */
function encodeNested(out: Parts, types: readonly NativeType[], data: ColumnData, rows: number): void {
  if (!isArray(data)) throw new Bug('needs ends and items')
  expectLength(data.ends.length, rows)
  expectLength(data.items.length, types.length)
  out.view(data.ends)
  const total = rows === 0 ? 0 : Number(data.ends[rows - 1])
  for (const [i, type] of types.entries()) encodeData(out, type, data.items[i] as ColumnData, total)
}

function isConstant(data: ColumnData): data is ConstantColumnData {
  return 'constant' in data
}

function isArray(data: ColumnData): data is ArrayColumnData {
  return 'ends' in data
}

function expectStrings(data: ColumnData, rows: number): readonly string[] {
  if (!Array.isArray(data)) throw new Bug('needs an array of strings')
  expectLength(data.length, rows)
  return data as readonly string[]
}

function expectLength(length: number, want: number): void {
  if (length !== want) throw new Bug(`has ${length} entries, not ${want}`)
}

const FIRST_PAGE = 8 * 1024
const LARGEST_PAGE = 1024 * 1024

/** Collects bytes in pages and views; a view ends the page before it, so that order is kept. */
class Parts {
  readonly #parts: Uint8Array[] = []
  #page = Buffer.allocUnsafeSlow(FIRST_PAGE)
  #from = 0
  #to = 0

  varint(value: number): void {
    this.#room(10)
    let rest = value
    while (rest >= 0x80) {
      this.#page[this.#to++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#page[this.#to++] = rest
  }

  uint64(value: bigint): void {
    this.#room(8)
    this.#page.writeBigUInt64LE(value, this.#to)
    this.#to += 8
  }

  string(text: string): void {
    // Up to 42 UTF-16 units are at most 126 bytes: the length takes one byte, so the text can be written before it is known.
    if (text.length <= 42) {
      this.#room(127)
      const length = this.#page.write(text, this.#to + 1, 'utf8')
      this.#page[this.#to] = length
      this.#to += length + 1
      return
    }
    const length = Buffer.byteLength(text)
    this.varint(length)
    this.#room(length)
    this.#to += this.#page.write(text, this.#to, 'utf8')
  }

  view(data: FixedArray): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    if (bytes.length < 1024) {
      this.#room(bytes.length)
      this.#page.set(bytes, this.#to)
      this.#to += bytes.length
      return
    }
    this.#cut()
    this.#parts.push(bytes)
  }

  finish(): readonly Uint8Array[] {
    this.#cut()
    return this.#parts
  }

  #cut(): void {
    if (this.#to > this.#from) this.#parts.push(this.#page.subarray(this.#from, this.#to))
    this.#from = this.#to
  }

  #room(bytes: number): void {
    if (this.#to + bytes <= this.#page.length) return
    this.#cut()
    this.#page = Buffer.allocUnsafeSlow(Math.max(Math.min(2 * this.#page.length, LARGEST_PAGE), bytes))
    this.#from = this.#to = 0
  }
}
