/** What the text of a number, a duration and a string stands for. Follows number and parseDuration, promql/parser/parse.go@v3.14. */
import { quote } from '../../../core/go-text.ts'

/** A value, or why the text has none. */
export type Read<T> = { readonly value: T; readonly error?: undefined } | { readonly value: T; readonly error: string }

const DIGITS_ONLY = /^(?:0|[1-9][0-9]{0,14})$/
const OCTAL = /^0_?[0-7]+(?:_[0-7]+)*$/
const HEXADECIMAL = /^0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*$/
const DECIMAL =
  /^(?:[0-9]+(?:_[0-9]+)*\.?|(?=\.[0-9]))(?:(?<=\.)[0-9]+(?:_[0-9]+)*|\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?$/
const MAX_INT64 = 9223372036854775807n

/** Reads a number token: Go's integers (`0x1F`, `0755`, `1_000`), else a float, `Inf` and `NaN` in any case. */
export function readNumber(text: string): Read<number> {
  if (DIGITS_ONLY.test(text)) return { value: Number(text) }
  const plain = text.replaceAll('_', '')
  const integer = HEXADECIMAL.test(text) ? BigInt(plain) : OCTAL.test(text) ? BigInt(`0o${plain}`) : undefined
  if (integer !== undefined && integer <= MAX_INT64) return { value: Number(integer) }
  const word = text.toLowerCase()
  if (word === 'inf') return { value: Infinity }
  if (word === 'nan') return { value: NaN }
  if (!DECIMAL.test(text)) return failed(text, 'invalid syntax')
  const value = Number(plain)
  return Number.isFinite(value) ? { value } : { ...failed(text, 'value out of range'), value }
}

function failed(text: string, reason: string): { readonly value: number; readonly error: string } {
  return { value: 0, error: `error parsing number: strconv.ParseFloat: parsing ${quote(text)}: ${reason}` }
}

/** Milliseconds, and the place in the order in which units must come. */
const UNITS: Readonly<Record<string, readonly [ms: number, order: number]>> = {
  y: [31_536_000_000, 1],
  w: [604_800_000, 2],
  d: [86_400_000, 3],
  h: [3_600_000, 4],
  m: [60_000, 5],
  s: [1000, 6],
  ms: [1, 7],
}

/** int64 nanoseconds, as Prometheus keeps durations. */
const MAX_MS = 9_223_372_036_854

/** Reads a duration token, in seconds. Follows ParseDuration, prometheus/common/model/time.go. */
export function readDuration(text: string): Read<number> {
  if (text.startsWith('.')) return { value: 0, error: `not a valid duration string: ${quote(text)}` }
  let ms = 0
  let lastOrder = 0
  for (const [, digits = '', unit = ''] of text.matchAll(/([0-9]+)([^0-9]*)/g)) {
    if (unit === '') return { value: 0, error: `not a valid duration string: ${quote(text)}` }
    const [size, order] = UNITS[unit] ?? [0, 0]
    if (size === 0) return { value: 0, error: `unknown unit ${quote(unit)} in duration ${quote(text)}` }
    if (order <= lastOrder) return { value: 0, error: `not a valid duration string: ${quote(text)}` }
    lastOrder = order
    ms += Number(digits) * size
    if (ms > MAX_MS) return { value: 0, error: 'duration out of range' }
  }
  return { value: Math.trunc(ms / 1000) + ((ms % 1000) * 1e6) / 1e9 }
}

/** True when so many seconds are more than int64 nanoseconds hold. */
export function isOutOfRange(seconds: number): boolean {
  return Math.abs(seconds) > 2 ** 63 / 1e9
}

/** Whole milliseconds of a duration in seconds, by way of whole nanoseconds as in Prometheus. */
export function toMs(seconds: number): number {
  return Math.trunc(roundHalfAway(seconds * 1e9) / 1e6)
}

/** Go's math.Round: halves go away from zero. */
export function roundHalfAway(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}
<<<<<<< HEAD

const NAMED: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu

/**
 * The value of a string token, which the lexer has found well-formed. `\x` and octal escapes are bytes of UTF-8: of those that
 * make no whole characters, byte B becomes the lone surrogate U+DC00 + B, which is no more Unicode than they are.
 */
export function unquote(token: string): string {
  const inside = token.slice(1, -1)
  if (token.startsWith('`') || !inside.includes('\\')) return inside
  let hasBytes = false
  const value = inside.replaceAll(ESCAPE, (_, hex?: string, octal?: string, u?: string, long?: string, char = '') => {
    const byte = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16)
    // Bytes above ASCII wait as lone surrogates, which no source text has, until their neighbours are known.
    if (byte > 0x7f) hasBytes = true
    if (hex !== undefined || octal !== undefined) return String.fromCharCode(byte > 0x7f ? 0xdc00 + byte : byte)
    const point = u ?? long
    if (point !== undefined) return String.fromCodePoint(Number.parseInt(point, 16))
    const named = NAMED[char]
    return named === undefined ? char : String.fromCharCode(named)
  })
  return hasBytes ? joinBytes(value) : value
}

/** Runs of bytes above ASCII, which wait as lone surrogates, become the characters that they are the UTF-8 of. */
function joinBytes(text: string): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const decode = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  }
  return text.replaceAll(/[\udc80-\udcff]+/gu, (run) => {
    let joined = ''
    for (let at = 0; at < run.length;) {
      const length = [2, 3, 4].find((size) => at + size <= run.length && decode(bytesOf(run, at, size)) !== undefined)
      joined += length === undefined ? (run[at] ?? '') : (decode(bytesOf(run, at, length)) ?? '')
      at += length ?? 1
    }
    return joined
  })
}

function bytesOf(run: string, at: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => run.charCodeAt(at + i) - 0xdc00)
}
=======
>>>>>>> tools
