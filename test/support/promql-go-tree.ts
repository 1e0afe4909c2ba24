/** Our trees in the shape of Prometheus' recorded Go values: byte offsets, nanoseconds, zero values left out. */
import type { DurationExpression, Expression, Modifiers, Span } from '../../src/query/promql/syntax/ast.ts'

type Json = unknown

const OPS: Readonly<Record<string, string>> = {
  '+': 'ADD',
  '-': 'SUB',
  '*': 'MUL',
  '/': 'DIV',
  '%': 'MOD',
  '^': 'POW',
  '==': 'EQLC',
  '!=': 'NEQ',
  '<=': 'LTE',
  '<': 'LSS',
  '>=': 'GTE',
  '>': 'GTR',
  '</': 'TRIM_UPPER',
  '>/': 'TRIM_LOWER',
  and: 'LAND',
  or: 'LOR',
  unless: 'LUNLESS',
}

const opOf = (op: string): string => OPS[op] ?? op.toUpperCase()

const CARDS = {
  'one-to-one': 'CardOneToOne',
  'many-to-one': 'CardManyToOne',
  'one-to-many': 'CardOneToMany',
  'many-to-many': 'CardManyToMany',
}

/** Bytes of a UTF-16 offset. The replacement character stands for one byte that was none in the recorded text. */
export function byteOffset(query: string, at: number): number {
  return Buffer.byteLength(query.slice(0, at).replaceAll('\ufffd', '?'))
}

/** The tree of a query, ready to be compared with `recorded`. */
export function goTree(query: string, root: Expression): Json {
  const pos = (span: Span): Json => ({ Start: byteOffset(query, span.start), End: byteOffset(query, span.end) })
  const end = (span: Span): number => byteOffset(query, span.end)
  const start = (span: Span): number => byteOffset(query, span.start)
  const modifiers = ({ offset, offsetExpr, at }: Modifiers): object => ({
    OriginalOffset: offset * 1e6,
    OriginalOffsetExpr: duration(offsetExpr),
    Timestamp: typeof at === 'number' ? at : undefined,
    StartOrEnd: typeof at === 'string' ? at.toUpperCase() : undefined,
  })
  const range = (node: { window: number; windowExpr: DurationExpression | undefined }): object => ({
    Range: node.window * 1e6,
    RangeExpr: duration(node.windowExpr),
  })
  const duration = (node: DurationExpression | undefined, Wrapped = false, isSigned = false): Json => {
    if (node === undefined) return undefined
    const StartPos = start(node.span)
    const EndPos = end(node.span)
    switch (node.kind) {
      case 'duration':
        return { type: 'NumberLiteral', Val: node.seconds, Duration: node.isDuration, PosRange: pos(node.span) }
      case 'step':
      case 'range':
        return { type: 'DurationExpr', Op: opOf(node.kind), StartPos, EndPos, Wrapped }
      case 'min_of':
      case 'max_of': {
        const sides = { LHS: duration(node.left), RHS: duration(node.right) }
        // Behind a sign, Prometheus ends it before its parenthesis.
        return {
          type: 'DurationExpr',
          Op: opOf(node.kind),
          ...sides,
          StartPos,
          EndPos: EndPos - Number(isSigned),
          Wrapped,
        }
      }
      case 'unary':
        return { type: 'DurationExpr', Op: opOf(node.op), RHS: duration(node.operand, false, true), StartPos, Wrapped }
      case 'binary':
        return { type: 'DurationExpr', Op: opOf(node.op), LHS: duration(node.left), RHS: duration(node.right), Wrapped }
      case 'parens':
        return node.inner.kind === 'duration'
          ? { type: 'DurationExpr', Op: 'ADD', RHS: duration(node.inner), Wrapped: true, StartPos, EndPos }
          : duration(node.inner, true)
    }
  }
  const tree = (node: Expression): Json => {
    switch (node.kind) {
      case 'number':
        return { type: 'NumberLiteral', Val: node.value, Duration: node.isDuration, PosRange: pos(node.span) }
      case 'string':
        // Bytes that are no UTF-8 are lone surrogates in our trees; JSON, in which the cases are kept, has U+FFFD for each.
        return {
          type: 'StringLiteral',
          Val: node.value.replaceAll(/[\udc80-\udcff]/gu, '\ufffd'),
          PosRange: pos(node.span),
        }
      case 'selector': {
        const LabelMatchers = node.matchers.map(({ name, op, value }) => ({ type: op, name, value }))
        const extent = { Anchored: node.extent === 'anchored', Smoothed: node.extent === 'smoothed' }
        const base = { type: 'VectorSelector', Name: node.name, LabelMatchers, PosRange: pos(node.span) }
        return { ...base, ...extent, ...modifiers(node) }
      }
      case 'matrix': {
        // The selector of a range ends before it; Prometheus keeps that end, and we the whole.
        return { type: 'MatrixSelector', VectorSelector: tree(node.selector), ...range(node), EndPos: end(node.span) }
      }
      case 'subquery': {
        const step = { Step: node.step * 1e6, StepExpr: duration(node.stepExpr) }
        const base = { type: 'SubqueryExpr', Expr: tree(node.inner), EndPos: end(node.span) }
        return { ...base, ...range(node), ...step, ...modifiers(node) }
      }
      case 'call':
        return { type: 'Call', Func: node.func.name, Args: node.args.map(tree), PosRange: pos(node.span) }
      case 'aggregation': {
        const { grouping: Grouping, without: Without } = node
        const Param = node.param === undefined ? undefined : tree(node.param)
        const base = { type: 'AggregateExpr', Op: opOf(node.op), Expr: tree(node.inner) }
        return { ...base, Param, Grouping, Without, PosRange: pos(node.span) }
      }
      case 'binary': {
        const { matching } = node
        const VectorMatching =
          matching === undefined
            ? undefined
            : {
                type: 'VectorMatching',
                Card: CARDS[matching.cardinality],
                MatchingLabels: matching.labels,
                On: matching.on,
                Include: matching.include,
              }
        const sides = { LHS: tree(node.left), RHS: tree(node.right) }
        return { type: 'BinaryExpr', Op: opOf(node.op), ...sides, ReturnBool: node.returnsBool, VectorMatching }
      }
      case 'unary':
        return { type: 'UnaryExpr', Op: opOf(node.op), Expr: tree(node.operand), StartPos: start(node.span) }
      case 'parens':
        return { type: 'ParenExpr', Expr: tree(node.inner), PosRange: pos(node.span) }
    }
  }
  return withoutZeros(tree(root))
}

