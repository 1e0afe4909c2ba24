import { parseGoFloat } from '../../core/go-number.ts'
import { parseDuration } from '../../core/time.ts'
import { badUsage } from '../flags.ts'

const RELATIVE = /^now(?:([+-])(.+))?$/
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i

/** RFC 3339, a Unix timestamp in seconds, or `now`, `now-1h`. In UnixMs. Throws `commands.bad_usage`, which names `option`. */
export function parseTime(text: string, option: string, now: number): number {
  const seconds = parseGoFloat(text)
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return Math.round(seconds * 1000)
  const [relative, sign, distance] = RELATIVE.exec(text) ?? []
  if (relative !== undefined) {
    const ms = distance === undefined ? 0 : parseDuration(distance)
    if (ms !== undefined) return sign === '-' ? now - ms : now + ms
  }
  const ms = RFC3339.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(ms)) return ms
  throw badUsage({
    problem: `option ${option}: cannot parse ${JSON.stringify(text)} to a valid timestamp (try 1700000000, 2026-01-31T09:00:00+09:00, now-1h)`,
  })
}

/** A Prometheus duration, a Go one with fractions (`1.5m`), or a number of seconds; in ms. Throws `commands.bad_usage`. */
export function parseStep(text: string, option: string): number {
  const ms = parseDuration(text) ?? goDuration(text) ?? secondsOf(text)
  if (ms !== undefined && ms > 0) return ms
  throw badUsage({ problem: `option ${option}: not a duration: ${JSON.stringify(text)} (try 15s, 1h30m)` })
}

function secondsOf(text: string): number | undefined {
  const seconds = parseGoFloat(text)
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : undefined
}

const GO_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function goDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(count) * (GO_UNITS[unit ?? ''] ?? 0)
  return sum
}
