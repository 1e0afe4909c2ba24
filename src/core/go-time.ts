/** Times and durations as Go writes them. Follows time.Time.Format and time.Duration.String. */

/** A moment in nanoseconds since 1970, seen from a zone. */
export interface GoTime {
  readonly nanos: bigint
  /** Seconds east of Greenwich. */
  readonly offset: number
  /** `UTC`, `CET`. */
  readonly zone: string
}

const SECOND = 1_000_000_000n

/** The layout of `String()`. */
export const STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST'

/** The moment that Go's zero Time is: 1 January of the year 1. */
export const ZERO_TIME: GoTime = { nanos: -62_135_596_800n * SECOND, offset: 0, zone: 'UTC' }

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

export const monthName = (month: number): string => MONTHS[month - 1] ?? `%!Month(${month})`
export const weekdayName = (day: number): string => DAYS[day] ?? `%!Weekday(${day})`

/** The parts of a moment on the clock and calendar of its zone. */
export interface CalendarTime {
  readonly year: number
  /** 1-12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
  /** 0 = Sunday. */
  readonly weekday: number
  /** 1-366. */
  readonly yearDay: number
}

export function calendarOf({ nanos, offset }: GoTime): CalendarTime {
  const seconds = floorDivide(nanos, SECOND)
  const date = new Date(Number(seconds + BigInt(offset)) * 1000)
  const year = date.getUTCFullYear()
  const newYear = new Date(0)
  newYear.setUTCFullYear(year, 0, 1)
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanos - seconds * SECOND),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - newYear.getTime()) / 86_400_000) + 1,
  }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const whole = value / by
  return value < 0n && whole * by !== value ? whole - 1n : whole
}

/** The pieces of a layout that stand for something; a name before a small letter is a word like any other. */
const PIECE =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm|[-Z](?:07:00:00|070000|07:00|0700|07)|[.,](?:0+|9+)(?!\d)/g

export function formatTime(time: GoTime, layout: string): string {
  const at = calendarOf(time)
  return layout.replaceAll(PIECE, (piece) => {
    const write = PIECES[piece]
    if (write !== undefined) return write(at, time)
    if (piece.startsWith('-') || piece.startsWith('Z')) return zoneOffset(time.offset, piece)
    return fraction(at.nanosecond, piece)
  })
}

const two = (value: number, fill = '0'): string => String(value).padStart(2, fill)
const three = (value: number, fill = '0'): string => String(value).padStart(3, fill)
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12)
const longYear = (year: number): string => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0')

const PIECES: Readonly<Record<string, (at: CalendarTime, time: GoTime) => string>> = {
  January: ({ month }) => monthName(month),
  Jan: ({ month }) => monthName(month).slice(0, 3),
  '1': ({ month }) => String(month),
  '01': ({ month }) => two(month),
  Monday: ({ weekday }) => weekdayName(weekday),
  Mon: ({ weekday }) => weekdayName(weekday).slice(0, 3),
  '2': ({ day }) => String(day),
  _2: ({ day }) => two(day, ' '),
  '02': ({ day }) => two(day),
  __2: ({ yearDay }) => three(yearDay, ' '),
  '002': ({ yearDay }) => three(yearDay),
  '15': ({ hour }) => two(hour),
  '3': ({ hour }) => String(twelve(hour)),
  '03': ({ hour }) => two(twelve(hour)),
  '4': ({ minute }) => String(minute),
  '04': ({ minute }) => two(minute),
  '5': ({ second }) => String(second),
  '05': ({ second }) => two(second),
  '2006': ({ year }) => longYear(year),
  '06': ({ year }) => two(Math.abs(year) % 100),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
  MST: (_, { zone, offset }) => (zone === '' ? zoneOffset(offset, offset % 3600 === 0 ? '-07' : '-0700') : zone),
}

function zoneOffset(offset: number, piece: string): string {
  if (piece.startsWith('Z') && offset === 0) return 'Z'
  const size = Math.abs(offset)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) => two(part))
  const count = piece.replaceAll(':', '').length / 2
  return (offset < 0 ? '-' : '+') + parts.slice(0, Math.floor(count)).join(piece.includes(':') ? ':' : '')
}

/** `.000` shows so many digits, `.999` as many as are not zero. */
function fraction(nanosecond: number, piece: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, piece.length - 1)
    .padEnd(piece.length - 1, '0')
  if (piece[1] === '0') return piece.charAt(0) + digits
  const shown = digits.replace(/0+$/, '')
  return shown === '' ? '' : piece.charAt(0) + shown
}

/** `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (size < 1000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 1000n)}µs`
  if (size < SECOND) return `${sign}${decimal(size, 1_000_000n)}ms`
  const minutes = size / (60n * SECOND)
  const seconds = `${decimal(size % (60n * SECOND), SECOND)}s`
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit
  if (rest === 0n) return String(value / unit)
  const digits = String(rest)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '')
  return `${value / unit}.${digits}`
}

/** A float as int64, the way a processor does: what does not fit is the smallest one. */
export function toInt64(value: number): bigint {
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return -(2n ** 63n)
  return BigInt(Math.trunc(value))
}
