/** Runs the evaluations of a script, those that it tells and those that follow from them. Follows promql/promqltest/test.go@v3.14. */
import type { Expression } from '../../../src/query/promql/syntax/ast.ts'
import { otherTimes, pinnedTo } from './at-rewrite.ts'
import { outcomeDifference, valueDifference } from './check.ts'
import type { Difference } from './check.ts'
import type { Evaluator, Outcome, ResultRow, ResultValue } from './evaluator.ts'
import type { EvalCommand } from './script.ts'

export interface Language {
  parse(query: string): Expression
  print(expression: Expression): string
}

export interface RunOptions {
  /** Each instant query is pinned to its time with `@` and evaluated at others too. */
  readonly pinned: boolean
  /** Each instant query is asked as a range query around its time too. */
  readonly ranged: boolean
}

const MINUTE = 60_000
/** Their value differs between an instant query and a range query. */
const OF_THE_QUERY = /(start|end|range|step)\(\)/

/** What is wrong with the first evaluation that doesn't give what the command expects, with that evaluation. */
export async function runEval(
  command: EvalCommand,
  evaluator: Evaluator,
  language: Language,
  options: RunOptions,
): Promise<Difference> {
  const expression = language.parse(command.query)
  if (command.isRange) {
    const { query, start, end, step } = command
    return outcomeDifference(command, await evaluator.range(query, start, end, step))
  }
  const difference = await runInstant(command, command.query, command.time, evaluator, options)
  if (difference !== undefined || !options.pinned) return difference
  const fixed = pinnedTo(expression, command.time)
  if (fixed === undefined) return undefined
  const query = language.print(fixed)
  for (const time of otherTimes(command.time)) {
    const other = await runInstant(command, query, time, evaluator, options)
    if (other !== undefined) return `${query} at ${time}: ${other}`
  }
  return undefined
}

async function runInstant(
  command: EvalCommand,
  query: string,
  time: number,
  evaluator: Evaluator,
  { ranged: isRanged }: RunOptions,
): Promise<Difference> {
  const outcome = await evaluator.instant(query, time)
  const difference = outcomeDifference(command, outcome)
  if (difference !== undefined) return difference
  if (!isRanged || outcome.kind === 'failed' || command.onlyInstant || OF_THE_QUERY.test(query)) return undefined
  const ranged = await evaluator.range(query, time - MINUTE, time + MINUTE, MINUTE)
  const inRange = middleDifference(command, outcome.value, ranged, time)
  return inRange && `as a range query: ${inRange}`
}

/** The middle point of a range query must be what the instant query gave. */
function middleDifference(command: EvalCommand, instant: ResultValue, ranged: Outcome, time: number): Difference {
  if (ranged.kind === 'failed') return `failed: ${ranged.message}`
  if (command.ordered) return undefined
  if (ranged.value.type !== 'matrix') return `expected a matrix, got a ${ranged.value.type}`
  const rows = ranged.value.rows.map((row) => pointAt(row, time)).filter((row) => row !== undefined)
  if (instant.type !== 'scalar') return valueDifference(command, { type: 'vector', rows })
  const value = rows[0]?.floats[0]?.value
  return value === undefined ? 'no value' : valueDifference(command, { type: 'scalar', value })
}

function pointAt({ labels, floats, histograms }: ResultRow, time: number): ResultRow | undefined {
  const float = floats.filter(({ t }) => t === time)
  const histogram = histograms.filter(({ t }) => t === time)
  return float.length + histogram.length === 0 ? undefined : { labels, floats: float, histograms: histogram }
}
