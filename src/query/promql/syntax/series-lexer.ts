/** The lexer of series descriptions: a metric, then points. Follows lexValueSequence and lexHistogram, promql/parser/lex.go@v3.14. */
import { charAt, isAlpha, isDigit, isWord, skipSpaces } from './chars.ts'
import { quote, quoteChar } from '../../../core/go-text.ts'
import { Lexer } from './lexer.ts'
import type { TokenSource } from './lexer.ts'
import { scanNumber } from './scan.ts'
import { KEYWORDS } from './token.ts'
import type { TokenKind } from './token.ts'

/** Keys and words of histograms are no keywords elsewhere; their kinds are the names that Prometheus' errors give them. */
const HISTOGRAM_KEYS: ReadonlyMap<string, TokenKind> = new Map(
  'sum count schema offset n_offset buckets n_buckets z_bucket z_bucket_w custom_values counter_reset_hint'
    .split(' ')
    .map((key, i) => [key, itemName(57_370 + i)]),
)

const RESET_HINTS: ReadonlyMap<string, TokenKind> = new Map(
  ['unknown', 'reset', 'not_reset', 'gauge'].map((word, i) => [word, itemName(57_445 + i)]),
)

const SIGNS: ReadonlySet<string> = new Set('+-x_')

export class SeriesLexer implements TokenSource {
  readonly #metric: Lexer
  readonly text: string
  kind: TokenKind = ''
  start = 0
  end = 0
  problem = ''
  #place: 'metric' | 'points' | 'histogram' | 'buckets' = 'metric'

  constructor(text: string) {
    this.text = text
    this.#metric = new Lexer(text)
  }

  next(): void {
    if (this.#place === 'metric') return this.#inMetric()
    // A space is a token; those behind it say nothing more.
    this.start = this.kind === 'space' ? skipSpaces(this.text, this.end) : this.end
    const char = this.text.charAt(this.start)
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r') this.#emit('space', 1)
    else if (this.#place === 'points') this.#point(char)
    else if (this.#place === 'histogram') this.#histogram(char)
    else this.#bucket(char)
  }

  /** The metric ends with its braces, or with a name that has none. */
  #inMetric(): void {
    const lexer = this.#metric
    lexer.next()
    this.kind = lexer.kind
    this.start = lexer.start
    this.end = lexer.end
    this.problem = lexer.problem
    const isName = isWord(this.text.charCodeAt(this.start)) && !lexer.inBraces && this.kind !== 'number'
    if (this.kind === '}' || (isName && this.text.charAt(this.end) !== '{')) this.#place = 'points'
  }

  #emit(kind: TokenKind, length: number): void {
    this.kind = kind
    this.end = this.start + length
  }

  #fail(problem: string): void {
    this.kind = 'error'
    this.end = this.text.length
    this.problem = problem
  }

  #point(char: string): void {
    const { text, start } = this
    if (char === '') this.#emit('end', 0)
    else if (text.startsWith('{{', start)) {
      this.#place = 'histogram'
      this.#emit('{{', 2)
    } else if (SIGNS.has(char)) this.#emit(char, 1)
    else if (isDigit(text.charCodeAt(start)) || (char === '.' && isDigit(text.charCodeAt(start + 1)))) this.#number()
    else if (isAlpha(text.charCodeAt(start))) this.#word()
    else this.#fail(`unexpected character in series sequence: ${quoteChar(charAt(text, start))}`)
  }

  #word(): void {
    let end = this.start + 1
    while (isWord(this.text.charCodeAt(end)) || this.text.charAt(end) === ':') end++
    const word = this.text.slice(this.start, end)
    const kind = KEYWORDS.get(word.toLowerCase()) ?? (word.includes(':') ? 'metric identifier' : 'identifier')
    this.#emit(kind, word.length)
  }

  #number(): void {
    const { text, start } = this
    const { ok, end } = scanNumber(text, start, false)
    if (ok) this.#emit('number', end - start)
    else this.#fail(`bad number syntax: ${quote(text.slice(start, end))}`)
  }

  #histogram(char: string): void {
    const { text, start } = this
    if (isAlpha(text.charCodeAt(start))) this.#descriptor()
    else if (char === ':' || char === '-') this.#emit(char, 1)
    else if (isDigit(text.charCodeAt(start))) this.#number()
    else if (char === '[') {
      this.#place = 'buckets'
      this.#emit('[', 1)
    } else if (text.startsWith('}}', start)) {
      this.#place = 'points'
      this.#emit('}}', 2)
    } else this.#fail(`histogram description incomplete unexpected: ${quoteChar(charAt(text, start))}`)
  }

  #descriptor(): void {
    const { text, start } = this
    let end = start
    while (isAlpha(text.charCodeAt(end))) end++
    const word = text.slice(start, end)
    const key = HISTOGRAM_KEYS.get(word.toLowerCase())
    if (key !== undefined && text.charAt(end) !== ':') return this.#fail('missing `:` for histogram descriptor')
    const kind = key ?? numberWord(word) ?? RESET_HINTS.get(word.toLowerCase())
    if (kind === undefined) this.#fail(`bad histogram descriptor found: ${quote(word)}`)
    else this.#emit(kind, word.length)
  }

  #bucket(char: string): void {
    const { text, start } = this
    const after = text.charCodeAt(start + 1)
    if (char === ']') {
      this.#place = 'histogram'
      this.#emit(']', 1)
    } else if (char === '-') {
      // A sign is taken with what follows: there must be a digit.
      if (isDigit(after) || text.charAt(start + 1) === '.') this.#emit('-', 1)
      else this.#fail('bad number syntax: ""')
    } else if (isDigit(text.charCodeAt(start)) || (this.kind === '-' && char === '.')) this.#number()
    else if (numberWord(text.slice(start, start + 3)) !== undefined) this.#emit('number', 3)
    else this.#fail(`invalid character in buckets description: ${quoteChar(charAt(text, start))}`)
  }
}

/** The histogram key that a kind stands for. */
export function histogramKeyOf(kind: TokenKind): string | undefined {
  for (const [key, name] of HISTOGRAM_KEYS) if (name === kind) return key
  return undefined
}

/** True for the words of `counter_reset_hint`. */
export function isResetHint(kind: TokenKind): boolean {
  for (const name of RESET_HINTS.values()) if (name === kind) return true
  return false
}

function numberWord(word: string): TokenKind | undefined {
  return KEYWORDS.get(word.toLowerCase()) === 'number' ? 'number' : undefined
}

/** How errors show a token without a name of its own: by its number in the generated parser. */
function itemName(token: number): string {
  return `<Item ${token}>`
}
