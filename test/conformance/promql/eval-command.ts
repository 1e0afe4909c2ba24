import { messageOf } from '../../../src/core/errors.ts'
import type { AnnotationExpectation, EvalCommand, ExpectedSeries } from './script.ts'
import type { ScriptLines } from './script-lines.ts'
import { parseSeriesLine } from '../../../src/query/promql/series-line.ts'
import { ANYTHING } from './text-pattern.ts'
import type { TextPattern } from './text-pattern.ts'
import { unquote } from './unquote.ts'

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/
const EXPECT_RANGE = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/
const EXPECT_STRING = 'expect string'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What is known of an eval so far. Series and patterns are added as their lines come. */
interface Draft extends Writable<Omit<EvalCommand, 'kind' | 'warnings' | 'infos'>> {
  series: ExpectedSeries[]
  patterns: Record<Mode, TextPattern[]>
  /** The old way to say so, by the command's name. */
  legacy: string
}

type Mode = 'ordered' | 'fail' | 'warn' | 'no_warn' | 'info' | 'no_info'

/** Reads from the `eval` line to the end of its block. */
export function parseEval(lines: ScriptLines): EvalCommand {
  const draft = firstLine(lines)
  lines.advance()
  while (lines.current !== '') {
    const isLast = bodyLine(lines, draft)
    lines.advance()
    if (isLast) break
  }
  return finished(draft)
}

function firstLine(lines: ScriptLines): Draft {
  const instant = INSTANT.exec(lines.current)
  if (instant !== null) {
    const [, legacy = '', at = '', query = ''] = instant
    const time = lines.duration(at, 'timestamp definition')
    return draftOf(lines, { legacy, query, isRange: false, time, start: time, end: time, step: 1 })
  }
  const range = RANGE.exec(lines.current)
  if (range === null) throw lines.error('invalid evaluation command')
  const [, legacy = '', from = '', to = '', step = '', query = ''] = range
  const times = timesOf(lines, from, to, step)
  return draftOf(lines, { legacy, query, isRange: true, time: times.end, ...times })
}

function draftOf(
  lines: ScriptLines,
  known: Pick<Draft, 'legacy' | 'query' | 'isRange' | 'time' | 'start' | 'end' | 'step'>,
): Draft {
  const series: ExpectedSeries[] = []
  return {
    ...known,
    line: lines.number,
    series,
    expected: { kind: 'series', series },
    ordered: known.legacy === 'ordered',
    fail: known.legacy === 'fail' ? ANYTHING : undefined,
    onlyInstant: false,
    patterns: { ordered: [], fail: [], warn: [], no_warn: [], info: [], no_info: [] },
  }
}

/** True when no line of the block may follow. */
function bodyLine(lines: ScriptLines, draft: Draft): boolean {
  const line = lines.current
  if (draft.legacy === 'fail') {
    const old = /^expected_fail_(message|regexp)\s*(.*)$/.exec(line)
    if (old !== null) {
      draft.fail = patternOf(lines, old[1] === 'message' ? 'msg' : 'regex', old[2] as string)
      return true
    }
  }
  if (line.startsWith('expect range vector')) expectRange(lines, draft)
  else if (line.startsWith(EXPECT_STRING)) expectString(lines, draft)
  else if (line.split(' ')[0] === 'expect') expectMode(lines, draft)
  else {
    const number = parseNumber(line)
    if (number !== undefined) {
      draft.expected = { kind: 'scalar', value: number }
      return true
    }
    expectSeries(lines, draft)
  }
  return false
}

function expectRange(lines: ScriptLines, draft: Draft): void {
  const match = EXPECT_RANGE.exec(lines.current)
  if (match === null) throw lines.error(`invalid range vector definition ${JSON.stringify(lines.current)}`)
  const [, from = '', to = '', step = ''] = match
  Object.assign(draft, timesOf(lines, from, to, step))
  draft.time = draft.end
  draft.onlyInstant = true
}

