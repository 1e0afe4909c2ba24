/** Expressions: operators by precedence, and what stands between them. Follows promql/parser/generated_parser.y@v3.14. */
import { EXPERIMENTAL_AGGREGATIONS } from './ast.ts'
import type { AggregationOp, BinaryOp, Expression, Span } from './ast.ts'
import { DurationGrammar, readLiteral } from './durations.ts'
import { FUNCTIONS } from './functions.ts'
import { quote } from '../../../core/go-text.ts'
import { bareSelector, namedSelector } from './label-matchers.ts'
import { unquote } from '../../../core/go-unquote.ts'
import { readLabels, readModifiers } from './matching.ts'
import { ModifierGrammar } from './modifiers.ts'
import type { ParserOptions } from './options.ts'
import { placeholder } from './placeholder.ts'
import { canNameMetric, END_WORD, isAggregation } from './token.ts'
import type { TokenKind } from './token.ts'
import { Unwind } from './token-reader.ts'
import type { TokenReader } from './token-reader.ts'

/** How tightly operators bind. All associate to the left but `^`; signs bind between `*` and `^`. */
const LEVELS: ReadonlyMap<TokenKind, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '<', '<=', '>', '>=', '</', '>/'].map((op): [string, number] => [op, 3]),
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
])
const POWER = 6

/** Words that are functions before a parenthesis, and names of metrics else. */
const TIME_FUNCTIONS: ReadonlySet<TokenKind> = new Set(['start', END_WORD, 'step', 'range', 'min_of', 'max_of'])

const OTHER_BEGINNINGS: ReadonlySet<TokenKind> = new Set(['number', 'duration', 'string', '(', '{', '+', '-'])

const PARAMETERS: Readonly<Partial<Record<AggregationOp, true>>> = {
  topk: true,
  bottomk: true,
  count_values: true,
  quantile: true,
  limitk: true,
  limit_ratio: true,
}

interface Grouping {
  readonly labels: readonly string[]
  readonly without: boolean
}

const NO_GROUPING: Grouping = { labels: [], without: false }

export class ExpressionGrammar {
  readonly #reader: TokenReader
  readonly #options: ParserOptions
  readonly #modifiers: ModifierGrammar

  constructor(reader: TokenReader, options: ParserOptions) {
    this.#reader = reader
    this.#options = options
    this.#modifiers = new ModifierGrammar(reader, new DurationGrammar(reader, options), options)
  }

  /** Reads an expression. With problems told to the reader, the tree is not to be used. */
  expression(): Expression {
    return this.#binary(0, 0)
  }

