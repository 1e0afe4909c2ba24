/** ClickHouse type names as a tree, for the Native codec. The table in here is all that the codec knows about types. */
import { Bug } from '../core/errors.ts'

export type FixedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array

export interface FixedArrayType {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): FixedArray
}

export type NativeType =
  /** `perRow` elements of the array a row: 1 for numbers, n bytes for `FixedString(n)`. */
  | { readonly kind: 'fixed'; readonly array: FixedArrayType; readonly perRow: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'low_cardinality' }
  | { readonly kind: 'array'; readonly item: NativeType }
  | { readonly kind: 'map'; readonly key: NativeType; readonly value: NativeType }

const fixed = (array: FixedArrayType, perRow = 1): NativeType => ({ kind: 'fixed', array, perRow })

const FIXED: Readonly<Record<string, NativeType>> = {
  UInt8: fixed(Uint8Array),
  UInt16: fixed(Uint16Array),
  UInt32: fixed(Uint32Array),
  UInt64: fixed(BigUint64Array),
  Int8: fixed(Int8Array),
  Int16: fixed(Int16Array),
  Int32: fixed(Int32Array),
  Int64: fixed(BigInt64Array),
  Float32: fixed(Float32Array),
  Float64: fixed(Float64Array),
  Bool: fixed(Uint8Array),
  Date: fixed(Uint16Array),
  Date32: fixed(Int32Array),
  DateTime: fixed(Uint32Array),
  DateTime64: fixed(BigInt64Array),
  Enum8: fixed(Int8Array),
  Enum16: fixed(Int16Array),
  UUID: fixed(Uint8Array, 16),
  IPv4: fixed(Uint32Array),
  IPv6: fixed(Uint8Array, 16),
}

/** Parses a type as ClickHouse writes it. Throws a `Bug` for a type that the codec does not know: cast it in the query. */
export function parseNativeType(text: string): NativeType {
  const open = text.indexOf('(')
  const name = open === -1 ? text : text.slice(0, open)
  const inner = open === -1 ? '' : text.slice(open + 1, -1)
  if (FIXED[name] !== undefined && Object.hasOwn(FIXED, name)) return FIXED[name]
  if (text === 'String') return { kind: 'string' }
  if (text === 'LowCardinality(String)') return { kind: 'low_cardinality' }
  if (name === 'Array') return { kind: 'array', item: parseNativeType(inner) }
  if (name === 'FixedString' && /^[1-9]\d{0,6}$/.test(inner)) return fixed(Uint8Array, Number(inner))
  if (name === 'Map') {
    const [key, value] = splitArguments(inner)
    if (key !== undefined && value !== undefined)
      return { kind: 'map', key: parseNativeType(key), value: parseNativeType(value) }
  }
  if (name === 'SimpleAggregateFunction') {
    const [, of] = splitArguments(inner)
    if (of !== undefined) return parseNativeType(of)
  }
  throw new Bug(`the Native codec does not know the type ${JSON.stringify(text)}`)
}

/** `a, b(c, d)` -> `['a', 'b(c, d)']`; quoted text (time zones, enum names) holds no separators. */
function splitArguments(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\\' && quoted) i++
    else if (c === "'") quoted = !quoted
    else if (quoted) continue
    else if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  return [...parts, text.slice(from).trim()]
}
