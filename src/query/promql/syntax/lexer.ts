/**
 * The lexer of PromQL: one token after another, as the parser asks for them. Follows promql/parser/lex.go@v3.14 in what is a
 * token where, and in its error texts and positions. Comments and spaces are skipped.
 */
import { charAt, isAlpha, isDigit, isSpace, isWord, skipSpaces } from './chars.ts'
import { quote, quoteChar } from '../../../core/go-text.ts'
import { scanDuration, scanNumber, scanString } from './scan.ts'
import { KEYWORDS } from './token.ts'
import type { TokenKind } from './token.ts'

/** What both lexers, of queries and of series descriptions, show of the token that they stand at. */
export interface TokenSource {
  readonly text: string
  readonly kind: TokenKind
  /** Offsets of the token. For an `error`, `start` is where Prometheus reports it and `end` the end of the text. */
  readonly start: number
  readonly end: number
  /** What is wrong, of an `error`. */
  readonly problem: string
  /** Moves to the next token. Behind `end` and `error` comes nothing more. */
  next(): void
}

const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'max_of', 'min_of'])
const SIGNS: ReadonlySet<string> = new Set('+-*/%^,')

export class Lexer implements TokenSource {
  readonly text: string
  kind: TokenKind = ''
  start = 0
  end = 0
  problem = ''
  /** True within `{}`. */
  inBraces = false
  #parens = 0
  #inBrackets = false
  /** Between `[` and the first number within. */
  #inDuration = false
  #gotColon = false
  #gotDuration = false

  constructor(text: string) {
    this.text = text
  }

  next(): void {
    let at = this.end
    for (;;) {
      const unit = this.text.charCodeAt(at)
      if (isSpace(unit)) at++
      // In a duration, `#` begins no comment.
      else if (unit === 35 && !this.#inDuration) at = lineEnd(this.text, at)
      else break
    }
    this.start = at
    if (this.#inDuration) this.#duration()
    else if (this.inBraces) this.#braces()
    else this.#statement()
  }

  /** Ends the text here with an error that is reported at `at`. */
  fail(problem: string, at = this.start): void {
    this.kind = 'error'
    this.start = at
    this.end = this.text.length
    this.problem = problem
  }

  #emit(kind: TokenKind, end: number): void {
    this.kind = kind
    this.end = end
  }

  #statement(): void {
    const { text, start } = this
    const unit = text.charCodeAt(start)
    if (isAlpha(unit) || unit === 58) {
      if (this.#inBrackets) this.#wordInBrackets(unit)
      else this.#word()
    } else if (isDigit(unit) || (unit === 46 && isDigit(text.charCodeAt(start + 1)))) this.#number()
    else if (unit === 34 || unit === 39 || unit === 96) this.#string()
    else if (start >= text.length) this.#finish()
    else this.#sign()
  }

  #finish(): void {
    if (this.#parens !== 0) this.fail('unclosed left parenthesis')
    else if (this.#inBrackets) this.fail('unclosed left bracket')
    else this.#emit('end', this.start)
  }

  #sign(): void {
    const { text, start } = this
    const char = text.charAt(start)
    const next = text.charAt(start + 1)
    if (SIGNS.has(char) || char === '@') this.#emit(char, start + 1)
    else if (char === '(' || char === ')') this.#paren(char)
    else if (char === '{' || char === '[' || char === ']') this.#bracket(char)
    else if (char === '<' || char === '>') {
      const double = next === '=' || next === '/'
      this.#emit(double ? char + next : char, start + (double ? 2 : 1))
    } else if (char === '=') {
      if (next === '~') this.fail(`unexpected character after '=': '~'`)
      else this.#emit(next === '=' ? '==' : '=', start + (next === '=' ? 2 : 1))
    } else if (char === '!') {
      if (next === '=') this.#emit('!=', start + 2)
      else this.fail(`unexpected character after '!': ${quoteChar(charAt(text, start + 1))}`)
    } else this.fail(`unexpected character: ${quoteChar(charAt(text, start))}`)
  }

  #paren(char: '(' | ')'): void {
    this.#parens += char === '(' ? 1 : -1
    if (this.#parens < 0) this.fail(`unexpected right parenthesis ')'`, this.start + 1)
    else this.#emit(char, this.start + 1)
  }

  #bracket(char: '{' | '[' | ']'): void {
    if (char === '{') this.inBraces = true
    else if (char === '[') {
      if (this.#inBrackets) return this.fail(`unexpected left bracket '['`)
      this.#inBrackets = true
      this.#inDuration = true
      this.#gotColon = false
    } else {
      if (!this.#inBrackets) return this.fail(`unexpected right bracket ']'`)
      this.#inBrackets = false
    }
    this.#emit(char, this.start + 1)
  }

  #word(): void {
    const { text, start } = this
    let end = start + 1
    let unit = text.charCodeAt(end)
    while (isWord(unit) || unit === 58) unit = text.charCodeAt(++end)
    const word = text.slice(start, end)
    const keyword = KEYWORDS.get(word) ?? KEYWORDS.get(word.toLowerCase())
    if (keyword === undefined) this.#emit(word.includes(':') ? 'metric identifier' : 'identifier', end)
    // `fill` is a name of metrics too: it is a keyword before a parenthesis only.
    else if (keyword.startsWith('fill') && text.charAt(skipSpaces(text, end)) !== '(') this.#emit('identifier', end)
    else this.#emit(keyword, end)
  }

  #wordInBrackets(unit: number): void {
    const { start } = this
    if (unit === 58) {
      if (this.#gotColon) return this.fail(`unexpected colon ':'`)
      this.#gotColon = true
      return this.#emit(':', start + 1)
    }
    if (!this.#durationWord()) this.fail(`unexpected character: ${quoteChar(this.text.charAt(start))}, expected ':'`)
  }

  #durationWord(): boolean {
    const { text, start } = this
    let end = start
    while (isAlpha(text.charCodeAt(end))) end++
    const word = text.slice(start, end).toLowerCase()
    const found = DURATION_WORDS.has(word)
    if (found) this.#emit(word, end)
    return found
  }

  #number(): void {
    const { text, start } = this
    const number = scanNumber(text, start)
    if (number.ok) return this.#emit('number', number.end)
    const duration = scanDuration(text, number.end)
    if (duration.ok) return this.#emit('duration', duration.end)
    this.fail(`bad number or duration syntax: ${quote(text.slice(start, duration.end))}`)
  }

