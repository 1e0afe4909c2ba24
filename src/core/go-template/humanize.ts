/** Numbers for people: the functions that rules and notifications share. Follows prometheus/common/helpers/templates and template/template.go@v3.14. */
import { parseGoFloat } from '../go-number.ts'
import { quote } from '../go-text.ts'
import { formatTime, STRING_LAYOUT, toInt64 } from '../go-time.ts'
import type { GoTime } from '../go-time.ts'
import { formatFloat } from './print/float.ts'
import { DURATION, secondsOf } from './time-values.ts'
import { GoError, rawOf, Typed, typeOf } from './value.ts'
import type { GoValue } from './value.ts'

const NUMBERS: readonly string[] = ['int', 'uint', 'int64', 'uint64', 'float64']

/** A number, or the text of one. Throws a `GoError`. */
export function toFloat(value: GoValue): number {
  const type = typeOf(value)
  if (type?.name === 'string') return floatOf(rawOf(value) as string)
  if (value instanceof Typed && type === DURATION) return secondsOf(value)
  if (type !== undefined && NUMBERS.includes(type.name)) return Number(rawOf(value))
  throw new GoError(`can't convert ${type?.name ?? '<nil>'} to float`)
}

function floatOf(text: string): number {
  const value = parseGoFloat(text)
  if (typeof value === 'number') return value
  throw new GoError(`strconv.ParseFloat: parsing ${quote(text)}: ${value}`)
}

/** `%.4g` */
const short = (value: number): string => formatFloat(value, 'g', 4)

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']

/** Divides until the number is below `base`. */
function scaledDown(value: number, base: number, prefixes: readonly string[]): string {
  let [rest, prefix] = [value, '']
  for (const next of prefixes) {
    if (Math.abs(rest) < base) break
    prefix = next
    rest /= base
  }
  return short(rest) + prefix
}

function scaledUp(value: number): string {
  let [rest, prefix] = [value, '']
  for (const next of SMALL) {
    if (Math.abs(rest) >= 1) break
    prefix = next
    rest *= 1000
  }
  return short(rest) + prefix
}

/** `1.235M`, `120m`. */
export function humanize(value: GoValue): string {
  const number = toFloat(value)
  if (number === 0 || !Number.isFinite(number)) return short(number)
  return Math.abs(number) >= 1 ? scaledDown(number, 1000, LARGE) : scaledUp(number)
}

/** `1.177Mi`. */
export function humanize1024(value: GoValue): string {
  const number = toFloat(value)
  return Math.abs(number) <= 1 || !Number.isFinite(number) ? short(number) : scaledDown(number, 1024, BINARY)
}

export function humanizePercentage(value: GoValue): string {
  return `${short(toFloat(value) * 100)}%`
}

/** `1d 2h 3m 4s`, `1.234s`, `100ms`. */
export function humanizeDuration(value: GoValue): string {
  const number = toFloat(value)
  if (!Number.isFinite(number)) return short(number)
  if (number === 0) return `${short(number)}s`
  if (Math.abs(number) < 1) return `${scaledUp(number)}s`
  const sign = number < 0 ? '-' : ''
  const seconds = toInt64(Math.abs(number))
  const minutes = seconds / 60n
  const hours = minutes / 60n
  const clock = `${minutes % 60n}m ${seconds % 60n}s`
  if (hours >= 24n) return `${sign}${hours / 24n}d ${hours % 24n}h ${clock}`
  if (hours > 0n) return `${sign}${hours}h ${clock}`
  return minutes > 0n ? sign + clock : `${sign}${short(Math.abs(number))}s`
}

/** Seconds since 1970 as a moment of UTC, in whole milliseconds. Throws a `GoError` beyond what nanoseconds can tell. */
export function timeOfSeconds(seconds: number): GoTime {
  if (!Number.isFinite(seconds)) throw new GoError('value is NaN or Inf')
  const nanos = seconds * 1e9
  if (Math.abs(nanos) > 2 ** 63) {
    const shown = formatFloat(seconds, 'g', -1)
    throw new GoError(`${shown} cannot be represented as a nanoseconds timestamp since it overflows int64`)
  }
  return { nanos: (toInt64(nanos) / 1_000_000n) * 1_000_000n, offset: 0, zone: 'UTC' }
}

/** `2015-06-23 13:19:44.128 +0000 UTC`. */
export function humanizeTimestamp(value: GoValue): string {
  const number = toFloat(value)
  return Number.isFinite(number) ? formatTime(timeOfSeconds(number), STRING_LAYOUT) : short(number)
}
