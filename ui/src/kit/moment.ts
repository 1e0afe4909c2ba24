/** Times as people read them: 24-hour clock, the zone chosen in the header. */

export type Zone = 'browser' | 'utc'

export interface MomentFormat {
  /** `2026-11-24 23:05:07` */
  readonly full: (ms: number) => string
  /** `2026-11-24 23:05:07.312` */
  readonly exact: (ms: number) => string
  /** `23:05` or `23:05:07`, or the day, as the distance between two ticks needs. */
  readonly tick: (ms: number, stepSeconds: number) => string
  /** `5 minutes ago`, in words of the language. */
  readonly ago: (ms: number, now: number) => string
  /** `UTC`, `GMT+9` ... */
  readonly zone: string
}

interface Parts {
  readonly date: string
  readonly monthDay: string
  readonly time: string
}

const AGO: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

export function momentFormat(language: string, zone: Zone): MomentFormat {
  const timeZone = zone === 'utc' ? { timeZone: 'UTC' } : {}
  const clock = new Intl.DateTimeFormat('en-CA', {
    ...timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'long' })
  const split = (ms: number): Parts => {
    const parts = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]))
    const monthDay = `${parts['month']}-${parts['day']}`
    return {
      date: `${parts['year']}-${monthDay}`,
      monthDay,
      time: `${parts['hour']}:${parts['minute']}:${parts['second']}`,
    }
  }
  const full = (ms: number): string => {
    if (!Number.isFinite(ms)) return '–'
    const { date, time } = split(ms)
    return `${date} ${time}`
  }
  return {
    full,
    exact: (ms) => `${full(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`,
    tick: (ms, step) => {
      const { monthDay, time } = split(ms)
      const midnight = time.startsWith('00:00:00')
      if (midnight && step >= 1800) return monthDay
      if (step >= 86_400) return `${monthDay} ${time.slice(0, 5)}`
      return step < 60 ? time : time.slice(0, 5)
    },
    ago: (ms, now) => {
      const gone = Math.max(0, Math.round((now - ms) / 1000))
      const [unit, size] = AGO.find(([, least]) => gone >= least) ?? (['second', 1] as const)
      return relative.format(-Math.floor(gone / size), unit)
    },
    zone: zoneName(zone),
  }
}

function zoneName(zone: Zone): string {
  if (zone === 'utc') return 'UTC'
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(0)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** Prints a moment for an input, and reads one back: `2026-11-24 23:05:07` in the zone; undefined when it is none. */
export function parseMoment(text: string, zone: Zone): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim())
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0))
  const fields = [year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0] as const
  const ms = zone === 'utc' ? Date.UTC(...fields) : new Date(...fields).getTime()
  return Number.isNaN(ms) ? undefined : ms
}
