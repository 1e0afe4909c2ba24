/** Parses plain selectors: `name{label="value"}[5m] offset 1h @ 1700000000`. */
import { durationMs, parseDuration } from '../../../core/time.ts'
import type { DurationMs, UnixMs } from '../../../core/time.ts'
import { unixMs } from '../../../core/time.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher, Selector } from '../../../model/matcher.ts'
import { compileLabelRegexp } from '../../../model/regexp.ts'
import { messageOf } from '../../../core/errors.ts'
import { lex, numberOf } from './lex.ts'
import type { Token } from './lex.ts'
import { syntaxError } from './syntax-error.ts'

/** An instant selector (`window` undefined) or a range selector. */
export interface SelectorQuery {
  readonly selector: Selector
  readonly window: DurationMs | undefined
  readonly offset: DurationMs
  /** `@`: a fixed time, or the query's start or end. */
  readonly at: UnixMs | 'start' | 'end' | undefined
}

/** Parses a metric selector such as those of `match[]`: no range, offset or `@`. Throws `promql.syntax`. */
export function parseMetricSelector(query: string): Selector {
  const cursor = new Cursor(query)
  const selector = vectorSelector(cursor)
  const rest = cursor.peek()
  if (rest.kind !== 'end') throw cursor.unexpected(rest)
  return selector
}

/** Parses an instant or range selector. Throws `promql.syntax`, also for PromQL beyond selectors, saying so. */
export function parseSelectorQuery(query: string): SelectorQuery {
  const cursor = new Cursor(query)
  const selector = vectorSelector(cursor)
  let window: DurationMs | undefined
  if (cursor.take('[')) {
    window = duration(cursor)
    cursor.expect(']', 'range')
    if (window === 0) throw cursor.fail('duration must be greater than 0')
  }
  return { selector, window, ...modifiers(cursor) }
}

function modifiers(cursor: Cursor): Pick<SelectorQuery, 'offset' | 'at'> {
  let offset: DurationMs | undefined
  let at: SelectorQuery['at']
  for (;;) {
    if (cursor.takeWord('offset')) {
      if (offset !== undefined) throw cursor.fail('offset may not be set multiple times')
      const sign = cursor.take('-') ? -1 : 1
      cursor.take('+')
      offset = durationMs(sign * duration(cursor))
    } else if (cursor.take('@')) {
      if (at !== undefined) throw cursor.fail('@ <timestamp> may not be set multiple times')
      at = atTime(cursor)
    } else {
      cursor.finish()
      return { offset: offset ?? durationMs(0), at }
    }
  }
}

function atTime(cursor: Cursor): UnixMs | 'start' | 'end' {
  for (const word of ['start', 'end'] as const) {
    if (cursor.takeWord(word)) {
      cursor.expect('(', '@')
      cursor.expect(')', '@')
      return word
    }
  }
  const sign = cursor.take('-') ? -1 : 1
  const token = cursor.next()
  if (token.kind !== 'number') throw cursor.unexpected(token, '@')
  return unixMs(Math.round(sign * numberOf(token) * 1000))
}

function duration(cursor: Cursor): DurationMs {
  const token = cursor.next()
  if (token.kind === 'number') return durationMs(numberOf(token) * 1000)
  const parsed = token.kind === 'duration' ? parseDuration(token.text) : undefined
  if (parsed === undefined) throw cursor.unexpected(token, 'duration')
  return parsed
}

function vectorSelector(cursor: Cursor): Selector {
  const matchers: Matcher[] = []
  const first = cursor.peek()
  const named = first.kind === 'identifier' || first.kind === 'metric'
  if (named) {
    cursor.next()
    if (cursor.peek().text === '(') throw cursor.notYet(first)
    matchers.push({ name: METRIC_NAME, op: '=', value: first.text })
  }
  if (cursor.take('{')) matcherList(cursor, matchers, named)
  else if (!named) throw cursor.unexpected(first)
  if (matchers.every(matchesEmpty)) {
    throw cursor.failAt(first, 'vector selector must contain at least one non-empty matcher')
  }
  return matchers
}

function matcherList(cursor: Cursor, matchers: Matcher[], named: boolean): void {
  let hasName = named
  while (!cursor.take('}')) {
    const token = cursor.next()
    if (token.kind !== 'identifier' && token.kind !== 'string') throw cursor.unexpected(token, 'label matching')
    const op = cursor.peek()
    if (token.kind === 'string' && (op.text === ',' || op.text === '}')) {
      if (hasName) throw cursor.failAt(token, `metric name must not be set twice: "${token.text}"`)
      hasName = true
      matchers.push({ name: METRIC_NAME, op: '=', value: token.text })
    } else matchers.push(matcher(cursor, token))
    if (!cursor.take(',') && cursor.peek().text !== '}') throw cursor.unexpected(cursor.peek(), 'label matching')
  }
}

function matcher(cursor: Cursor, name: Token): Matcher {
  const op = cursor.next()
  if (!isOp(op.text) || op.kind !== 'symbol') throw cursor.unexpected(op, 'label matching')
  const value = cursor.next()
  if (value.kind !== 'string') throw cursor.unexpected(value, 'label matching')
  if (op.text === '=~' || op.text === '!~') checkRegexp(cursor, value)
  return { name: name.text, op: op.text, value: value.text }
}

function checkRegexp(cursor: Cursor, value: Token): void {
  try {
    compileLabelRegexp(value.text)
  } catch (error) {
    throw cursor.failAt(value, messageOf(error))
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

const OPERATORS = new Set(['=~', '!~', '!=', '==', '<=', '>=', '<', '>', '=', '@', '+', '-', '*', '/', '%', '^'])

/** A token in the words of Prometheus' parse errors. Follows Item.desc, prometheus/promql/parser/lex.go. */
function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'end of input'
  if (kind === 'symbol') return OPERATORS.has(text) ? `<op:${text}>` : JSON.stringify(text)
  return `${kind === 'metric' ? 'metric identifier' : kind} ${JSON.stringify(text)}`
}

/** The tokens of a query, read from left to right. */
class Cursor {
  readonly #query: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(query: string) {
    this.#query = query
    this.#tokens = lex(query)
  }

  peek(): Token {
    return this.#tokens[this.#at] as Token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at++
    return token
  }

  take(symbol: string): boolean {
    const found = this.peek().kind === 'symbol' && this.peek().text === symbol
    if (found) this.#at++
    return found
  }

  takeWord(word: string): boolean {
    const found = this.peek().kind === 'identifier' && this.peek().text.toLowerCase() === word
    if (found) this.#at++
    return found
  }

  expect(symbol: string, context: string): void {
    if (!this.take(symbol)) throw this.unexpected(this.peek(), context, `"${symbol}"`)
  }

  finish(): void {
    if (this.peek().kind !== 'end') throw this.notYet(this.peek())
  }

  fail(message: string): Error {
    return this.failAt(this.peek(), message)
  }

  failAt(token: Token, message: string): Error {
    return syntaxError(this.#query, token.at, message)
  }

  unexpected(token: Token, context = '', wanted = ''): Error {
    const what = describe(token)
    return this.failAt(
      token,
      `unexpected ${what}${context === '' ? '' : ` in ${context}`}${wanted === '' ? '' : `, expected ${wanted}`}`,
    )
  }

  notYet(token: Token): Error {
    return this.failAt(
      token,
      `unexpected ${describe(token)}: this version answers instant and range selectors only; functions, operators and aggregations are not supported yet`,
    )
  }
}
