/** Trees of PromQL for tests: random ones, and what matters in them. */
import * as fc from 'fast-check'
import type {
  BinaryOp,
  DurationExpression,
  Expression,
  Modifiers,
  VectorMatching,
  VectorSelector,
} from '../../src/query/promql/syntax/ast.ts'
import { AGGREGATIONS } from '../../src/query/promql/syntax/ast.ts'
import { FUNCTIONS } from '../../src/query/promql/syntax/functions.ts'

const span = { start: 0, end: 0 }

/** The tree without positions, with matchers in an order of their own: printing sorts them. */
export function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'span')
    .map(([key, entry]): [string, unknown] => [key, key === 'matchers' ? sorted(entry) : essence(entry)])
  return Object.fromEntries(entries)
}

function sorted(matchers: unknown): readonly string[] {
  return (matchers as readonly unknown[]).map((one) => JSON.stringify(one)).toSorted()
}

const word = fc.constantFrom('up', 'http_requests_total', 'job:x:rate5m', 'sum', 'offset', 'by', 'start', 'fill', 'a')
const label = fc.oneof(fc.constantFrom('job', 'le', 'on', 'bool', 'sum'), fc.constantFrom('with.dot', '가', 'a b'))
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => !one.includes('\ufffd'))
/** Prometheus computes with nanoseconds in doubles: milliseconds of long durations may be off by one, and so are ours. */
const ms = fc.oneof(
  fc.integer({ min: 1, max: 1e6 }),
  fc.integer({ min: 1, max: 1e7 }).map((value) => value * 1000),
)
const seconds = fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.5, 1e-3, 86_400))

const matchers = fc.array(fc.record({ name: label, op: fc.constantFrom('=' as const, '!=' as const), value: text }), {
  maxLength: 3,
})

const duration: fc.Arbitrary<DurationExpression> = fc.letrec<{ any: DurationExpression; atom: DurationExpression }>(
  (tie) => ({
    atom: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      seconds.map((value): DurationExpression => ({ kind: 'duration', span, seconds: value, isDuration: false })),
      fc
        .integer({ min: 1, max: 1e6 })
        .map((value) => value * 1000)
        .map((value): DurationExpression => ({
          kind: 'duration',
          span,
          seconds: Math.trunc(value / 1000) + ((value % 1000) * 1e6) / 1e9,
          isDuration: true,
        })),
      fc.constantFrom('step' as const, 'range' as const).map((kind): DurationExpression => ({ kind, span })),
      fc
        .tuple(fc.constantFrom('min_of' as const, 'max_of' as const), tie('atom'), tie('atom'))
        .map(([kind, left, right]): DurationExpression => ({ kind, span, left, right })),
      tie('any').map((inner): DurationExpression => ({ kind: 'parens', span, inner })),
    ),
    any: fc
      .tuple(fc.constantFrom('+' as const, '-' as const, '*' as const, '^' as const), tie('atom'), tie('atom'))
      .map(([op, left, right]): DurationExpression => ({ kind: 'binary', span, op, left, right })),
  }),
).any

/** Arithmetic behind `offset` has parentheses around it, or it would end early. */
const offsetExpr = duration.map((inner): DurationExpression => ({ kind: 'parens', span, inner }))

const modifiers: fc.Arbitrary<Modifiers> = fc
  .record({
    offset: fc.constantFrom(0, 300_000, -1500),
    offsetExpr: fc.option(offsetExpr, { nil: undefined }),
    at: fc.constantFrom(undefined, 1_700_000_000_123, -5, 'start' as const, 'end' as const),
  })
  .map((one) => (one.offsetExpr === undefined ? one : { ...one, offset: 0 }))

const extent = fc.constantFrom(undefined, 'anchored' as const, 'smoothed' as const)

const selector: fc.Arbitrary<VectorSelector> = fc
  .tuple(word, matchers, modifiers, extent)
  .map(([name, some, modified, extended]) => ({
    kind: 'selector',
    span,
    name,
    matchers: [...some, { name: '__name__', op: '=', value: name }],
    extent: extended,
    ...modified,
  }))

const window = fc.oneof(
  ms.map((value) => ({ window: value, windowExpr: undefined })),
  duration.map((windowExpr) => ({ window: 0, windowExpr })),
)

