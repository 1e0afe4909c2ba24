/** The Gregorian calendar in UTC, without end in both directions: JavaScript's Date covers 271,821 years, int64 seconds many more. */

export interface CalendarDate {
  readonly year: number
  /** 0 to 11. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
  /** 1 to 366. */
  readonly dayOfYear: number
}

const DAY = 86_400
/** The calendar repeats itself after 400 years, of 146,097 days and whole weeks. */
const CYCLE_YEARS = 400
const CYCLE_DAYS = 146_097
const CYCLE = CYCLE_DAYS * DAY

export const DAYS_IN_MONTH: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Of whole seconds since 1970, up to 2 ** 63 of them. */
export function dateOf(seconds: number): CalendarDate {
  const inCycle = modulo(seconds, CYCLE)
  // JavaScript's Date does the years of one cycle, from 1970.
  const date = new Date(inCycle * 1000)
  const year = date.getUTCFullYear()
  const dayOfYear = (Math.floor(inCycle / DAY) * DAY - Date.UTC(year, 0, 1) / 1000) / DAY + 1
  return {
    year: year + CYCLE_YEARS * Math.round((seconds - inCycle) / CYCLE),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    dayOfYear,
  }
}

/** 0 = Sunday. 1970 began with a Thursday. */
export function weekday(seconds: number): number {
  return (Math.floor(modulo(seconds, CYCLE) / DAY) + 4) % 7
}

export function secondOfDay(seconds: number): number {
  return modulo(seconds, DAY)
}

/** Exact for whole numbers of any size. */
function modulo(a: number, b: number): number {
  const rest = a % b
  return rest < 0 ? rest + b : rest + 0
}
