/**
 * The expressions that this version answers: selectors, strings, numbers and their arithmetic, parentheses, `vector()`.
 * Follows the grammar of promql/parser/generated_parser.y, prometheus.
 */
import { Cursor } from './cursor.ts'
import { numberOf } from './lex.ts'
import type { Token } from './lex.ts'
import { selectorQuery } from './selector.ts'
import type { SelectorQuery } from './selector.ts'
import { syntaxError } from './syntax-error.ts'

export type BinaryOp = '^' | '*' | '/' | '%' | '+' | '-'

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly isDuration?: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | ({ readonly kind: 'selector' } & SelectorQuery)
  | { readonly kind: 'parens'; readonly inner: Expression }
  | { readonly kind: 'unary'; readonly op: '+' | '-'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'vector'; readonly argument: Expression }

export type ValueType = 'scalar' | 'string' | 'instant vector' | 'range vector'

/** What an expression evaluates to, in Prometheus' words. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'string':
      return 'string'
    case 'selector':
      return expression.window === undefined ? 'instant vector' : 'range vector'
    case 'vector':
      return 'instant vector'
    case 'parens':
      return typeOf(expression.inner)
    case 'number':
    case 'unary':
    case 'binary':
      return 'scalar'
  }
}

/** The selectors of an expression, in their order. */
export function selectorsOf(expression: Expression): readonly SelectorQuery[] {
  if (expression.kind === 'parens') return selectorsOf(expression.inner)
  return expression.kind === 'selector' ? [expression] : []
}

/** Deeper nesting than any person writes; without a bound, a hostile query would end the stack. */
const MAX_DEPTH = 200

/** Binary operators by how tightly they bind; unary signs bind between `^` and `*`. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['+', '-'],
  ['*', '/', '%'],
]

/** Parses a query. Throws `promql.syntax`, also for PromQL beyond what this version answers, saying so. */
export function parseExpression(query: string): Expression {
  const cursor = new Cursor(query)
  if (cursor.peek().kind === 'end') throw syntaxError(query, 0, 'no expression found in input')
  const found = binary(cursor, 0, 0)
  if (cursor.peek().kind !== 'end') throw cursor.notYet(cursor.peek())
  return found
}

function binary(cursor: Cursor, level: number, depth: number): Expression {
  const ops = LEVELS[level]
  if (ops === undefined) return unary(cursor, depth)
  let left = binary(cursor, level + 1, depth)
  for (;;) {
    const at = cursor.peek()
    const op = cursor.takeOneOf(ops)
    if (op === undefined) return left
    const right = binary(cursor, level + 1, depth)
    left = { kind: 'binary', op, left: scalar(cursor, left, at), right: scalar(cursor, right, at) }
  }
}

function unary(cursor: Cursor, depth: number): Expression {
  const at = cursor.peek()
  if (depth > MAX_DEPTH) throw cursor.fail(at, 'the query is nested too deeply')
  const op = cursor.takeOneOf(['+', '-'])
  if (op === undefined) return power(cursor, depth)
  const operand = scalar(cursor, unary(cursor, depth + 1), at)
  if (operand.kind === 'number') return { ...operand, value: op === '-' ? -operand.value : operand.value }
  return { kind: 'unary', op, operand }
}

/** `^` binds to the right: `2 ^ 3 ^ 2` is `2 ^ 9`. */
function power(cursor: Cursor, depth: number): Expression {
  const left = primary(cursor, depth)
  const at = cursor.peek()
  if (!cursor.take('^')) return left
  const right = unary(cursor, depth + 1)
  return { kind: 'binary', op: '^', left: scalar(cursor, left, at), right: scalar(cursor, right, at) }
}

function primary(cursor: Cursor, depth: number): Expression {
  const token = cursor.peek()
  if (cursor.take('(')) {
    const inner = binary(cursor, 0, depth + 1)
    closing(cursor)
    return { kind: 'parens', inner }
  }
  if (token.kind === 'string') {
    cursor.next()
    return { kind: 'string', value: token.text }
  }
  if (token.kind === 'number' || token.kind === 'duration' || isNamedNumber(token)) {
    cursor.next()
    if (token.kind === 'duration') return { kind: 'number', value: numberOf(token), isDuration: true }
    return { kind: 'number', value: isNamedNumber(token) ? namedNumber(token) : numberOf(token) }
  }
  if (token.kind !== 'identifier') return { kind: 'selector', ...selectorQuery(cursor) }
  return call(cursor, depth)
}

/** A function's call, or a selector that begins with an identifier. */
function call(cursor: Cursor, depth: number): Expression {
  const name = cursor.peek()
  if (cursor.isAhead('(')) {
    if (name.text !== 'vector') throw cursor.notYet(name)
    cursor.next()
    cursor.next()
    const at = cursor.peek()
    const argument = scalar(cursor, binary(cursor, 0, depth + 1), at)
    closing(cursor)
    return { kind: 'vector', argument }
  }
  return { kind: 'selector', ...selectorQuery(cursor) }
}

function closing(cursor: Cursor): void {
  if (cursor.take(')')) return
  if (cursor.peek().kind === 'end') throw cursor.fail(cursor.peek(), 'unclosed left parenthesis')
  throw cursor.notYet(cursor.peek())
}

/** Operators work on numbers only so far. */
function scalar(cursor: Cursor, operand: Expression, at: Token): Expression {
  if (typeOf(operand) !== 'scalar') throw cursor.notYet(at)
  return operand
}

function isNamedNumber({ kind, text }: Token): boolean {
  return kind === 'identifier' && /^(?:inf|nan)$/i.test(text)
}

function namedNumber({ text }: Token): number {
  return text.toLowerCase() === 'inf' ? Infinity : NaN
}
