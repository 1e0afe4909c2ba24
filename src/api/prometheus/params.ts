/** Reads the parameters of the Prometheus API, in its words. Follows web/api/v1/api.go, prometheus. */
import { BongsuError, defineError, messageOf } from '../../core/errors.ts'
import { durationMs, parseDuration, unixMs } from '../../core/time.ts'
import type { DurationMs, TimeRange, UnixMs } from '../../core/time.ts'
import type { Selector } from '../../model/matcher.ts'
import { choosesAll } from '../../query/promql/syntax/choose.ts'
import { parseMetricSelector } from '../../query/promql/syntax/parse.ts'

export const badParameter = defineError<{ name: string; message: string }>({
  code: 'api.bad_parameter',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ name, message }) => `invalid parameter "${name}": ${message}`,
  advice: 'Correct the parameter that is named.',
})

/** For what Prometheus answers without naming the parameter. */
export const badRequest = defineError<{ message: string }>({
  code: 'api.bad_request',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ message }) => message,
  advice: 'Correct what the message names.',
})

/** The times that mean "from ever" and "for ever"; a listing without `start` or `end` uses them. */
const MIN_TIME = unixMs(-8.64e15)
const MAX_TIME = unixMs(8.64e15)

/** How Prometheus' own clients write its outermost times. */
const OUTERMOST: Readonly<Record<string, UnixMs>> = {
  '-292273086-05-16T16:47:06Z': MIN_TIME,
  '292277025-08-18T07:12:54.999999999Z': MAX_TIME,
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/

/** A decimal float as Go reads it; undefined when it is none. */
function parseFloatText(text: string): number | undefined {
  return FLOAT.test(text) ? Number(text.replaceAll('_', '')) : undefined
}

/** Unix seconds (may be fractional) or RFC 3339; undefined for anything else, and for times beyond the year 275760. */
export function parseTime(text: string): UnixMs | undefined {
  const seconds = parseFloatText(text)
  const ms = seconds === undefined ? (OUTERMOST[text] ?? rfc3339(text)) : toMs(seconds)
  return ms >= MIN_TIME && ms <= MAX_TIME ? unixMs(ms) : undefined
}

/** Rounds the fraction alone, halves away from zero, as Prometheus does. */
function toMs(seconds: number): number {
  const whole = Math.trunc(seconds)
  const fraction = Math.abs(seconds - whole)
  return whole * 1000 + Math.sign(seconds) * Math.round(fraction * 1000)
}

/** NaN when it is none. Unlike Date.parse, Go takes no 30th of February and no hour 24. */
function rfc3339(text: string): number {
  const [, year, month, day, hour] = (RFC3339.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || hour === 24) return NaN
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate()
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if ((day ?? 0) > (month === 2 && !isLeap ? 28 : last)) return NaN
  return Date.parse(text.replace(',', '.').toUpperCase())
}

const unparsable = (text: string): string => `cannot parse "${text}" to a valid timestamp`

/** A time that may be left out. */
export function timeParam(params: URLSearchParams, name: string, otherwise: UnixMs): UnixMs {
  return withName(name, () => plainTime(params, name, otherwise))
}

/** The same for endpoints whose errors do not begin with the parameter's name. Throws `api.bad_request`. */
export function plainTime(params: URLSearchParams, name: string, otherwise: UnixMs): UnixMs {
  const text = params.get(name) ?? ''
  if (text === '') return otherwise
  const time = parseTime(text)
  if (time === undefined) throw badRequest({ message: `invalid time value for '${name}': ${unparsable(text)}` })
  return time
}

export function requiredTime(params: URLSearchParams, name: string): UnixMs {
  const text = params.get(name) ?? ''
  const time = parseTime(text)
  if (time === undefined) throw badParameter({ name, message: unparsable(text) })
  return time
}

/** int64 nanoseconds, as Prometheus keeps durations. */
const MAX_DURATION = 9_223_372_036_854

/** Seconds (may be fractional) or a Prometheus duration. Throws `api.bad_request`: its callers name the parameter. */
export function parseDurationParam(text: string): DurationMs {
  const seconds = parseFloatText(text)
  if (seconds !== undefined) {
    const ms = seconds * 1000
    if (Math.abs(ms) <= MAX_DURATION) return durationMs(ms)
    throw badRequest({ message: `cannot parse "${text}" to a valid duration. It overflows int64` })
  }
  const parsed = parseDuration(text)
  if (parsed === undefined) throw badRequest({ message: `cannot parse "${text}" to a valid duration` })
  return parsed
}

/** A duration that may be left out. Keeps fractions of a millisecond. */
export function durationParam(params: URLSearchParams, name: string): DurationMs | undefined {
  const text = params.get(name) ?? ''
  return text === '' ? undefined : withName(name, () => parseDurationParam(text))
}

/** A whole number as Go's Atoi reads it; throws `api.bad_request` with Go's words. */
function atoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw badRequest({ message: `strconv.Atoi: parsing "${text}": invalid syntax` })
  const value = Number(text)
  if (Math.abs(value) > 2 ** 63) throw badRequest({ message: `strconv.Atoi: parsing "${text}": value out of range` })
  return value
}

/** `limit` of queries and listings; 0 = none. */
export function limitParam(params: URLSearchParams): number {
  const text = params.get('limit') ?? ''
  if (text === '') return 0
  return withName('limit', () => {
    const limit = atoi(text)
    if (limit < 0) throw badRequest({ message: 'limit must be non-negative' })
    return limit
  })
}

/** A number that may be left out; `message` says what it must be. */
export function numberParam(params: URLSearchParams, name: string, message: string): number | undefined {
  const text = params.get(name) ?? ''
  if (text === '') return undefined
  if (!/^[+-]?\d+$/.test(text) || Math.abs(Number(text)) > 2 ** 63) throw badRequest({ message })
  return Number(text)
}

/** `match[]`, parsed; none of them may choose everything. Errors do not name the parameter: see `withName`. */
export function selectorsParam(params: URLSearchParams): readonly Selector[] {
  return params.getAll('match[]').map((text) => {
    const selector = parseMetricSelector(text)
    if (choosesAll(selector)) throw badRequest({ message: 'match[] must contain at least one non-empty matcher' })
    return selector
  })
}

/** Runs `parse`, giving its expected errors the parameter's name, as Prometheus does. */
export function withName<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof BongsuError)) throw error
    throw badParameter({ name, message: messageOf(error) }, { cause: error })
  }
}

/** `start` and `end` of a listing, both inclusive there, as a half-open range; empty when `end` is first. */
export function listingRange(params: URLSearchParams): TimeRange<UnixMs> {
  const start = timeParam(params, 'start', MIN_TIME)
  const end = timeParam(params, 'end', MAX_TIME)
  return { start, end: unixMs(Math.max(start, end + 1)) }
}
