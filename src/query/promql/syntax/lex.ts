/**
 * The lexer of PromQL. Positions are byte offsets in the UTF-8 text, as Prometheus reports them.
 * Follows the token rules of promql/parser/lex.go, prometheus; the whole grammar builds on it.
 */
import { parseDuration } from '../../../core/time.ts'

export type TokenKind = 'identifier' | 'metric' | 'string' | 'number' | 'duration' | 'symbol' | 'end' | 'error'

export interface Token {
  readonly kind: TokenKind
  /** The text as written; for strings the unquoted value, for errors what is wrong. */
  readonly text: string
  /** As written, quotes and all. */
  readonly raw: string
  /** Offset in UTF-16 units of the query. */
  readonly at: number
}

const SPACE = /[ \t\n\r]/
const IDENTIFIER = /[a-zA-Z_][a-zA-Z0-9_]*/y
const METRIC = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const DURATION = /(?:[0-9]+(?:ms|[smhdwy]))+/y
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)/y
const SYMBOLS = [
  '=~',
  '!~',
  '!=',
  '==',
  '<=',
  '>=',
  '<',
  '>',
  '=',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ',',
  ':',
  '@',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
]

/** What can't be read as a token. */
class LexError extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Splits a query into tokens, the last of kind 'end', or 'error' where the text stops making sense: what is before counts first. */
export function lex(query: string): readonly Token[] {
  const tokens: Token[] = []
  try {
    lexInto(tokens, query)
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    tokens.push({ kind: 'error', text: error.message, raw: '', at: error.at })
  }
  return tokens
}

function lexInto(tokens: Token[], query: string): void {
  let at = 0
  let depth = 0
  let braces = false
  const push = (kind: TokenKind, text: string, width = text.length): void => {
    tokens.push({ kind, text, raw: query.slice(at, at + width), at })
    at += width
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(query)?.[0]
  }
  for (;;) {
    const char = query[at]
    if (char === undefined) break
    if (SPACE.test(char)) at++
    else if (char === '#') at = lineEnd(query, at)
    else if (char === '"' || char === "'" || char === '`') {
      const { value, end } = unquote(query, at)
      push('string', value, end - at)
    } else {
      // A colon is part of a metric name, but neither of a label name nor of a range.
      const word = match(depth > 0 ? IDENTIFIER : METRIC)
      const duration = match(DURATION)
      const number = match(NUMBER)
      if (word !== undefined) push(word.includes(':') ? 'metric' : 'identifier', word)
      else if (duration !== undefined && duration.length >= (number?.length ?? 0)) push('duration', duration)
      else if (number !== undefined) push('number', number)
      else {
        const symbol = SYMBOLS.find((one) => query.startsWith(one, at))
        if (symbol === undefined) {
          throw new LexError(at, `unexpected character${braces ? ' inside braces' : ''}: ${quoteChar(query, at)}`)
        }
        if (symbol === '{' || symbol === '}') braces = symbol === '{'
        if (symbol === '{' || symbol === '[') depth++
        if (symbol === '}' || symbol === ']') depth--
        push('symbol', symbol)
      }
    }
  }
  if (braces) throw new LexError(at, 'unexpected end of input inside braces')
  push('end', '', 0)
}

function lineEnd(query: string, at: number): number {
  const end = query.indexOf('\n', at)
  return end === -1 ? query.length : end
}

function quoteChar(query: string, at: number): string {
  return `'${String.fromCodePoint(query.codePointAt(at) ?? 0)}'`
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** Reads a quoted string that starts at `at`: Go's escapes in quotes, none in backticks. */
function unquote(query: string, at: number): { value: string; end: number } {
  const quote = query[at] as string
  let value = ''
  let i = at + 1
  for (;;) {
    const char = query[i]
    if (char === undefined || (char === '\n' && quote !== '`'))
      throw new LexError(at, quote === '`' ? 'unterminated raw string' : 'unterminated quoted string')
    if (char === quote) return { value, end: i + 1 }
    if (char !== '\\' || quote === '`') {
      value += char
      i++
      continue
    }
    const escape = unescape(query, i, at)
    value += escape.value
    i = escape.end
  }
}

const NUMERIC: Readonly<Record<string, readonly [digits: RegExp, radix: number]>> = {
  x: [/[0-9a-fA-F]{2}/y, 16],
  u: [/[0-9a-fA-F]{4}/y, 16],
  U: [/[0-9a-fA-F]{8}/y, 16],
  octal: [/[0-7]{3}/y, 8],
}

/** Reads the escape at `at`, of the string that starts at `string`. */
function unescape(query: string, at: number, string: number): { value: string; end: number } {
  const char = query.slice(at + 1).match(/^./su)?.[0] ?? ''
  const plain = ESCAPES[char]
  if (plain !== undefined) return { value: plain, end: at + 2 }
  const octal = /[0-7]/.test(char)
  const form = NUMERIC[octal ? 'octal' : char]
  if (form === undefined) {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw new LexError(
      string,
      char === '' ? 'escape sequence not terminated' : `unknown escape sequence U+${code} '${char}'`,
    )
  }
  const [digits, radix] = form
  digits.lastIndex = at + (octal ? 1 : 2)
  const found = digits.exec(query)?.[0]
  const code = Number.parseInt(found ?? '', radix)
  if (found === undefined) throw new LexError(string, 'illegal character in escape sequence')
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new LexError(string, 'escape sequence is an invalid Unicode code point')
  }
  return { value: String.fromCodePoint(code), end: digits.lastIndex }
}

/** The number that a number token stands for: Go's syntax with underscores, hex and leading-zero octal, or a duration in seconds. */
export function numberOf(token: Token): number {
  if (token.kind === 'duration') return (parseDuration(token.text) ?? NaN) / 1000
  const digits = token.text.replaceAll('_', '')
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
}