  #binary(min: number, depth: number): Expression {
    const reader = this.#reader
    reader.checkNesting(depth)
    let left = this.#operand(depth)
    for (;;) {
      const op = reader.peek() as BinaryOp
      const level = LEVELS.get(op)
      if (level === undefined || level < min) return left
      reader.shift()
      const { returnsBool, matching } = readModifiers(reader)
      const right = this.#binary(op === '^' ? level : level + 1, depth + 1)
      const span = { start: left.span.start, end: right.span.end }
      left = { kind: 'binary', span, op, left, right, returnsBool, matching }
      const { fill } = matching
      if (!this.#options.fillModifiers && (fill.left !== undefined || fill.right !== undefined)) {
        reader.problem(span, 'binop fill modifiers are experimental and not enabled')
      }
    }
  }

  #operand(depth: number): Expression {
    const reader = this.#reader
    const kind = reader.peek()
    if (kind !== '+' && kind !== '-') return this.#modifiers.read(this.#primary(depth))
    const { start } = reader
    reader.shift()
    const operand = this.#binary(POWER, depth + 1)
    const span = { start, end: operand.span.end }
    if (operand.kind !== 'number') return { kind: 'unary', span, op: kind, operand }
    return { ...operand, span, value: kind === '-' ? -operand.value : operand.value }
  }

  #primary(depth: number): Expression {
    const reader = this.#reader
    for (;;) {
      const kind = reader.peek()
      if (kind === '{') return bareSelector(reader)
      if (canNameMetric(kind)) return this.#named(kind, depth)
      if (kind === '(') return this.#parens(depth)
      if (kind === 'number' || kind === 'duration') return this.#number()
      if (kind === 'string') return this.#string()
      reader.reject()
    }
  }

  #number(): Expression {
    const { seconds, isDuration } = readLiteral(this.#reader)
    return { kind: 'number', span: this.#reader.span, value: seconds, isDuration }
  }

  #string(): Expression {
    const { span, word } = this.#reader
    this.#reader.shift()
    return { kind: 'string', span, value: unquote(word) }
  }

  #parens(depth: number): Expression {
    const reader = this.#reader
    const { start } = reader
    reader.shift()
    const inner = this.#binary(0, depth + 1)
    reader.expect(')')
    return { kind: 'parens', span: { start, end: reader.end }, inner }
  }

  /** A word: of a function, an aggregation or a metric, as the next token tells. */
  #named(kind: TokenKind, depth: number): Expression {
    const reader = this.#reader
    const { word, span } = reader
    reader.shift()
    const next = reader.peek()
    if (isAggregation(kind)) {
      if (next === '(' || next === 'by' || next === 'without')
        return this.#aggregation(kind as AggregationOp, span, depth)
    } else if (next === '(' && (kind === 'identifier' || TIME_FUNCTIONS.has(kind))) return this.#call(word, span, depth)
    return namedSelector(reader, word, span)
  }

  #call(name: string, at: Span, depth: number): Expression {
    const reader = this.#reader
    const args = this.#arguments(depth)
    const span = { start: at.start, end: reader.lastClosing }
    const func = FUNCTIONS.get(name)
    if (func === undefined) {
      reader.problem(at, `unknown function with name ${quote(name)}`)
      return placeholder(span)
    }
    if (func.experimental && !this.#options.experimentalFunctions) {
      reader.problem(at, `function ${quote(name)} is not enabled`)
    }
    return { kind: 'call', span, func, args }
  }

  #arguments(depth: number): readonly Expression[] {
    const reader = this.#reader
    reader.expect('(')
    if (reader.take(')')) return []
    const args = [this.#binary(0, depth + 1)]
    for (;;) {
      if (reader.take(')')) return args
      if (reader.peek() !== ',') reader.reject()
      else {
        const comma = reader.span
        reader.shift()
        if (beginsExpression(reader.peek())) args.push(this.#binary(0, depth + 1))
        else reader.problem(comma, 'trailing commas not allowed in function call args')
      }
    }
  }

  #aggregation(op: AggregationOp, at: Span, depth: number): Expression {
    const reader = this.#reader
    try {
      const before = this.#grouping()
      const args = this.#arguments(depth)
      if (before !== undefined) return this.#aggregate(op, { start: at.start, end: reader.lastClosing }, before, args)
      const after = this.#grouping()
      const end = after === undefined ? this.#lastParen() : reader.lastClosing
      return this.#aggregate(op, { start: at.start, end }, after ?? NO_GROUPING, args)
    } catch (error) {
      if (!(error instanceof Unwind)) throw error
      reader.recover('aggregation', '')
      return this.#aggregate(op, { start: at.start, end: reader.lastClosing }, NO_GROUPING, [])
    }
  }

  #grouping(): Grouping | undefined {
    const reader = this.#reader
    const kind = reader.peek()
    if (kind !== 'by' && kind !== 'without') return undefined
    reader.shift()
    return { labels: readLabels(reader), without: kind === 'without' }
  }

  /**
   * The end of an aggregation whose parser has looked one token further for `by` or `without`: when that token is a parenthesis,
   * `lastClosing` is behind it. Follows findPrevRightParen, promql/parser/lex.go@v3.14.
   */
  #lastParen(): number {
    const { query, start, lastClosing } = this.#reader
    if (query.charAt(start) !== ')') return lastClosing
    const before = query.slice(0, start).trimEnd()
    return before.endsWith(')') ? before.length : lastClosing
  }

  #aggregate(op: AggregationOp, span: Span, { labels, without }: Grouping, args: readonly Expression[]): Expression {
    const wanted = PARAMETERS[op] === true ? 2 : 1
    const inner = args[wanted - 1]
    const problem = this.#argumentProblem(op, wanted, args.length)
    if (problem !== undefined || inner === undefined) {
      this.#reader.problem(span, problem ?? '')
      return placeholder(span)
    }
    const param = wanted === 2 ? args[0] : undefined
    return { kind: 'aggregation', span, op, inner, param, grouping: labels, without }
  }

  #argumentProblem(op: AggregationOp, wanted: number, given: number): string | undefined {
    if (given === 0) return 'no arguments for aggregate expression provided'
    if (EXPERIMENTAL_AGGREGATIONS.includes(op) && !this.#options.experimentalFunctions) {
      return `${op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`
    }
    if (given === wanted) return undefined
    return `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${given}`
  }
}

function beginsExpression(kind: TokenKind): boolean {
  return OTHER_BEGINNINGS.has(kind) || canNameMetric(kind)
}
