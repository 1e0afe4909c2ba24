/**
 * Attribute values as text, straight from their bytes.
 * Follows Value.AsString, open-telemetry/opentelemetry-collector/pdata/pcommon/value.go, and the specification's
 * common/README.md, "Attribute Values in non-OTLP protocols".
 */
import { Buffer } from 'node:buffer'
import { compareUtf8 } from '../../core/utf8.ts'
import type { ProtoReader } from '../protobuf.ts'
import { otlpUndecodable } from './errors.ts'

const MAX_DEPTH = 32

/** JSON text; undefined for what has none (NaN and the infinities), which costs the whole value its text. */
type Json = string | undefined

/**
 * Reads the AnyValue at hand: strings as they are, numbers and booleans in decimal, bytes in base64, arrays and maps as
 * JSON with sorted keys, an empty value as ''. Throws `codec.otlp_undecodable` for nesting beyond 32.
 */
export function anyValueText(reader: ProtoReader): string {
  return read(reader, scalarText, 0) ?? ''
}

type Scalar = (reader: ProtoReader) => Json

function read(reader: ProtoReader, scalar: Scalar, depth: number): Json {
  if (depth > MAX_DEPTH) throw otlpUndecodable({ encoding: 'protobuf', where: `attribute nested beyond ${MAX_DEPTH}` })
  const outer = reader.enter()
  let text: Json = scalar === scalarJson ? 'null' : ''
  while (reader.next()) {
    // The last member of a oneof wins.
    if (reader.field === 5) text = arrayJson(reader, depth)
    else if (reader.field === 6) text = mapJson(reader, depth)
    else if (reader.field >= 1 && reader.field <= 7) text = scalar(reader)
    else reader.skip()
  }
  reader.leave(outer)
  return text
}

function scalarText(reader: ProtoReader): string {
  switch (reader.field) {
    case 1:
      return reader.string()
    case 2:
      return String(reader.bool())
    case 3:
      return integer(reader)
    case 4:
      return numberText(reader.double())
    default:
      return base64(reader)
  }
}

function scalarJson(reader: ProtoReader): Json {
  switch (reader.field) {
    case 1:
      return jsonString(reader.string())
    case 2:
      return String(reader.bool())
    case 3:
      return integer(reader)
    case 4: {
      const value = reader.double()
      return Number.isFinite(value) ? numberText(value) : undefined
    }
    default:
      return `"${base64(reader)}"`
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function arrayJson(reader: ProtoReader, depth: number): Json {
  const outer = reader.enter()
  const items: Json[] = []
  while (reader.next()) {
    if (reader.field === 1) items.push(read(reader, scalarJson, depth + 1))
    else reader.skip()
  }
  reader.leave(outer)
  return items.includes(undefined) ? undefined : `[${items.join(',')}]`
}

function mapJson(reader: ProtoReader, depth: number): Json {
  const outer = reader.enter()
  const map = new Map<string, Json>()
  while (reader.next()) {
    if (reader.field === 1) readEntry(reader, map, depth)
    else reader.skip()
  }
  reader.leave(outer)
  const items = [...map].sort(([a], [b]) => compareUtf8(a, b))
  if (items.some(([, value]) => value === undefined)) return undefined
  return `{${items.map(([key, value]) => `${jsonString(key)}:${value}`).join(',')}}`
}

function readEntry(reader: ProtoReader, map: Map<string, Json>, depth: number): void {
  const outer = reader.enter()
  let key = ''
  let value: Json = 'null'
  while (reader.next()) {
    if (reader.field === 1) key = reader.string()
    else if (reader.field === 2) value = read(reader, scalarJson, depth + 1)
    else reader.skip()
  }
  reader.leave(outer)
  map.set(key, value)
}

function integer(reader: ProtoReader): string {
  const start = reader.pos
  const value = reader.int64()
  if (Number.isSafeInteger(value)) return String(value)
  reader.pos = start
  return String(reader.int64Exact())
}

function base64(reader: ProtoReader): string {
  const start = reader.range()
  const { bytes } = reader
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, reader.pos - start).toString('base64')
}

// Go's encoder also escapes the two line separators, so that its output is JavaScript too.
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
