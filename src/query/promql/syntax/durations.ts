/** Durations in brackets and behind `offset`: a number, or arithmetic. Follows duration_expr, promql/parser/generated_parser.y@v3.14. */
import type { DurationExpression, Span } from './ast.ts'
import { isOutOfRange, readDuration, readNumber } from './literal.ts'
import type { ParserOptions } from './options.ts'
import type { TokenReader } from './token-reader.ts'
import type { TokenKind } from './token.ts'

type Arithmetic = Extract<DurationExpression, { kind: 'binary' }>['op']
type NumberNode = Extract<DurationExpression, { kind: 'duration' }>

const LEVELS: ReadonlyMap<TokenKind, number> = new Map([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['^', 3],
])
const POWER = 3

export class DurationGrammar {
  readonly #reader: TokenReader
  readonly #allowed: boolean

  constructor(reader: TokenReader, options: ParserOptions) {
    this.#reader = reader
    this.#allowed = options.durationExpressions
  }

  /** What stands in brackets, where a number must be above 0. */
  positive(): DurationExpression {
    const found = this.#expression(0, 0)
    if (found.kind !== 'duration' || found.seconds > 0) return found
    this.#reader.problem(found.span, 'duration must be greater than 0')
    return ZERO
  }

  /**
   * What stands behind `offset`. There a plain duration, `step()` and the like end at once: `a offset 5m * 2` doubles `a`, while
   * `a offset (5m) * 2` goes 10 minutes back.
   */
  offset(): DurationExpression {
    const reader = this.#reader
    const kind = reader.peek()
    if (kind === '+' || kind === '-') return this.#signedOffset(kind)
    return kind === '(' ? this.#expression(0, 0) : this.#primary(0)
  }

