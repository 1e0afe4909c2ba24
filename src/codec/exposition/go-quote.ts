import { Buffer } from 'node:buffer'

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Quotes bytes as Go's `%q` does: printable characters as they are, everything else escaped, invalid UTF-8 byte by byte. */
export function quoteBytes(bytes: Uint8Array): string {
  let text = '"'
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += hex('x', bytes[at] as number, 2)
      at++
      continue
    }
    text += quoteCharacter(Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8'))
    at += length
  }
  return `${text}"`
}

/** The same for text. */
export function quoteText(text: string): string {
  return quoteBytes(Buffer.from(text))
}

/** True when the bytes `[start, end)` are valid UTF-8 (no surrogates, no overlong forms). */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end;) {
    if ((bytes[at] as number) < 0x80) {
      at++
      continue
    }
    const length = sequenceLength(bytes, at)
    if (length === 0 || at + length > end) return false
    at += length
  }
  return true
}

function quoteCharacter(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  if (PRINTABLE.test(character)) return character
  const point = character.codePointAt(0) ?? 0
  if (point < 0x20 || point === 0x7f) return hex('x', point, 2)
  return point < 0x10000 ? hex('u', point, 4) : hex('U', point, 8)
}

function hex(letter: string, value: number, width: number): string {
  return `\\${letter}${value.toString(16).padStart(width, '0')}`
}

/** Length of the UTF-8 sequence at `at`, 0 when it is invalid. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0
  const second = bytes[at + 1] as number
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0
  return length
}
