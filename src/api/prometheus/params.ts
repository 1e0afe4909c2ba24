/** Reads the parameters of the Prometheus API. Follows web/api/v1/api.go, prometheus. */
import { BongsuError, defineError, messageOf } from '../../core/errors.ts'
import { durationMs, parseDuration, unixMs } from '../../core/time.ts'
import type { DurationMs, TimeRange, UnixMs } from '../../core/time.ts'
import type { Selector } from '../../model/matcher.ts'
import { parseMetricSelector } from '../../query/promql/syntax/selector.ts'

export const badParameter = defineError<{ name: string; message: string }>({
  code: 'api.bad_parameter',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ name, message }) => `invalid parameter "${name}": ${message}`,
  advice: 'Correct the parameter that is named.',
})

/** The times that mean "from ever" and "for ever"; a listing without `start` or `end` uses them. */
const MIN_TIME = unixMs(-8.64e15)
const MAX_TIME = unixMs(8.64e15)

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** Unix seconds (may be fractional) or RFC 3339. */
export function parseTime(text: string): UnixMs | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return unixMs(Math.round(Number(text) * 1000))
  const parsed = RFC3339.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(parsed) ? undefined : unixMs(parsed)
}

export function timeParam(params: URLSearchParams, name: string, otherwise: UnixMs): UnixMs {
  const text = params.get(name) ?? ''
  if (text === '') return otherwise
  const time = parseTime(text)
  if (time === undefined) throw badParameter({ name, message: `cannot parse "${text}" to a valid timestamp` })
  return time
}

export function requiredTime(params: URLSearchParams, name: string): UnixMs {
  const text = params.get(name) ?? ''
  const time = parseTime(text)
  if (time === undefined) throw badParameter({ name, message: `cannot parse "${text}" to a valid timestamp` })
  return time
}

/** Seconds (may be fractional) or a Prometheus duration. */
export function durationParam(params: URLSearchParams, name: string): DurationMs | undefined {
  const text = params.get(name) ?? ''
  if (text === '') return undefined
  const seconds = Number(text)
  const parsed = Number.isNaN(seconds) ? parseDuration(text) : durationMs(Math.round(seconds * 1000))
  if (parsed === undefined || !Number.isFinite(parsed)) {
    throw badParameter({ name, message: `cannot parse "${text}" to a valid duration` })
  }
  return parsed
}

/** A whole number >= 0, or `otherwise` when absent. */
export function countParam(params: URLSearchParams, name: string, otherwise: number): number {
  const text = params.get(name) ?? ''
  if (text === '') return otherwise
  if (!/^\d+$/.test(text)) throw badParameter({ name, message: `"${text}" is not a number of at least 0` })
  return Number(text)
}

/** `match[]`, parsed; errors carry the parameter's name. */
export function selectorsParam(params: URLSearchParams): readonly Selector[] {
  return params.getAll('match[]').map((text) => withName('match[]', () => parseMetricSelector(text)))
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

/** `start` and `end` of a listing, both inclusive there, as a half-open range. */
export function listingRange(params: URLSearchParams): TimeRange<UnixMs> {
  const start = timeParam(params, 'start', MIN_TIME)
  const end = timeParam(params, 'end', MAX_TIME)
  if (end < start) throw badParameter({ name: 'end', message: 'end timestamp must not be before start timestamp' })
  return { start, end: unixMs(end + 1) }
}
