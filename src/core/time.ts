/** Time is branded: a bare number is never a time. Milliseconds are numbers, nanoseconds bigints (or Hi/Lo in bulk). */

export type UnixMs = number & { readonly __unit: 'UnixMs' }
export type DurationMs = number & { readonly __unit: 'DurationMs' }
export type UnixNano = bigint & { readonly __unit: 'UnixNano' }

export const unixMs = (ms: number): UnixMs => ms as UnixMs
export const durationMs = (ms: number): DurationMs => ms as DurationMs

/** A half-open range `[start, end)`. */
export interface TimeRange<T> {
  readonly start: T
  readonly end: T
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const ORDER = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const

/** Parses a Prometheus duration (`1h30m`, `15s`, `0`); undefined when it is none. Follows model.ParseDuration, prometheus/common. */
export function parseDuration(text: string): DurationMs | undefined {
  if (text === '0') return durationMs(0)
  const match = DURATION.exec(text)
  if (match === null || text === '') return undefined
  const total = ORDER.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * (UNITS[unit] ?? 0), 0)
  // Prometheus keeps durations as int64 nanoseconds.
  return total > 9_223_372_036_854 ? undefined : durationMs(total)
}

/** Prints a duration as Prometheus does (`1h30m`, `15s`, `0s`). Follows model.Duration.String, prometheus/common. */
export function printDuration(duration: DurationMs): string {
  if (duration === 0) return '0s'
  let rest: number = duration
  let text = ''
  const take = (unit: string, exact: boolean): void => {
    const size = UNITS[unit] ?? 1
    if (exact && rest % size !== 0) return
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  take('y', true)
  take('w', true)
  take('d', false)
  take('h', false)
  take('m', false)
  take('s', false)
  take('ms', false)
  return text
}

/** Exact nanoseconds-to-milliseconds (floor) of an unsigned 64-bit value given as two 32-bit halves, without a bigint. */
export function nanoToMs(hi: number, lo: number): UnixMs {
  const tail = ((hi % 1e6) * 4_294_967_296 + lo) / 1e6
  return unixMs(Math.floor(hi / 1e6) * 4_294_967_296 + Math.floor(tail))
}