/** Before a colon, Prometheus' lexer wants to have seen a number first. */
const subqueryWindow = fc.oneof(
  ms.map((value) => ({ window: value, windowExpr: undefined })),
  duration.map((right) => {
    const left: DurationExpression = { kind: 'duration', span, seconds: 60, isDuration: true }
    const windowExpr: DurationExpression = {
      kind: 'binary',
      span,
      op: '+',
      left,
      right: { kind: 'parens', span, inner: right },
    }
    return { window: 0, windowExpr }
  }),
)

const number = fc
  .oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat())
  .map((value): Expression => ({ kind: 'number', span, value: value + 0, isDuration: false }))

const OPERATORS = ['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '<', '<=', '>', '>=', '</', '>/'] as const
const COMPARISONS: readonly BinaryOp[] = ['==', '!=', '<', '<=', '>', '>=']

const matching: fc.Arbitrary<VectorMatching> = fc
  .record({
    cardinality: fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const),
    on: fc.boolean(),
    labels: fc.array(fc.constantFrom('job', 'le', 'with.dot'), { maxLength: 2 }),
    include: fc.array(fc.constantFrom('x', 'and', '가'), { maxLength: 2 }),
    fill: fc.record({
      left: fc.constantFrom(undefined, 1, -23.5, 1e21),
      right: fc.constantFrom(undefined, 1, -23.5, 1e-7),
    }),
  })
  .map((one) => (one.cardinality === 'one-to-one' ? { ...one, include: [] } : one))

/** Instant vectors of any shape that print and parse to themselves. */
export const vectorTree: fc.Arbitrary<Expression> = fc.letrec<{ vector: Expression; matrix: Expression }>((tie) => ({
  matrix: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(selector, window).map(([one, range]): Expression => ({ kind: 'matrix', span, selector: one, ...range })),
    fc
      .tuple(tie('vector'), subqueryWindow, modifiers, fc.constantFrom(0, 60_000))
      .map(([inner, range, modified, step]): Expression => ({
        kind: 'subquery',
        span,
        inner,
        ...range,
        step,
        stepExpr: undefined,
        ...modified,
      })),
  ),
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    selector,
    call('rate', [tie('matrix')]),
    call('quantile_over_time', [number, tie('matrix')]),
    call('label_replace', [tie('vector'), ...[text, text, text, text].map((one) => one.map(stringNode))]),
    fc
      .tuple(
        fc.constantFrom(...AGGREGATIONS.filter((op) => op !== 'count_values')),
        tie('vector'),
        number,
        fc.array(label, { maxLength: 2 }),
        fc.boolean(),
      )
      .map(([op, inner, one, grouping, without]): Expression => {
        const param = /^(?:topk|bottomk|quantile|limitk|limit_ratio)$/.test(op) ? one : undefined
        return { kind: 'aggregation', span, op, inner, param, grouping, without }
      }),
    fc
      .tuple(fc.constantFrom(...OPERATORS), tie('vector'), tie('vector'), fc.boolean(), matching)
      .map(([op, left, right, isBool, match]) => {
        const returnsBool = isBool && COMPARISONS.includes(op)
        const include = match.on ? match.include.filter((one) => !match.labels.includes(one)) : match.include
        const first = endsInArithmetic(left) ? parens(left) : left
        return parens({ kind: 'binary', span, op, left: first, right, returnsBool, matching: { ...match, include } })
      }),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const, 'unless' as const), tie('vector'), tie('vector'), matching)
      .map(([op, left, right, { on, labels }]) => {
        const none = { left: undefined, right: undefined }
        const many: VectorMatching = { cardinality: 'many-to-many', on, labels, include: [], fill: none }
        const first = endsInArithmetic(left) ? parens(left) : left
        return parens({ kind: 'binary', span, op, left: first, right, returnsBool: false, matching: many })
      }),
    fc
      .tuple(fc.constantFrom('+' as const, '-' as const), tie('vector'))
      .map(([op, operand]) => parens({ kind: 'unary', span, op, operand })),
  ),
})).vector

function call(name: string, args: readonly fc.Arbitrary<Expression>[]): fc.Arbitrary<Expression> {
  const func = FUNCTIONS.get(name)
  if (func === undefined) throw new Error(`no function ${name}`)
  return fc.tuple(...args).map((given): Expression => ({ kind: 'call', span, func, args: given }))
}

/** Prometheus prints `a offset (1m + 2m) + b`, which it reads as one offset. */
function endsInArithmetic(node: Expression): boolean {
  return node.kind === 'selector' && node.offsetExpr !== undefined
}

function stringNode(value: string): Expression {
  return { kind: 'string', span, value }
}

function parens(inner: Expression): Expression {
  return { kind: 'parens', span, inner }
}