/** A recorded tree, with Go's expressions worked out. */
export function recorded(value: Json): Json {
  return withoutZeros(workedOut(value))
}

function workedOut(value: Json): Json {
  if (Array.isArray(value)) return value.map(workedOut)
  if (typeof value !== 'object' || value === null) return value
  const object = value as Readonly<Record<string, Json>>
  if (typeof object['goExpr'] === 'string') return goDuration(object['goExpr'])
  if (Array.isArray(object['call'] === undefined ? undefined : object['args'])) {
    const [first] = object['args'] as readonly Json[]
    return object['call'] === 'math.Inf' ? (first as number) * Infinity : first
  }
  if (object['type'] === 'Expressions') return []
  if (object['type'] === 'posrange.PositionRange') return { Start: object['Start'] ?? 0, End: object['End'] ?? 0 }
  // What the checker notes for itself, and an end that Prometheus keeps without using it.
  const isSign = object['type'] === 'DurationExpr' && object['Op'] === 'SUB' && object['LHS'] === undefined
  const left = isSign ? ['EndPos'] : ['BypassEmptyMatcherCheck']
  const entries = Object.entries(object).filter(([key]) => !left.includes(key))
  return Object.fromEntries(entries.map(([key, entry]) => [key, workedOut(entry)]))
}

const UNITS: Readonly<Record<string, number>> = {
  'time.Hour': 3600e9,
  'time.Minute': 60e9,
  'time.Second': 1e9,
  'time.Millisecond': 1e6,
}

/** `14 * 24 * time.Hour`, `10*time.Minute + 5*time.Second`, `-time.Second`: in nanoseconds. */
export function goDuration(expression: string): number {
  const factor = (text: string): number => {
    const name = text.trim().replace('-', '')
    return (text.trim().startsWith('-') ? -1 : 1) * (UNITS[name] ?? Number(name))
  }
  const product = (text: string): number => text.split('*').reduce((all, part) => all * factor(part), 1)
  const sum = expression.split('+').reduce((all, part) => all + product(part), 0)
  if (Number.isNaN(sum)) throw new Error(`not understood: ${expression}`)
  return sum
}

function withoutZeros(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutZeros)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([key, entry]): [string, Json] => [key, withoutZeros(entry)])
    .filter(([key, entry]) => key === 'PosRange' || !isZero(entry))
  return Object.fromEntries(entries)
}

function isZero(value: Json): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true
  if (value === 'CardOneToOne') return true
  return Array.isArray(value) && value.length === 0
}
