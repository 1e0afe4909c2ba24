/**
 * What the parser reads from, and how it goes on behind an error. Prometheus' parser is made by yacc: which errors follow a first
 * one depends on yacc's recovery, so the same rules hold here:
 *
 * - The next token is read when it is needed to decide, not before: errors of the lexer come in that order.
 * - A token that can't stand where it is makes the parser leave all constructs up to the innermost one that has words for it
 *   (`Unwind`); that one reports it and counts as read.
 * - From there on, tokens that can't stand where they are get dropped silently until three in a row could.
 */
import type { Span } from './ast.ts'
import type { TokenSource } from './lexer.ts'
import type { SyntaxProblem } from './syntax-error.ts'
import { describeToken } from './token.ts'
import type { TokenKind } from './token.ts'

/** The token at hand can't stand here: the innermost construct that knows what to say catches this. */
export class Unwind extends Error {}

/** Nothing can follow any more; what is wrong has been told. */
export class Abort extends Error {}

/** Nesting of queries that a person or a program means; without a bound, a hostile query would end the stack. */
export const MAX_NESTING = 400

const CLOSING: ReadonlySet<TokenKind> = new Set(['}', ')', ']', 'duration', 'number'])

export class TokenReader {
  readonly problems: SyntaxProblem[] = []
  /** Where the last token ended that can end an expression. */
  lastClosing = 0
  readonly #source: TokenSource
  #isRead = false
  /** How many tokens must fit until an error counts as overcome. */
  #recovering = 0

  constructor(source: TokenSource) {
    this.#source = source
  }

  /** The whole text. */
  get query(): string {
    return this.#source.text
  }

  /** The kind of the next token, which is read now if it wasn't. */
  peek(): TokenKind {
    if (!this.#isRead) this.#read()
    return this.#source.kind
  }

  #read(): void {
    const source = this.#source
    source.next()
    this.#isRead = true
    if (source.kind === 'error') this.problem({ start: source.start, end: source.end }, source.problem)
    else if (CLOSING.has(source.kind)) this.lastClosing = source.end
  }

  /** Where the token that was read last begins. */
  get start(): number {
    return this.#source.start
  }

  /** Where the token that was read last ends. */
  get end(): number {
    return this.#source.end
  }

  /** The token that was read last. */
  get span(): Span {
    return { start: this.#source.start, end: this.#source.end }
  }

  /** Its text. */
  get word(): string {
    return this.#source.text.slice(this.#source.start, this.#source.end)
  }

  /** Takes the token that was peeked at. */
  shift(): void {
    this.#isRead = false
    if (this.#recovering > 0) this.#recovering--
  }

  /** Takes the next token when it is of this kind. */
  take(kind: TokenKind): boolean {
    const found = this.peek() === kind
    if (found) this.shift()
    return found
  }

  /** Takes a token of this kind, or leaves to the construct that has words for another one. */
  expect(kind: TokenKind): void {
    while (this.peek() !== kind) this.reject()
    this.shift()
  }

  /** The token at hand can't stand here: throws `Unwind`, or returns when it was dropped and the next may be tried. */
  reject(): void {
    if (!this.drops()) throw new Unwind()
  }

  /** Drops the token at hand if that is how an error is overcome just now. Throws `Abort` at the end. */
  drops(): boolean {
    if (this.#recovering !== 3) return false
    if (this.isEnd()) throw new Abort()
    this.#isRead = false
    return true
  }

  isEnd(): boolean {
    const kind = this.peek()
    return kind === 'end' || kind === 'error'
  }

  /** Reports the token at hand and begins to overcome it. */
  recover(context: string, expected: string): void {
    this.unexpected(context, expected)
    this.#recovering = 3
  }

  /** `unexpected ... in context, expected ...`; the lexer has told its own errors already. */
  unexpected(context: string, expected: string): void {
    const { kind } = this.#source
    if (kind === 'error') return
    const where = context === '' ? '' : ` in ${context}`
    const wanted = expected === '' ? '' : `, expected ${expected}`
    this.problem(this.span, `unexpected ${describeToken(kind, this.word)}${where}${wanted}`)
  }

  problem(span: Span, message: string): void {
    this.problems.push({ span, message })
  }

  /** Drops what is left, for the errors that the lexer finds in it. */
  drain(): void {
    while (!this.isEnd()) this.#isRead = false
  }

  /** Ends everything when a query is nested deeper than the stack is sure to bear. */
  checkNesting(depth: number): void {
    if (depth <= MAX_NESTING) return
    this.problem(this.span, 'the query is nested too deeply')
    throw new Abort()
  }
}

/** Runs a start rule of the grammar: what it doesn't recover from is reported as it is, and the rest is dropped. */
export function readStart<T>(reader: TokenReader, rule: () => T): T | undefined {
  try {
    const found = rule()
    while (!reader.isEnd()) reader.reject()
    return found
  } catch (error) {
    if (error instanceof Unwind) {
      reader.recover('', '')
      reader.drain()
    } else if (!(error instanceof Abort)) throw error
    return undefined
  }
}
