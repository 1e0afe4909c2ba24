import { binaryBytes, exactNumber, seconds, shortNumber } from './number.ts'

export type UnitId = 'short' | 'bytes' | 'seconds' | 'ratio' | 'percent' | 'timestamp' | 'celsius' | 'volts' | 'hertz'

/** Endings of metric names that tell a unit: https://prometheus.io/docs/practices/naming/#base-units */
const BY_ENDING: readonly (readonly [RegExp, UnitId])[] = [
  [/_(timestamp|time)_seconds$/, 'timestamp'],
  [/_bytes$/, 'bytes'],
  [/_seconds$/, 'seconds'],
  [/_ratio$/, 'ratio'],
  [/_percent$/, 'percent'],
  [/_celsius$/, 'celsius'],
  [/_volts$/, 'volts'],
  [/_hertz$/, 'hertz'],
]

const BY_WORD: Readonly<Record<string, UnitId>> = {
  By: 'bytes',
  bytes: 'bytes',
  s: 'seconds',
  seconds: 'seconds',
  ratio: 'ratio',
  '1': 'short',
  percent: 'percent',
  '%': 'percent',
  celsius: 'celsius',
  Cel: 'celsius',
  volts: 'volts',
  hertz: 'hertz',
  Hz: 'hertz',
}

/** The unit of a metric: what its metadata says, else what its name says. Counts of a family have no unit. */
export function unitOf(metric: string, stated: string): UnitId {
  if (/_(count|bucket)$/.test(metric)) return 'short'
  const name = metric.replace(/_(total|sum|max|min)$/, '')
  const ending = BY_ENDING.find(([pattern]) => pattern.test(name))?.[1]
  // `process_start_time_seconds` states "seconds" and is a moment.
  if (ending === 'timestamp') return ending
  return BY_WORD[stated] ?? ending ?? 'short'
}

/** The unit shared by all metrics, `short` when they differ. */
export function commonUnit(units: readonly UnitId[]): UnitId {
  const [first, ...rest] = units
  return first !== undefined && rest.every((unit) => unit === first) ? first : 'short'
}

const PRINT: Readonly<Record<UnitId, (value: number, digits: number) => string>> = {
  short: shortNumber,
  bytes: binaryBytes,
  seconds,
  ratio: (value, digits) => (Number.isFinite(value) ? `${shortNumber(value * 100, digits)} %` : exactNumber(value)),
  percent: (value, digits) => (Number.isFinite(value) ? `${shortNumber(value, digits)} %` : exactNumber(value)),
  timestamp: (value, digits) => shortNumber(value, digits),
  celsius: (value, digits) => `${shortNumber(value, digits)} °C`,
  volts: (value, digits) => `${shortNumber(value, digits)} V`,
  hertz: (value, digits) => `${shortNumber(value, digits)}Hz`,
}

/** Prints values of a unit; moments need the time zone and are printed through `moment`. */
export function printerOf(unit: UnitId, moment: (unixSeconds: number) => string): (value: number) => string {
  if (unit === 'timestamp') return (value) => (value > 1e8 && value < 1e11 ? moment(value) : shortNumber(value))
  return (value) => PRINT[unit](value, 4)
}

const powers = (base: number, from: number, to: number, factors: readonly number[]): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => base ** (from + i)).flatMap((power) =>
    factors.map((one) => one * power),
  )

const DECIMAL = powers(10, -9, 0, [1, 2, 5])

/** Distances between the ticks of an axis that give round labels in this unit; undefined = decimal ones do. */
export function incrementsOf(unit: UnitId): readonly number[] | undefined {
  if (unit === 'bytes') return [...powers(2, 0, 70, [1])]
  if (unit !== 'seconds') return undefined
  const minutes = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
  return [...DECIMAL, ...minutes, ...powers(10, 0, 8, [86_400, 172_800, 432_000])]
}
