/**
 * The tree of a PromQL expression. Follows promql/parser/ast.go@v3.14 of Prometheus in what is told apart, so that its printer,
 * its positions and its JSON can be answered from it. Nodes are plain data and never change once parsed.
 */
import type { Matcher } from '../../../model/matcher.ts'

/** Where a node stands in the query: UTF-16 offsets, `end` behind the last character. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | BinaryExpression
  | UnaryExpression
  | Parens

export interface NumberLiteral {
  readonly kind: 'number'
  readonly span: Span
  readonly value: number
  /** Written as a duration (`5m`), and printed as one. */
  readonly isDuration: boolean
}

export interface StringLiteral {
  readonly kind: 'string'
  readonly span: Span
  readonly value: string
}

/** `@`: a fixed time in ms, or the query's start or end. */
export type AtModifier = number | 'start' | 'end'

/** `offset` and `@` of a selector or a subquery. */
export interface Modifiers {
  /** Milliseconds, 0 without one. When `offsetExpr` is there it decides, and this is 0. */
  readonly offset: number
  readonly offsetExpr: DurationExpression | undefined
  readonly at: AtModifier | undefined
}

export interface VectorSelector extends Modifiers {
  readonly kind: 'selector'
  readonly span: Span
  /** The name before the braces, '' without one. It is among the matchers too, as the last. */
  readonly name: string
  readonly matchers: readonly Matcher[]
  readonly extent: 'anchored' | 'smoothed' | undefined
  /** Set by planning, not by the parser: of native histograms only the totals are used (histogram_count and the like). */
  readonly totalsOnly?: true
}

/** `selector[window]`; the modifiers are the selector's. */
export interface MatrixSelector {
  readonly kind: 'matrix'
  readonly span: Span
  readonly selector: VectorSelector
  /** Milliseconds. When `windowExpr` is there it decides, and this is 0. */
  readonly window: number
  readonly windowExpr: DurationExpression | undefined
}

export interface Subquery extends Modifiers {
  readonly kind: 'subquery'
  readonly span: Span
  readonly inner: Expression
  readonly window: number
  readonly windowExpr: DurationExpression | undefined
  /** Milliseconds, 0 = the default step. */
  readonly step: number
  readonly stepExpr: DurationExpression | undefined
}

export interface Call {
  readonly kind: 'call'
  readonly span: Span
  readonly func: FunctionSignature
  readonly args: readonly Expression[]
}

export interface FunctionSignature {
  readonly name: string
  readonly args: readonly ValueType[]
  /** As in Prometheus: 0 = exactly `args`; n > 0 = the last n of `args` may be left out; -1 = the last may come any number of times. */
  readonly variadic: number
  readonly returns: ValueType
  readonly experimental: boolean
}

export const AGGREGATIONS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
] as const
export type AggregationOp = (typeof AGGREGATIONS)[number]

/** Those that `experimentalFunctions` opens. */
export const EXPERIMENTAL_AGGREGATIONS: readonly string[] = ['limitk', 'limit_ratio'] satisfies AggregationOp[]

export interface Aggregation {
  readonly kind: 'aggregation'
  readonly span: Span
  readonly op: AggregationOp
  readonly inner: Expression
  readonly param: Expression | undefined
  /** As written; with `without` the labels to leave out. */
  readonly grouping: readonly string[]
  readonly without: boolean
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>='
export type TrimOp = '</' | '>/'
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | TrimOp | SetOp

export interface BinaryExpression {
  readonly kind: 'binary'
  readonly span: Span
  readonly op: BinaryOp
  readonly left: Expression
  readonly right: Expression
  /** `bool` after a comparison. */
  readonly returnsBool: boolean
  /** Only between two instant vectors. A set operator is `many-to-many`. */
  readonly matching: VectorMatching | undefined
}

export interface VectorMatching {
  /** `many-to-one` is group_left, `one-to-many` group_right, `many-to-many` a set operator. */
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  /** True with `on`, false with `ignoring` or neither. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Labels in the parentheses of group_left or group_right. */
  readonly include: readonly string[]
  /** Values that stand in for a missing partner on that side. */
  readonly fill: { readonly left: number | undefined; readonly right: number | undefined }
}

export interface UnaryExpression {
  readonly kind: 'unary'
  readonly span: Span
  readonly op: '+' | '-'
  readonly operand: Expression
}

export interface Parens {
  readonly kind: 'parens'
  readonly span: Span
  readonly inner: Expression
}

/**
 * Arithmetic in place of a duration, in seconds: `[5m * 2]`, `offset step()`. A sign before a number is part of the number;
 * parentheses around parentheses are one node.
 */
export type DurationExpression =
  | { readonly kind: 'duration'; readonly span: Span; readonly seconds: number; readonly isDuration: boolean }
  | { readonly kind: 'step' | 'range'; readonly span: Span }
  | {
      readonly kind: 'unary'
      readonly span: Span
      readonly op: '+' | '-'
      readonly operand: DurationExpression
    }
  | {
      readonly kind: 'binary'
      readonly span: Span
      readonly op: '+' | '-' | '*' | '/' | '%' | '^'
      readonly left: DurationExpression
      readonly right: DurationExpression
    }
  | {
      readonly kind: 'min_of' | 'max_of'
      readonly span: Span
      readonly left: DurationExpression
      readonly right: DurationExpression
    }
  | { readonly kind: 'parens'; readonly span: Span; readonly inner: DurationExpression }