function expectString(lines: ScriptLines, draft: Draft): void {
  const quoted = lines.current.slice(EXPECT_STRING.length + 1)
  const value = unquote(quoted)
  if (value === undefined) throw lines.error('expected string literal not valid')
  draft.expected = { kind: 'string', value }
  draft.onlyInstant = true
}

function expectMode(lines: ScriptLines, draft: Draft): void {
  const match = EXPECT.exec(lines.current)
  if (match === null) throw lines.error('invalid expect statement')
  const [, mode, kind, text = ''] = match
  const { patterns } = draft
  patterns[mode as Mode].push(kind === undefined ? ANYTHING : patternOf(lines, kind, text))
  for (const [some, none] of [
    ['info', 'no_info'],
    ['warn', 'no_warn'],
  ] as const) {
    const isBoth = patterns[some].length > 0 && patterns[none].length > 0
    if (isBoth) throw lines.error(`invalid expect lines, ${some} and ${none} cannot be used together`)
  }
  if (patterns.fail.length > 1) throw lines.error('invalid expect lines, multiple expect fail lines are not allowed')
}

function expectSeries(lines: ScriptLines, draft: Draft): void {
  const { labels, values } = parsed(lines)
  if (values.length === 0) throw lines.error('an expected series has no value')
  if (values.length > 1 && !draft.isRange && !draft.onlyInstant) {
    throw lines.error('expecting multiple values in instant evaluation not allowed')
  }
  const earlier = draft.series.findIndex((one) => one.labels.equals(labels))
  if (earlier >= 0) draft.series.splice(earlier, 1)
  draft.series.push({ labels, values })
}

function parsed(lines: ScriptLines): ExpectedSeries {
  try {
    return parseSeriesLine(lines.current)
  } catch (error) {
    throw lines.error(messageOf(error))
  }
}

function finished(draft: Draft): EvalCommand {
  const { legacy, patterns, line, query, isRange, time, start, end, step, expected, onlyInstant } = draft
  return {
    kind: 'eval',
    line,
    query,
    isRange,
    time,
    start,
    end,
    step,
    expected,
    onlyInstant,
    ordered: draft.ordered || patterns.ordered.length > 0,
    fail: patterns.fail[0] ?? draft.fail,
    warnings: annotations(legacy === 'warn', patterns.warn, patterns.no_warn),
    infos: annotations(legacy === 'info', patterns.info, patterns.no_info),
  }
}

function annotations(
  some: boolean,
  patterns: readonly TextPattern[],
  none: readonly TextPattern[],
): AnnotationExpectation {
  return { some, none: none.length > 0, patterns }
}

function patternOf(lines: ScriptLines, kind: string, text: string): TextPattern {
  const trimmed = text.trim()
  if (kind === 'msg') return { kind: 'message', text: trimmed }
  try {
    return { kind: 'regex', regex: new RegExp(trimmed) }
  } catch {
    throw lines.error(`invalid regex ${trimmed}`)
  }
}

function timesOf(lines: ScriptLines, from: string, to: string, step: string): Pick<Draft, 'start' | 'end' | 'step'> {
  const start = lines.duration(from, 'start timestamp definition')
  const end = lines.duration(to, 'end timestamp definition')
  if (end < start) throw lines.error(`end timestamp (${to}) is before start timestamp (${from})`)
  return { start, end, step: lines.duration(step, 'step definition') }
}

/** A number alone, in Go's notation; undefined for anything else. */
function parseNumber(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return special[1] === '' ? NaN : undefined
    return special[1] === '-' ? -Infinity : Infinity
  }
  const signed = /^([+-]?)(0x[0-9a-f]+|0b[01]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.exec(text)
  if (signed === null) return undefined
  const [, sign, digits = ''] = signed
  const value = /^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits)
  return sign === '-' ? -value : value
}