  #string(): void {
    const end = scanString(this.text, this.start)
    if (typeof end === 'string') this.fail(end)
    else this.#emit('string', end)
  }

  /** Within `{}`, where keywords are names. */
  #braces(): void {
    const { text, start } = this
    const char = text.charAt(start)
    const next = text.charAt(start + 1)
    if (char === '') this.fail('unexpected end of input inside braces')
    else if (isAlpha(text.charCodeAt(start))) {
      let end = start + 1
      while (isWord(text.charCodeAt(end))) end++
      this.#emit('identifier', end)
    } else if (char === '"' || char === "'" || char === '`') this.#string()
    else if (char === ',') this.#emit(',', start + 1)
    else if (char === '=') this.#emit(next === '~' ? '=~' : '=', start + (next === '~' ? 2 : 1))
    else if (char === '!') {
      if (next === '~' || next === '=') this.#emit(char + next, start + 2)
      else this.fail(`unexpected character after '!' inside braces: ${quoteChar(charAt(text, start + 1))}`)
    } else if (char === '}') {
      this.inBraces = false
      this.#emit('}', start + 1)
    } else if (char === '{') this.fail(`unexpected left brace '{'`)
    else this.fail(`unexpected character inside braces: ${quoteChar(charAt(text, start))}`)
  }

  /** Within `[]` up to the first number; from there on the rules of the rest of the query hold. */
  #duration(): void {
    const { text, start } = this
    const char = text.charAt(start)
    if (char === '') this.fail('unexpected end of input in duration expression')
    else if (SIGNS.has(char)) this.#emit(char, start + 1)
    else if (char === '(' || char === ')') this.#paren(char)
    else if (char === ']') {
      this.#inBrackets = false
      this.#inDuration = false
      this.#emit(']', start + 1)
    } else if (char === ':') this.#durationColon()
    else if (isDigit(text.charCodeAt(start)) || (char === '.' && isDigit(text.charCodeAt(start + 1)))) {
      this.#gotDuration = true
      this.#inDuration = false
      this.#number()
    } else if (!('srmSRM'.includes(char) && this.#durationWord())) {
      this.fail(`unexpected character in duration expression: ${quoteChar(charAt(text, start))}`)
    }
  }

  #durationColon(): void {
    if (!this.#gotDuration) {
      return this.fail('unexpected colon before duration in duration expression', this.start + 1)
    }
    if (this.#gotColon) return this.fail('unexpected repeated colon in duration expression', this.start + 1)
    this.#gotColon = true
    this.#emit(':', this.start + 1)
  }
}

/** Where a comment ends: it leaves the line's end to the spaces. */
function lineEnd(text: string, at: number): number {
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 10 || unit === 13) break
  }
  return at
}
