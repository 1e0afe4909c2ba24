/** time.Time and time.Duration as templates see them. */
import {
  calendarOf,
  formatDuration,
  formatTime,
  monthName,
  STRING_LAYOUT,
  toInt64,
  weekdayName,
  ZERO_TIME,
} from '../go-time.ts'
import type { CalendarTime, GoTime } from '../go-time.ts'
import { INT, INT64, rawOf, STRING, Typed } from './value.ts'
import type { GoMethod, GoType, GoValue } from './value.ts'

const MILLISECOND = 1_000_000n
const SECOND = 1_000_000_000n

const nanosOf = (value: GoValue): bigint => rawOf(value) as bigint
const timeOf = (value: GoValue): GoTime => rawOf(value) as GoTime

const method = (params: readonly GoType[], call: GoMethod['call']): GoMethod => ({ params, call })
const inUnits = (unit: bigint): GoMethod =>
  method([], (self) => Number(nanosOf(self) / unit) + Number(nanosOf(self) % unit) / Number(unit))
const whole = (unit: bigint): GoMethod => method([], (self) => new Typed(INT64, nanosOf(self) / unit))

export const DURATION: GoType = {
  name: 'time.Duration',
  kind: 'int',
  text: (self) => formatDuration(nanosOf(self)),
  methods: {
    String: method([], (self) => formatDuration(nanosOf(self))),
    Nanoseconds: whole(1n),
    Microseconds: whole(1000n),
    Milliseconds: whole(MILLISECOND),
    Seconds: inUnits(SECOND),
    Minutes: inUnits(60n * SECOND),
    Hours: inUnits(3600n * SECOND),
    Abs: method([], (self) => durationValue(nanosOf(self) < 0n ? -nanosOf(self) : nanosOf(self))),
    // A parameter of the type that is being defined: any will do, and what it holds is looked at.
    Truncate: method([{ name: 'time.Duration', kind: 'int' }], (self, by) => durationValue(truncated(self, by))),
    Round: method([{ name: 'time.Duration', kind: 'int' }], (self, by) => durationValue(rounded(self, by))),
  },
}

function truncated(self: GoValue, by: GoValue): bigint {
  return nanosOf(by) <= 0n ? nanosOf(self) : nanosOf(self) - (nanosOf(self) % nanosOf(by))
}

function rounded(self: GoValue, by: GoValue): bigint {
  const [value, unit] = [nanosOf(self), nanosOf(by)]
  if (unit <= 0n) return value
  const rest = value % unit
  const size = rest < 0n ? -rest : rest
  if (size * 2n < unit) return value - rest
  return value - rest + (value < 0n ? -unit : unit)
}

const named = (name: string, nameOf: (value: number) => string): GoType => {
  const text = (self: Typed): string => nameOf(Number(rawOf(self)))
  return { name, kind: 'int', text, methods: { String: method([], text) } }
}
const MONTH = named('time.Month', monthName)
const WEEKDAY = named('time.Weekday', weekdayName)

const part = (name: keyof CalendarTime): GoMethod => method([], (self) => BigInt(calendarOf(timeOf(self))[name]))
const unix = (unit: bigint): GoMethod => method([], (self) => new Typed(INT64, floored(timeOf(self).nanos, unit)))

function floored(nanos: bigint, unit: bigint): bigint {
  const rest = nanos % unit
  return (nanos - (rest < 0n ? rest + unit : rest)) / unit
}

/** As a parameter of its own methods. */
const OTHER_TIME: GoType = { name: 'time.Time', kind: 'struct' }
const compared = (holds: (a: bigint, b: bigint) => boolean): GoMethod =>
  method([OTHER_TIME], (self, other) => holds(timeOf(self).nanos, timeOf(other).nanos))

function addDate(self: Typed, years: GoValue, months: GoValue, days: GoValue): GoValue {
  const time = timeOf(self)
  const at = calendarOf(time)
  const date = new Date(0)
  date.setUTCFullYear(at.year + Number(years), at.month - 1 + Number(months), at.day + Number(days))
  date.setUTCHours(at.hour, at.minute, at.second)
  const seconds = BigInt(date.getTime() / 1000 - time.offset)
  return timeValue({ ...time, nanos: seconds * SECOND + BigInt(at.nanosecond) })
}

export const TIME: GoType = {
  name: 'time.Time',
  kind: 'struct',
  text: (self) => formatTime(timeOf(self), STRING_LAYOUT),
  methods: {
    String: method([], (self) => formatTime(timeOf(self), STRING_LAYOUT)),
    Format: method([STRING], (self, layout) => formatTime(timeOf(self), rawOf(layout) as string)),
    Unix: unix(SECOND),
    UnixMilli: unix(MILLISECOND),
    UnixMicro: unix(1000n),
    UnixNano: unix(1n),
    Year: part('year'),
    Month: method([], (self) => new Typed(MONTH, BigInt(calendarOf(timeOf(self)).month))),
    Day: part('day'),
    Hour: part('hour'),
    Minute: part('minute'),
    Second: part('second'),
    Nanosecond: part('nanosecond'),
    Weekday: method([], (self) => new Typed(WEEKDAY, BigInt(calendarOf(timeOf(self)).weekday))),
    YearDay: part('yearDay'),
    UTC: method([], (self) => timeValue({ ...timeOf(self), offset: 0, zone: 'UTC' })),
    IsZero: method([], (self) => timeOf(self).nanos === ZERO_TIME.nanos),
    Add: method([DURATION], (self, by) => timeValue({ ...timeOf(self), nanos: timeOf(self).nanos + nanosOf(by) })),
    AddDate: method([INT, INT, INT], (self, years, months, days) => addDate(self, years, months, days)),
    Sub: method([OTHER_TIME], (self, other) => durationValue(timeOf(self).nanos - timeOf(other).nanos)),
    Before: compared((a, b) => a < b),
    After: compared((a, b) => a > b),
    Equal: compared((a, b) => a === b),
  },
}

export function timeValue(time: GoTime): Typed<GoTime> {
  return new Typed(TIME, time)
}

export function durationValue(nanos: bigint): Typed<bigint> {
  return new Typed(DURATION, BigInt.asIntN(64, nanos))
}

/** Seconds as a duration. */
export function durationOfSeconds(seconds: number): Typed<bigint> {
  return durationValue(toInt64(seconds * 1e9))
}

/** Seconds of a duration, as `Seconds()` answers. */
export function secondsOf(duration: Typed): number {
  const nanos = nanosOf(duration)
  return Number(nanos / SECOND) + Number(nanos % SECOND) / 1e9
}
