/**
 * OTLP/JSON to OTLP/protobuf: JSON then takes the very path that protobuf takes, so that both mean the same.
 * Source: opentelemetry-proto 1.11, docs/specification.md, "JSON Protobuf Encoding". Beyond it, keys in snake_case and
 * enums by name are taken as well, as the OpenTelemetry Collector does.
 */
import { Buffer } from 'node:buffer'
import { BongsuError, messageOf } from '../../core/errors.ts'
import { ProtoWriter } from '../protobuf-writer.ts'
import { WIRE_BYTES } from '../protobuf.ts'
import { otlpUndecodable } from './errors.ts'
import { MESSAGES, TEMPORALITY_NUMBERS } from './json-messages.ts'
import type { FieldSpec, MessageName, MessageSpec, ScalarType } from './json-messages.ts'

const MAX_DEPTH = 200
/** Room for a length of up to 2^28, filled in once known. Lengths may be written longer than needed. */
const LENGTH = new Uint8Array([0x80, 0x80, 0x80, 0x00])

/** Throws `codec.otlp_undecodable` with the path of the value at fault. Unknown keys are passed over, `null` means absent. */
export function jsonToProtobuf(body: Buffer, root: MessageName): Buffer {
  const json = parse(body)
  return new Transcoder().run(json, root, body.length)
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(exactIntegers(body.toString('utf8').replace(/^\uFEFF/, '')))
  } catch (error) {
    throw otlpUndecodable({ encoding: 'JSON', where: messageOf(error).slice(0, 200) }, { cause: error })
  }
}

/**
 * Nanoseconds sent as bare numbers would lose their last digits in JSON.parse: integers beyond 2^53 are put into quotes,
 * which every integer field takes as well.
 */
function exactIntegers(source: string): string {
  if (!/[:[,]\s*-?\d{16,}\s*[,\]}]/.test(source)) return source
  let exact = ''
  let from = 0
  while (from < source.length) {
    const quote = source.indexOf('"', from)
    const end = quote === -1 ? source.length : quote
    exact += source.slice(from, end).replace(/(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, '"$&"')
    // Texts are passed over as they are.
    from = quote === -1 ? end : closingQuote(source, quote) + 1
    exact += source.slice(end, from)
  }
  return exact
}

/** The end of the text that begins at `quote`; the end of `source` when it has none. */
function closingQuote(source: string, quote: number): number {
  for (let at = source.indexOf('"', quote + 1); at !== -1; at = source.indexOf('"', at + 1)) {
    let backslashes = 0
    while (source[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at
  }
  return source.length
}

class Transcoder {
  #writer = new ProtoWriter()
  readonly #path: (string | number)[] = []

  run(json: unknown, root: MessageName, size: number): Buffer {
    this.#writer = new ProtoWriter(Math.max(256, size))
    this.#fields(json, MESSAGES[root])
    const bytes = this.#writer.view()
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  #fields(json: unknown, message: MessageSpec): void {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) this.#fail('not an object')
    if (this.#path.length > MAX_DEPTH) this.#fail('nested too deeply')
    for (const [key, value] of Object.entries(json)) {
      const field = fieldOf(message, key)
      if (field === undefined || value === null) continue
      this.#path.push(key)
      if (field.repeated) this.#repeated(field, value)
      else this.#value(field, value)
      this.#path.pop()
    }
  }

  #repeated(field: FieldSpec, json: unknown): void {
    if (!Array.isArray(json)) this.#fail('not an array')
    for (const [i, item] of json.entries()) {
      if (item === null) continue
      this.#path.push(i)
      this.#value(field, item)
      this.#path.pop()
    }
  }

  #value({ type, number }: FieldSpec, json: unknown): void {
    if (isMessage(type)) {
      this.#message(number, json, MESSAGES[type])
      return
    }
    try {
      SCALARS[type](this.#writer, number, json)
    } catch (error) {
      if (error instanceof BongsuError) throw error
      this.#fail(messageOf(error))
    }
  }

  #message(number: number, json: unknown, message: MessageSpec): void {
    const writer = this.#writer
    writer.bareVarint(number * 8 + WIRE_BYTES).append(LENGTH)
    const start = writer.length
    this.#fields(json, message)
    const length = writer.length - start
    const bytes = writer.view()
    for (let i = 0; i < 4; i++) {
      bytes[start - 4 + i] = (bytes[start - 4 + i] as number) | ((length >>> (7 * i)) & 0x7f)
    }
  }

  #fail(reason: string): never {
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
    throw otlpUndecodable({ encoding: 'JSON', where: `${path === '' ? 'the body' : path.slice(1)} is ${reason}` })
  }
}

