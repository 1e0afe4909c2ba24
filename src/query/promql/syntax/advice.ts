/** What is legal PromQL and yet hardly what its author meant. Short, and right: a rule that cries wolf does not belong here. */
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import type { BinaryExpression, Call, Expression, Span, VectorSelector } from './ast.ts'
import { children, selectorsOf, visit } from './walk.ts'

export interface Advice {
  /** By which it is switched off. */
  readonly name: string
  readonly span: Span
  /** What is wrong, and what would be right. */
  readonly message: string
}

type Found = Pick<Advice, 'span' | 'message'>

interface AdviceRule {
  /** In a sentence, for docs and help. */
  readonly summary: string
  readonly look: (node: Expression) => readonly Found[]
}

const COUNTER = /_(?:total|bucket)$/
const GAUGE =
  /(?:^up|_up|_info|_ratio|_percent|_celsius|_load(?:1|5|15)|_replicas|_(?:free|avail|available|inuse|limit)_bytes)$/
const NEEDS_COUNTER = new Set(['rate', 'irate', 'increase'])
const FOR_GAUGES = new Set(['delta', 'idelta', 'deriv'])
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>='])
/** No scrape is so frequent that a shorter window holds two samples. */
const SHORT_WINDOW = 30_000

/** Every rule by its name. */
export const ADVICE_RULES: Readonly<Record<string, AdviceRule>> = {
  'rate-of-gauge': {
    summary: 'rate(), irate() and increase() take each fall of a gauge for a counter that began anew',
    look: (node) =>
      windowsOf(node, NEEDS_COUNTER).flatMap(({ call, selector }) =>
        selector === undefined || !GAUGE.test(selector.name)
          ? []
          : found(
              selector,
              `${selector.name} looks like a gauge: ${call.func.name}() is for counters; use delta() or deriv()`,
            ),
      ),
  },
  'delta-of-counter': {
    summary: 'delta(), idelta() and deriv() know no counter resets: they fall when a process starts anew',
    look: (node) =>
      windowsOf(node, FOR_GAUGES).flatMap(({ call, selector }) =>
        selector === undefined || !COUNTER.test(selector.name)
          ? []
          : found(
              selector,
              `${selector.name} looks like a counter: ${call.func.name}() is for gauges; use increase() or rate()`,
            ),
      ),
  },
  'aggregated-before-rate': {
    summary: 'a sum of counters falls when one of them is reset or disappears: rate() comes first, then sum()',
    look: (node) =>
      windowsOf(node, NEEDS_COUNTER).flatMap(({ call, inner }) => {
        const within = withoutParens(inner)
        if (within.kind !== 'aggregation' || !['sum', 'avg'].includes(within.op) || hasCall(within)) return []
        return found(
          within,
          `${within.op} before ${call.func.name}() hides counter resets: write ${within.op}(${call.func.name}(...))`,
        )
      }),
  },
  'raw-counter-compared': {
    summary: 'a counter compared with a number: once true, it stays so until the process starts anew',
    look: (node) => {
      if (node.kind !== 'binary' || !COMPARISONS.has(node.op)) return []
      return [
        [node.left, node.right],
        [node.right, node.left],
      ].flatMap(([side, other]) => {
        const selector = side === undefined ? undefined : withoutParens(side)
        if (selector?.kind !== 'selector' || !selector.name.endsWith('_total')) return []
        // Of 0, that it ever counted is a sound question, and `> 0` a common guard of a division.
        if (other?.kind !== 'number' || other.value === 0) return []
        return found(selector, `${selector.name} only grows: compare its increase() or rate()`)
      })
    },
  },
  'quantile-without-le': {
    summary: 'histogram_quantile() of classic buckets whose aggregation drops the label le finds nothing',
    look: (node) => {
      if (node.kind !== 'call' || node.func.name !== 'histogram_quantile') return []
      const inner = node.args[1] === undefined ? undefined : withoutParens(node.args[1])
      if (inner?.kind !== 'aggregation' || inner.op !== 'sum') return []
      if (!selectorsOf(inner).some(({ name }) => name.endsWith('_bucket'))) return []
      // VictoriaMetrics' buckets have vmrange in place of le.
      const keeps = inner.grouping.some((name) => name === 'le' || name === 'vmrange') !== inner.without
      return keeps ? [] : found(inner, 'the buckets lose their label le: write sum by (le) (...)')
    },
  },
  'comparisons-added': {
    summary: 'comparisons filter: a sum of two has a value only where both are true; with bool each counts as 0 or 1',
    look: (node) =>
      node.kind === 'binary' && node.op === '+' && isFilter(node.left) && isFilter(node.right)
        ? found(node, 'comparisons without bool filter, so this has a value only where both are true: write > bool')
        : [],
  },
  'short-window': {
    summary: 'a window under 30s seldom holds the two samples that rate() and its like need',
    look: (node) => {
      if (node.kind !== 'call' || !(NEEDS_COUNTER.has(node.func.name) || FOR_GAUGES.has(node.func.name))) return []
      return node.args.flatMap((arg) => {
        if (arg.kind !== 'matrix' || arg.windowExpr !== undefined || arg.window >= SHORT_WINDOW) return []
        return found(
          arg,
          `a window of ${arg.window / 1000}s seldom holds two samples: make it four times the scrape interval`,
        )
      })
    },
  },
  'regexp-in-equal': {
    summary: '= and != compare plain text: a regular expression needs =~ or !~',
    look: (node) => {
      if (node.kind !== 'selector') return []
      return node.matchers
        .filter(looksLikeRegexp)
        .flatMap(({ name, op, value }) =>
          found(
            node,
            `${name}${op}${JSON.stringify(value)} compares plain text: a regular expression needs ${op === '=' ? '=~' : '!~'}`,
          ),
        )
    },
  },
  'nan-compared': {
    summary: 'nothing equals NaN, not even NaN, and nothing is larger or smaller',
    look: (node) => {
      if (node.kind !== 'binary' || !COMPARISONS.has(node.op) || node.op === '!=') return []
      const isNaN = [node.left, node.right].some((side) => side.kind === 'number' && Number.isNaN(side.value))
      return isNaN ? found(node, `${node.op} NaN is never true: to find NaN, compare with itself: x != x`) : []
    },
  },
  'or-vector-beside-labels': {
    summary: 'vector(0) has no labels, so beside series that have some it is always there, and replaces none',
    look: (node) => {
      if (node.kind !== 'binary' || node.op !== 'or' || node.matching?.on === true) return []
      const [left, right] = [withoutParens(node.left), withoutParens(node.right)]
      if (right.kind !== 'call' || right.func.name !== 'vector') return []
      if (left.kind !== 'aggregation' || left.without || left.grouping.length === 0) return []
      return found(
        right,
        `vector() has no labels, so it comes beside each ${left.grouping.join(', ')}: it fills no gap of theirs`,
      )
    },
  },
}