  #signedOffset(op: '+' | '-'): DurationExpression {
    const reader = this.#reader
    const { span } = reader
    reader.shift()
    const kind = reader.peek()
    if (kind === '+' || kind === '-') return this.#rest(this.#sign(op, span, this.#expression(POWER, 1)), 0, 0)
    if (kind === '(') {
      reader.shift()
      const inner = this.#expression(0, 1)
      reader.expect(')')
      return this.#sign(op, span, wrap(inner, inner.span))
    }
    if (kind === 'number' || kind === 'duration') return this.#sign(op, span, this.#literal())
    const operand = this.#call(0)
    const signed: DurationExpression = {
      kind: 'unary',
      span: { start: span.start, end: operand.span.end },
      op,
      operand,
    }
    this.#experimental(signed)
    return signed
  }

  #expression(min: number, depth: number): DurationExpression {
    this.#reader.checkNesting(depth)
    return this.#rest(this.#operand(depth), min, depth)
  }

  #rest(left: DurationExpression, min: number, depth: number): DurationExpression {
    const reader = this.#reader
    for (let length = depth; ; length++) {
      reader.checkNesting(length)
      const op = reader.peek() as Arithmetic
      const level = LEVELS.get(op)
      if (level === undefined || level < min) return left
      const at = reader.span
      reader.shift()
      const right = this.#expression(op === '^' ? level : level + 1, depth + 1)
      left = this.#binary(op, at, left, right)
    }
  }

  #binary(op: Arithmetic, at: Span, left: DurationExpression, right: DurationExpression): DurationExpression {
    this.#experimental(left)
    if (right.kind === 'duration' && right.seconds === 0 && (op === '/' || op === '%')) {
      this.#reader.problem(at, op === '/' ? 'division by zero' : 'modulo by zero')
      return ZERO
    }
    return { kind: 'binary', span: { start: left.span.start, end: right.span.end }, op, left, right }
  }

  #operand(depth: number): DurationExpression {
    const reader = this.#reader
    const kind = reader.peek()
    if (kind !== '+' && kind !== '-') return this.#primary(depth)
    const { span } = reader
    reader.shift()
    return this.#sign(kind, span, this.#expression(POWER, depth + 1))
  }

  #sign(op: '+' | '-', at: Span, operand: DurationExpression): DurationExpression {
    const span = { start: at.start, end: operand.span.end }
    if (operand.kind !== 'duration') return op === '-' ? { kind: 'unary', span, op, operand } : operand
    const seconds = op === '-' ? -operand.seconds : operand.seconds
    if (!isOutOfRange(seconds)) return { ...operand, span, seconds }
    this.#reader.problem(at, 'duration out of range')
    return ZERO
  }

  #primary(depth: number): DurationExpression {
    const reader = this.#reader
    for (;;) {
      const kind = reader.peek()
      if (kind === 'number' || kind === 'duration') return this.#ranged(this.#literal())
      if (kind === '(') return this.#parens(depth)
      if (CALLS.has(kind)) {
        const found = this.#call(depth)
        this.#experimental(found)
        return found
      }
      reader.reject()
    }
  }

  #literal(): NumberNode {
    const { seconds, isDuration } = readLiteral(this.#reader)
    return { kind: 'duration', span: this.#reader.span, seconds, isDuration }
  }

  #ranged(literal: NumberNode): NumberNode {
    if (!isOutOfRange(literal.seconds)) return literal
    this.#reader.problem(literal.span, 'duration out of range')
    return ZERO
  }

  #parens(depth: number): DurationExpression {
    const reader = this.#reader
    const { start } = reader
    reader.shift()
    const inner = this.#expression(0, depth + 1)
    reader.expect(')')
    this.#experimental(inner)
    return wrap(inner, { start, end: reader.end })
  }

  /** `step()`, `range()`, `min_of(a, b)`, `max_of(a, b)`. */
  #call(depth: number): DurationExpression {
    const reader = this.#reader
    let kind = reader.peek()
    for (; !CALLS.has(kind); kind = reader.peek()) reader.reject()
    const { start } = reader
    reader.shift()
    reader.expect('(')
    if (kind === 'step' || kind === 'range') {
      reader.expect(')')
      return { kind, span: { start, end: reader.end } }
    }
    const left = this.#expression(0, depth + 1)
    reader.expect(',')
    const right = this.#expression(0, depth + 1)
    reader.expect(')')
    return { kind: kind === 'min_of' ? 'min_of' : 'max_of', span: { start, end: reader.end }, left, right }
  }

  #experimental(node: DurationExpression): void {
    if (!this.#allowed) this.#reader.problem(reported(node), 'experimental duration expression is not enabled')
  }
}

const CALLS: ReadonlySet<TokenKind> = new Set(['step', 'range', 'min_of', 'max_of'])

/** Takes a number or a duration, in seconds. */
export function readLiteral(reader: TokenReader): { readonly seconds: number; readonly isDuration: boolean } {
  const isDuration = reader.peek() === 'duration'
  const { value, error } = isDuration ? readDuration(reader.word) : readNumber(reader.word)
  if (error !== undefined) reader.problem(reader.span, error)
  reader.shift()
  return { seconds: value, isDuration }
}

/** Stands for a number that was refused. Errors about it are told at the query's start, as in Prometheus. */
const ZERO: NumberNode = { kind: 'duration', span: { start: 0, end: 0 }, seconds: 0, isDuration: false }

/** Parentheses around parentheses are the same parentheses. */
function wrap(inner: DurationExpression, span: Span): DurationExpression {
  return inner.kind === 'parens' ? inner : { kind: 'parens', span, inner }
}

/** The span that Prometheus names in errors: without the parentheses and the names around what is computed. */
function reported(node: DurationExpression): Span {
  switch (node.kind) {
    case 'parens':
      return node.inner.kind === 'duration'
        ? { start: node.span.start, end: node.inner.span.end }
        : reported(node.inner)
    case 'min_of':
    case 'max_of':
    case 'binary':
      return { start: reported(node.left).start, end: reported(node.right).end }
    case 'unary':
      return { start: node.span.start, end: reported(node.operand).end }
    case 'duration':
    case 'step':
    case 'range':
      return node.span
  }
}