function isMessage(type: FieldSpec['type']): type is MessageName {
  return Object.hasOwn(MESSAGES, type)
}

function fieldOf(message: MessageSpec, key: string): FieldSpec | undefined {
  if (Object.hasOwn(message, key)) return message[key]
  if (!key.includes('_')) return undefined
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(message, camel) ? message[camel] : undefined
}

/** Writes a JSON value as a scalar; throws an Error whose message ends the sentence "<path> is ...". */
type WriteScalar = (writer: ProtoWriter, field: number, json: unknown) => void

const SCALARS: Readonly<Record<ScalarType, WriteScalar>> = {
  string: (writer, field, json) => writer.string(field, text(json)),
  bool: (writer, field, json) => {
    if (typeof json !== 'boolean') throw new Error('not a boolean')
    writer.bool(field, json)
  },
  double: (writer, field, json) => writer.double(field, double(json)),
  int64: (writer, field, json) => writer.int64(field, integer(json, -(2n ** 63n), 2n ** 63n)),
  uint64: (writer, field, json) => writer.uint64(field, integer(json, 0n, 2n ** 64n)),
  uint32: (writer, field, json) => writer.uint64(field, integer(json, 0n, 2n ** 32n)),
  sint32: (writer, field, json) => writer.sint64(field, integer(json, -(2n ** 31n), 2n ** 31n)),
  fixed64: (writer, field, json) => writer.fixed64(field, BigInt(integer(json, 0n, 2n ** 64n))),
  sfixed64: (writer, field, json) => writer.fixed64(field, BigInt(integer(json, -(2n ** 63n), 2n ** 63n))),
  base64: (writer, field, json) => writer.bytes(field, base64(json)),
  hex: (writer, field, json) => writer.bytes(field, hex(json)),
  temporality: (writer, field, json) => writer.uint64(field, temporality(json)),
}

function text(json: unknown): string {
  if (typeof json !== 'string') throw new Error('not a string')
  return json
}

function double(json: unknown): number {
  if (typeof json === 'number') return json
  if (typeof json === 'string' && json.trim() !== '') {
    const value = Number(json)
    if (json === 'NaN' || !Number.isNaN(value)) return value
  }
  throw new Error('not a number')
}

function integer(json: unknown, least: bigint, beyond: bigint): number | bigint {
  const whole =
    (typeof json === 'number' && Number.isInteger(json)) || (typeof json === 'string' && /^-?\d{1,20}$/.test(json))
  if (!whole) throw new Error('not an integer')
  const value = BigInt(json)
  if (value < least || value >= beyond) throw new Error('out of range')
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function base64(json: unknown): Buffer {
  const encoded = text(json)
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) throw new Error('not base64')
  return Buffer.from(encoded, 'base64')
}

function hex(json: unknown): Buffer {
  const encoded = text(json)
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(encoded)) throw new Error('not hexadecimal')
  return Buffer.from(encoded, 'hex')
}

function temporality(json: unknown): number {
  const named =
    typeof json === 'string' ? TEMPORALITY_NUMBERS.get(json.replace(/^AGGREGATION_TEMPORALITY_/, '')) : undefined
  return named ?? Number(integer(json, 0n, 2n ** 31n))
}
