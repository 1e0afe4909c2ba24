/** Parses selectors: `name{label="value"}`, with `[5m]`, `offset 1h` and `@ 1700000000`. */
import { messageOf } from '../../../core/errors.ts'
import { durationMs, unixMs } from '../../../core/time.ts'
import type { DurationMs, UnixMs } from '../../../core/time.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher, Selector } from '../../../model/matcher.ts'
import { compileLabelRegexp } from '../../../model/regexp.ts'
import { Cursor } from './cursor.ts'
import { numberOf } from './lex.ts'
import type { Token } from './lex.ts'

/** An instant selector (`window` undefined) or a range selector. */
export interface SelectorQuery {
  /** The name before the braces, '' without one. It is among the matchers too, as the last. */
  readonly name: string
  readonly selector: Selector
  readonly window: DurationMs | undefined
  readonly offset: DurationMs
  /** `@`: a fixed time, or the query's start or end. */
  readonly at: UnixMs | 'start' | 'end' | undefined
}

/**
 * Parses a metric selector such as those of `match[]`: no range, offset or `@`. Throws `promql.syntax`. As in Prometheus,
 * it is left to the caller to refuse one that chooses everything (`choosesAll`), and `a{__name__="b"}` just chooses nothing.
 */
export function parseMetricSelector(query: string): Selector {
  const cursor = new Cursor(query)
  const { selector } = bareSelector(cursor)
  const rest = cursor.peek()
  if (rest.kind !== 'end') throw cursor.unexpected(rest)
  return selector
}

/** True when every matcher accepts the empty value: such a selector chooses every series. */
export function choosesAll(selector: Selector): boolean {
  return selector.every(matchesEmpty)
}

/** Reads a selector with its range and modifiers, as part of an expression. */
export function selectorQuery(cursor: Cursor): SelectorQuery {
  const first = cursor.peek()
  const { name, selector } = bareSelector(cursor)
  const twice = name === '' ? undefined : selector.slice(0, -1).find((one) => one.name === METRIC_NAME)
  if (twice !== undefined) {
    throw cursor.fail(first, `metric name must not be set twice: "${name}" or ${JSON.stringify(twice.value)}`)
  }
  if (choosesAll(selector)) throw cursor.fail(first, 'vector selector must contain at least one non-empty matcher')
  let window: DurationMs | undefined
  if (cursor.take('[')) {
    window = positiveDuration(cursor)
    cursor.expect(']', 'subquery or range')
  }
  return { name, selector, window, ...modifiers(cursor, first) }
}

function bareSelector(cursor: Cursor): Pick<SelectorQuery, 'name' | 'selector'> {
  const matchers: Matcher[] = []
  const first = cursor.peek()
  const named = first.kind === 'identifier' || first.kind === 'metric'
  if (named) cursor.next()
  if (cursor.take('{')) matcherList(cursor, matchers)
  else if (!named) throw cursor.unexpected(first)
  if (named) matchers.push({ name: METRIC_NAME, op: '=', value: first.text })
  return { name: named ? first.text : '', selector: matchers }
}

function matcherList(cursor: Cursor, matchers: Matcher[]): void {
  const context = 'label matching'
  while (!cursor.take('}')) {
    const token = cursor.next()
    if (token.kind !== 'identifier' && token.kind !== 'string') {
      throw cursor.unexpected(token, context, 'identifier or "}"')
    }
    const { text } = cursor.peek()
    const isName = token.kind === 'string' && (text === ',' || text === '}')
    matchers.push(isName ? { name: METRIC_NAME, op: '=', value: token.text } : matcher(cursor, token))
    if (!cursor.take(',') && cursor.peek().text !== '}') throw cursor.unexpected(cursor.peek(), context, '"," or "}"')
  }
}

function matcher(cursor: Cursor, name: Token): Matcher {
  const op = cursor.next()
  if (!isOp(op.text) || op.kind !== 'symbol') {
    throw cursor.unexpected(op, 'label matching', name.kind === 'string' ? '"," or "}"' : 'label matching operator')
  }
  const value = cursor.next()
  if (value.kind !== 'string') throw cursor.unexpected(value, 'label matching', 'string')
  if (op.text === '=~' || op.text === '!~') checkRegexp(cursor, name, value)
  return { name: name.text, op: op.text, value: value.text }
}

function checkRegexp(cursor: Cursor, name: Token, value: Token): void {
  try {
    compileLabelRegexp(value.text)
  } catch (error) {
    throw cursor.fail(name, messageOf(error))
  }
}

function isOp(text: string): text is Matcher['op'] {
  return text === '=' || text === '!=' || text === '=~' || text === '!~'
}

function matchesEmpty({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === ''
    case '!=':
      return value !== ''
    case '=~':
      return compileLabelRegexp(value).test('')
    case '!~':
      return !compileLabelRegexp(value).test('')
  }
}

function modifiers(cursor: Cursor, first: Token): Pick<SelectorQuery, 'offset' | 'at'> {
  let offset: DurationMs | undefined
  let at: SelectorQuery['at']
  for (;;) {
    if (cursor.takeWord('offset')) {
      if (offset !== undefined) throw cursor.fail(first, 'offset may not be set multiple times')
      const sign = signOf(cursor)
      offset = durationMs(sign * duration(cursor, 'offset'))
    } else if (cursor.take('@')) {
      if (at !== undefined) throw cursor.fail(first, '@ <timestamp> may not be set multiple times')
      at = atTime(cursor)
    } else return { offset: offset ?? durationMs(0), at }
  }
}

function signOf(cursor: Cursor): number {
  const sign = cursor.takeOneOf(['-', '+'])
  return sign === '-' ? -1 : 1
}

function atTime(cursor: Cursor): UnixMs | 'start' | 'end' {
  for (const word of ['start', 'end'] as const) {
    if (cursor.takeWord(word)) {
      if (!cursor.take('(') || !cursor.take(')')) throw cursor.unexpected(cursor.peek(), '@', 'timestamp')
      return word
    }
  }
  const sign = signOf(cursor)
  const token = cursor.next()
  if (token.kind !== 'number' && token.kind !== 'duration') throw cursor.unexpected(token, '@', 'timestamp')
  return unixMs(Math.round(sign * numberOf(token) * 1000))
}

function positiveDuration(cursor: Cursor): DurationMs {
  const token = cursor.peek()
  const found = signOf(cursor) * duration(cursor, 'subquery or range selector')
  if (found <= 0) throw cursor.fail(token, 'duration must be greater than 0')
  return durationMs(found)
}

/** A duration, or a number of seconds. */
function duration(cursor: Cursor, context: string): DurationMs {
  const token = cursor.next()
  const ms = token.kind === 'number' || token.kind === 'duration' ? Math.round(numberOf(token) * 1000) : NaN
  if (Number.isNaN(ms)) throw cursor.unexpected(token, context, 'number or duration')
  if (Math.abs(ms) > MAX_DURATION) throw cursor.fail(token, 'duration out of range')
  return durationMs(ms)
}

/** int64 nanoseconds, as Prometheus keeps durations. */
const MAX_DURATION = 9_223_372_036_854
