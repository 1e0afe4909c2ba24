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
