import { Buffer } from 'node:buffer'
import { ProtoReader } from '../protobuf.ts'
import { anyValueText } from './any-value.ts'

/**
 * Where the occurrences of some fields lie within a message: nearly always one run of bytes, which makes `key` a plain
 * copy. Reused from message to message; the bytes are borrowed.
 */
export class FieldRegions {
  bytes: Buffer = Buffer.alloc(0)
  /** `[start, end, start, end, ...]`; neighbours are joined. */
  readonly #bounds: number[] = []

  reset(bytes: Buffer): void {
    this.bytes = bytes
    this.#bounds.length = 0
  }

  /** Adds a field that begins (with its tag) at `start` and ends at `end`. */
  add(start: number, end: number): void {
    const bounds = this.#bounds
    const last = bounds.length - 1
    if (last > 0 && bounds[last] === start) bounds[last] = end
    else bounds.push(start, end)
  }

  get empty(): boolean {
    return this.#bounds.length === 0
  }

  /** The bytes as a string, one character a byte: equal for equal fields in equal order. */
  key(): string {
    const bounds = this.#bounds
    if (bounds.length === 2) return this.bytes.toString('latin1', bounds[0], bounds[1])
    let key = ''
    for (let i = 0; i < bounds.length; i += 2) key += this.bytes.toString('latin1', bounds[i], bounds[i + 1])
    return key
  }

  /** Whether `key()` would be `key`, without making it. */
  hasKey(key: string): boolean {
    const bounds = this.#bounds
    if (bounds.length !== 2) return this.key() === key
    const { bytes } = this
    const start = bounds[0] as number
    const length = (bounds[1] as number) - start
    if (length !== key.length) return false
    for (let i = 0; i < length; i++) if (bytes[start + i] !== key.charCodeAt(i)) return false
    return true
  }

  /** Calls `each` for every one of the fields, with the reader standing before its value. */
  read(each: (reader: ProtoReader) => void): void {
    const bounds = this.#bounds
    for (let i = 0; i < bounds.length; i += 2) {
      const reader = new ProtoReader(this.bytes, bounds[i], bounds[i + 1])
      while (reader.next()) each(reader)
    }
  }
}

/** Reads `KeyValue` fields: names, and values as text (see `anyValueText`). */
export function readAttributes(fields: FieldRegions): [name: string, value: string][] {
  const attributes: [string, string][] = []
  fields.read((reader) => attributes.push(keyValue(reader)))
  return attributes
}

/** Reads the KeyValue at hand. */
export function keyValue(reader: ProtoReader): [name: string, value: string] {
  const outer = reader.enter()
  let key = ''
  let value = ''
  while (reader.next()) {
    if (reader.field === 1) key = reader.string()
    else if (reader.field === 2) value = anyValueText(reader)
    else reader.skip()
  }
  reader.leave(outer)
  return [key, value]
}
