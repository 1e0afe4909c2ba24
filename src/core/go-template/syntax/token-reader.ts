import { Bug } from '../../errors.ts'
import { templateSyntax } from '../errors.ts'
import type { Lexer, Token, TokenKind } from './lexer.ts'
import { printToken } from './lexer.ts'

/** Tokens with a look ahead of three, and complaints about them in Go's words. One for each tree of a text. */
export class TokenReader {
  readonly #lexer: Lexer
  readonly #source: string
  /** Read and not used, the next one last. */
  readonly #ahead: Token[] = []
  /** The newest that was cut from the text: its line is told in complaints. */
  #newest: Token | undefined
  /** Line of the action that is being read. */
  actionLine = 0

  constructor(lexer: Lexer, source: string) {
    this.#lexer = lexer
    this.#source = source
  }

  next(): Token {
    return this.#ahead.pop() ?? this.#read()
  }

  peek(): Token {
    const token = this.next()
    this.putBack(token)
    return token
  }

  /** The tokens will be read again, in this order. */
  putBack(...tokens: readonly Token[]): void {
    this.#ahead.push(...tokens.toReversed())
  }

  nextNonSpace(): Token {
    for (;;) {
      const token = this.next()
      if (token.kind !== 'space') return token
    }
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace()
    this.putBack(token)
    return token
  }

  expect(context: string, ...kinds: readonly TokenKind[]): Token {
    const token = this.nextNonSpace()
    return kinds.includes(token.kind) ? token : this.unexpected(token, context)
  }

  isKeyword(token: Token, word: string): boolean {
    return token.kind === 'keyword' && token.text === word
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.fail(`unexpected ${printToken(token)} in ${context}`)
    if (this.actionLine === 0 || this.actionLine === token.line) return this.fail(token.text)
    const word = token.text.endsWith(' action') ? '' : ' in action'
    return this.fail(`${token.text}${word} started at ${this.#source}:${this.actionLine}`)
  }

  fail(message: string): never {
    if (this.#newest === undefined) throw new Bug('a complaint before any token')
    throw templateSyntax({ message: `template: ${this.#source}:${this.#newest.line}: ${message}` })
  }

  #read(): Token {
    this.#newest = this.#lexer.next()
    return this.#newest
  }
}
