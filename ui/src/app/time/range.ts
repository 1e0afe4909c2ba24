/** A time range as the address bar holds it: `now-1h` .. `now`, or Unix milliseconds, as Grafana spells them. */
import { durationMs, parseDuration, printDuration } from '../../../../src/core/time.ts'

export interface RangeText {
  readonly from: string
  readonly to: string
}

export const DEFAULT_RANGE: RangeText = { from: 'now-1h', to: 'now' }

/** What the picker offers, as durations up to now. */
export const QUICK_RANGES = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '2d', '7d', '30d', '90d'] as const

export const REFRESH_INTERVALS = ['off', '5s', '10s', '30s', '1m', '5m', '15m'] as const

/** Unix ms of one end, undefined when the text is none. */
export function resolveEnd(text: string, now: number): number | undefined {
  if (text === 'now') return now
  const relative = /^now\s*-\s*(\S+)$/.exec(text)
  if (relative !== null) {
    const back = parseDuration(relative[1] ?? '')
    return back === undefined ? undefined : now - back
  }
  return /^\d{9,16}$/.test(text) ? Number(text) : undefined
}

export interface ResolvedRange {
  /** Unix seconds. */
  readonly start: number
  readonly end: number
}

/** Both ends in Unix seconds; the default range when the text makes no sense or runs backwards. */
export function resolveRange(text: RangeText, now: number): ResolvedRange {
  const start = resolveEnd(text.from, now)
  const end = resolveEnd(text.to, now)
  if (start === undefined || end === undefined || start >= end) return { start: now / 1000 - 3600, end: now / 1000 }
  return { start: start / 1000, end: end / 1000 }
}

/** The duration of a quick range (`now-1h` .. `now` -> `1h`), undefined for any other. */
export function quickOf({ from, to }: RangeText): string | undefined {
  return to === 'now' && from.startsWith('now-') ? from.slice(4) : undefined
}

export const isLive = ({ to }: RangeText): boolean => to.startsWith('now')

const absolute = (start: number, end: number): RangeText => ({
  from: String(Math.round(start * 1000)),
  to: String(Math.round(end * 1000)),
})

/** The same length, half a length earlier (-1) or later (+1); never beyond now. */
export function shifted({ start, end }: ResolvedRange, direction: -1 | 1, now: number): RangeText {
  const half = (end - start) / 2
  const over = Math.max(0, end + direction * half - now / 1000)
  return absolute(start + direction * half - over, end + direction * half - over)
}

/** Twice the length around the same middle; a live range stays live. */
export function widened(text: RangeText, { start, end }: ResolvedRange): RangeText {
  const quick = quickOf(text)
  if (quick !== undefined) {
    const ms = parseDuration(quick)
    if (ms !== undefined) return { from: `now-${printDuration(durationMs(ms * 2))}`, to: 'now' }
  }
  const half = (end - start) / 2
  return absolute(start - half, end + half)
}

export function zoomedTo(start: number, end: number): RangeText {
  return absolute(start, Math.max(end, start + 1))
}
