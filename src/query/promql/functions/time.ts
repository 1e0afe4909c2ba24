/** The time of evaluation, and parts of times in UTC. Follows dateWrapper and neighbours, promql/functions.go@v3.14. */
import type { Evaluation } from '../eval/context.ts'
import { timeAt } from '../eval/grid.ts'
import { ABSENT, FLOAT, noSeries } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import { dateOf, DAYS_IN_MONTH, isLeapYear, secondOfDay, weekday } from './calendar.ts'
import type { CalendarDate } from './calendar.ts'
import { seriesOfNumbers, vectorAt, vectorValue, withFloats } from './columns.ts'
import type { FunctionEntry, FunctionTable } from './contract.ts'

/** Seconds since 1970 at each step. */
function times({ grid }: Evaluation): Float64Array {
  const seconds = new Float64Array(grid.count)
  for (let s = 0; s < grid.count; s++) seconds[s] = timeAt(grid, s) / 1000
  return seconds
}

/** Of the argument's values as seconds since 1970, or of the step's time without an argument. */
function part(of: (seconds: number) => number): FunctionEntry {
  return {
    name: 'drop',
    evaluate: (args, _call, evaluation) => {
      const vector = args.length === 0 ? seriesOfNumbers(times(evaluation)) : vectorAt(args, 0)
      const out = new Float64Array(vector.values.length)
      for (let i = 0; i < out.length; i++) {
        if (vector.kinds[i] === FLOAT) out[i] = of(wholeSeconds(vector.values[i] as number))
      }
      return vectorValue(withFloats(vector, out))
    },
  }
}

const INT64 = 2 ** 63

/**
 * As a signed 64-bit integer on amd64: towards zero, and the lowest one for what does not fit. That lowest one is, in Go's count
 * of years, as many seconds after 1970 as it is before.
 */
function wholeSeconds(value: number): number {
  const whole = Math.trunc(value)
  return whole >= -INT64 && whole < INT64 ? (whole === -INT64 ? INT64 : whole) : INT64
}

function ofDate(of: (date: CalendarDate) => number): FunctionEntry {
  return part((seconds) => of(dateOf(seconds)))
}

/** Every sample has the time of its step: samples of a bare selector, which have their own, are read by the evaluator. */
function timesOfSteps(vector: StepVector, evaluation: Evaluation): StepVector {
  const seconds = times(evaluation)
  const values = new Float64Array(vector.values.length)
  for (let row = 0; row < vector.labels.size; row++) values.set(seconds, row * vector.steps)
  return {
    ...vector,
    kinds: vector.kinds.map((kind) => (kind === ABSENT ? ABSENT : FLOAT)),
    values,
    histograms: undefined,
  }
}

export const timeFunctions: FunctionTable = {
  time: { name: 'keep', evaluate: (_args, _call, evaluation) => ({ type: 'scalar', values: times(evaluation) }) },
  pi: {
    name: 'keep',
    evaluate: (_args, _call, { grid }) => ({ type: 'scalar', values: new Float64Array(grid.count).fill(Math.PI) }),
  },
  timestamp: {
    name: 'drop',
    evaluate: (args, _call, evaluation) => vectorValue(timesOfSteps(vectorAt(args, 0), evaluation)),
  },
  /** Only samples of a bare selector have one. */
  start_timestamp: { name: 'drop', evaluate: (_args, _call, { grid }) => vectorValue(noSeries(grid.count)) },
  year: ofDate(({ year }) => year),
  month: ofDate(({ month }) => month + 1),
  day_of_month: ofDate(({ day }) => day),
  day_of_year: ofDate(({ dayOfYear }) => dayOfYear),
  days_in_month: ofDate(
    ({ year, month }) => (DAYS_IN_MONTH[month] as number) + (month === 1 && isLeapYear(year) ? 1 : 0),
  ),
  day_of_week: part(weekday),
  hour: part((seconds) => Math.floor(secondOfDay(seconds) / 3600)),
  minute: part((seconds) => Math.floor((secondOfDay(seconds) % 3600) / 60)),
}