/** All advice about an expression, in order of place. `off`: names of rules to leave out. */
export function adviceOn(expression: Expression, off: ReadonlySet<string> = new Set()): readonly Advice[] {
  const all: Advice[] = []
  visit(expression, (node) => {
    for (const [name, { look }] of Object.entries(ADVICE_RULES)) {
      if (!off.has(name)) all.push(...look(node).map((one) => ({ name, ...one })))
    }
  })
  return all.sort((a, b) => a.span.start - b.span.start)
}

function found({ span }: Expression, message: string): readonly Found[] {
  return [{ span, message }]
}

/** The windows over which functions of these names go: of a selector, or of a subquery's expression. */
function windowsOf(
  node: Expression,
  names: ReadonlySet<string>,
): readonly { readonly call: Call; readonly selector: VectorSelector | undefined; readonly inner: Expression }[] {
  if (node.kind !== 'call' || !names.has(node.func.name)) return []
  return node.args.map(withoutParens).flatMap((arg) => {
    if (arg.kind === 'matrix') return [{ call: node, selector: arg.selector, inner: arg.selector }]
    if (arg.kind !== 'subquery') return []
    const inner = withoutParens(arg.inner)
    return [{ call: node, selector: inner.kind === 'selector' ? inner : undefined, inner }]
  })
}

function withoutParens(expression: Expression): Expression {
  return expression.kind === 'parens' ? withoutParens(expression.inner) : expression
}

function hasCall(expression: Expression): boolean {
  return expression.kind === 'call' || children(expression).some(hasCall)
}

function isFilter(expression: Expression): boolean {
  const node: Expression | BinaryExpression = withoutParens(expression)
  return node.kind === 'binary' && COMPARISONS.has(node.op) && !node.returnsBool
}

/** `.*`, `.+` or `a|b`, as no metric or label value in the wild has them. */
function looksLikeRegexp({ name, op, value }: Matcher): boolean {
  return (op === '=' || op === '!=') && name !== METRIC_NAME && /\.[*+]|^[\w-]+(?:\|[\w-]+)+$/.test(value)
}
