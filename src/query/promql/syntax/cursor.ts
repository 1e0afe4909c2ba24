import { lex } from './lex.ts'
import type { Token } from './lex.ts'
import { syntaxError } from './syntax-error.ts'

const OPERATORS = new Set(['=~', '!~', '!=', '==', '<=', '>=', '<', '>', '=', '@', '+', '-', '*', '/', '%', '^'])

const KEYWORDS = new Set([
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'start',
  'end',
])

/** A token in the words of Prometheus' parse errors. Follows Item.desc, prometheus/promql/parser/lex.go. */
function describe({ kind, text, raw }: Token): string {
  if (kind === 'end') return 'end of input'
  if (kind === 'symbol') return OPERATORS.has(text) ? `<op:${text}>` : JSON.stringify(text)
  if (kind === 'identifier' && KEYWORDS.has(text.toLowerCase())) return `<${text}>`
  if (kind === 'identifier' || kind === 'metric') {
    return `${kind === 'metric' ? 'metric identifier' : kind} ${JSON.stringify(text)}`
  }
  return `${kind} ${raw.length > 10 ? `${JSON.stringify(raw.slice(0, 10))}...` : JSON.stringify(raw)}`
}

/** The tokens of a query, read from left to right. Its errors are `promql.syntax`. */
export class Cursor {
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
    if (this.#at < this.#tokens.length - 1) this.#at++
    return token
  }

  /** Whether this symbol comes after the next token. */
  isAhead(symbol: string): boolean {
    const token = this.#tokens[this.#at + 1]
    return token?.kind === 'symbol' && token.text === symbol
  }

  /** Takes the next token when it is this symbol. */
  take(symbol: string): boolean {
    const found = this.peek().kind === 'symbol' && this.peek().text === symbol
    if (found) this.#at++
    return found
  }

  /** Takes the next token when it is one of these symbols; which one it was. */
  takeOneOf<S extends string>(symbols: readonly S[]): S | undefined {
    return symbols.find((symbol) => this.take(symbol))
  }

  /** Takes the next token when it is this keyword, in any case. */
  takeWord(word: string): boolean {
    const found = this.peek().kind === 'identifier' && this.peek().text.toLowerCase() === word
    if (found) this.#at++
    return found
  }

  expect(symbol: string, context: string): void {
    if (!this.take(symbol)) throw this.unexpected(this.peek(), context, `"${symbol}"`)
  }

  fail(token: Token, message: string): Error {
    return syntaxError(this.#query, token.at, message)
  }

  /** `unexpected ... in context, expected wanted`, or what the lexer couldn't read. */
  unexpected(token: Token, context = '', wanted = ''): Error {
    if (token.kind === 'error') return this.fail(token, token.text)
    const where = context === '' ? '' : ` in ${context}`
    return this.fail(token, `unexpected ${describe(token)}${where}${wanted === '' ? '' : `, expected ${wanted}`}`)
  }

  /** The error for PromQL that is right, but not answered by this version. */
  notYet(token: Token): Error {
    if (token.kind === 'error') return this.fail(token, token.text)
    const what = 'instant and range selectors and arithmetic of numbers'
    return this.fail(
      token,
      `unexpected ${describe(token)}: this version answers ${what} only; functions, operators and aggregations are not supported yet`,
    )
  }
}
