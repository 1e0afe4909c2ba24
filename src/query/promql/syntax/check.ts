/** What the grammar alone can't tell: types, and which modifiers go together. Follows checkAST, promql/parser/parse.go@v3.14. */
import type {
  Aggregation,
  BinaryExpression,
  Call,
  Expression,
  Span,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import { choosesAll } from './choose.ts'
import { isSpace } from './chars.ts'
import { quote } from '../../../core/go-text.ts'
import type { SyntaxProblem } from './syntax-error.ts'
import { typeName, typeOf } from './walk.ts'

/** Deeper trees would end the stack of those who walk them. A chain of operators, `a or b or c`, is as deep as it is long. */
export const MAX_DEPTH = 2500

/**
 * Checks a tree that was parsed without problems, and settles what only the types tell: which operators match vectors. Returns
 * what is wrong.
 */
export function checkExpression(query: string, expression: Expression): readonly SyntaxProblem[] {
  const checker = new Checker(query)
  checker.check(expression, 0)
  const { problems, isTooDeep } = checker
  if (problems.length > 0 || !isTooDeep) return problems
  return [{ span: expression.span, message: 'the query is nested too deeply' }]
}

type Branch = Exclude<Expression, { kind: 'number' | 'string' | 'selector' }>

class Checker {
  readonly problems: SyntaxProblem[] = []
  isTooDeep = false
  readonly #query: string
  /** Selectors that may choose everything: the second argument of `info`. */
  readonly #open = new WeakSet<Expression>()

  constructor(query: string) {
    this.#query = query
  }

  /** Goes down the first children without recursion: a query may be a chain of any length. */
  check(root: Expression, depth: number): ValueType {
    const spine: Branch[] = []
    let node = root
    for (;;) {
      if (node.kind === 'number' || node.kind === 'string' || node.kind === 'selector') break
      spine.push(node)
      if (node.kind === 'call') this.#checkCall(node)
      const first = firstChild(node)
      if (first === undefined) break
      node = first
    }
    if (node.kind === 'selector') this.#checkSelector(node)
    let type = typeOfLeaf(node)
    if (depth + spine.length > MAX_DEPTH) this.isTooDeep = true
    for (let branch = spine.pop(); branch !== undefined; branch = spine.pop()) {
      type = this.#checkBranch(branch, type, depth + spine.length + 1)
    }
    return type
  }

  #problem(span: Span, message: string): void {
    this.problems.push({ span, message })
  }

  /** The type of a node whose first child is checked and of this type. */
  #checkBranch(node: Branch, first: ValueType, depth: number): ValueType {
    switch (node.kind) {
      case 'matrix':
        return 'matrix'
      case 'parens':
        return first
      case 'unary': {
        const only = 'unary expression only allowed on expressions of type scalar or instant vector'
        if (!isNumeric(first)) this.#problem(node.span, `${only}, got ${quote(typeName(first))}`)
        return first
      }
      case 'subquery':
        if (first !== 'vector') {
          this.#problem(node.span, `subquery is only allowed on instant vector, got ${first} instead`)
        }
        return 'matrix'
      case 'call':
        this.#checkArguments(node, first, depth)
        return node.func.returns
      case 'aggregation':
        this.#checkAggregation(node, first, depth)
        return 'vector'
      case 'binary':
        return this.#checkBinary(node, first, this.check(node.right, depth))
    }
  }

  #expect(node: Expression, type: ValueType, wanted: ValueType, context: string): void {
    if (type === wanted) return
    this.#problem(node.span, `expected type ${typeName(wanted)} in ${context}, got ${typeName(type)}`)
  }

  #checkAggregation(node: Aggregation, inner: ValueType, depth: number): void {
    this.#expect(node.inner, inner, 'vector', 'aggregation expression')
    if (node.param === undefined) return
    const wanted = node.op === 'count_values' ? 'string' : 'scalar'
    this.#expect(node.param, this.check(node.param, depth), wanted, 'aggregation parameter')
  }

  /** How many arguments there are, and the label selector of `info`. */
  #checkCall({ span, func, args }: Call): void {
    const given = args.length
    const wanted = func.args.length
    const name = quote(func.name)
    const least = wanted - 1
    const most = least + func.variadic
    if (func.variadic === 0) {
      if (wanted !== given) this.#problem(span, `expected ${wanted} argument(s) in call to ${name}, got ${given}`)
    } else if (given < least) {
      this.#problem(span, `expected at least ${least} argument(s) in call to ${name}, got ${given}`)
    } else if (func.variadic > 0 && given > most) {
      this.#problem(span, `expected at most ${most} argument(s) in call to ${name}, got ${given}`)
    }
    const labels = args[1]
    if (func.name === 'info' && labels !== undefined) this.#checkInfoLabels(span, labels)
  }

  #checkInfoLabels(call: Span, labels: Expression): void {
    const type = typeOf(labels)
    if (type !== 'vector') {
      this.#problem(call, `expected type instant vector in call to function "info", got ${typeName(type)}`)
    }
    if (labels.kind !== 'selector') this.#problem(labels.span, 'expected label selectors only')
    else if (labels.name !== '') {
      this.#problem(labels.span, 'expected label selectors only, got vector selector instead')
    } else this.#open.add(labels)
  }

  #checkArguments({ func, args }: Call, first: ValueType, depth: number): void {
    for (const [i, arg] of args.entries()) {
      // Arguments beyond the last one have its type, if there may be any.
      const wanted = func.args[i] ?? (func.variadic === 0 ? undefined : func.args.at(-1))
      if (wanted === undefined) return
      const type = i === 0 ? first : this.check(arg, depth)
      this.#expect(arg, type, wanted, `call to function ${quote(func.name)}`)
    }
  }

  #checkBinary(node: BinaryExpression, left: ValueType, right: ValueType): ValueType {
    const isVectors = left === 'vector' && right === 'vector'
    const type = left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector'
    this.#checkOperator(node, type)
    for (const [side, sideType] of [
      [node.left, left],
      [node.right, right],
    ] as const) {
      if (isNumeric(sideType)) continue
      this.#problem(side.span, 'binary expression must contain only scalar and instant vector types')
    }
    const isSet = node.op === 'and' || node.op === 'or' || node.op === 'unless'
    if (node.matching !== undefined) {
      if (!isVectors) this.#checkUnmatched(node, node.matching)
      else if (isSet) this.#checkSetMatching(node, node.matching)
    }
    if (isSet && (left === 'scalar' || right === 'scalar')) {
      this.#problem(node.span, `set operator ${quote(node.op)} not allowed in binary scalar expression`)
    }
    return type
  }

  #checkOperator(node: BinaryExpression, type: ValueType): void {
    const isComparison = COMPARISONS.has(node.op)
    if (node.returnsBool && !isComparison) {
      this.#problem(this.#operator(node), 'bool modifier can only be used on comparison operators')
    }
    if (isComparison && !node.returnsBool && type === 'scalar') {
      this.#problem(this.#operator(node), 'comparisons between scalars must use BOOL modifier')
    }
    if (node.matching?.on !== true) return
    for (const label of node.matching.labels) {
      for (const included of node.matching.include) {
        if (label !== included) continue
        this.#problem(this.#operator(node), `label ${quote(label)} must not occur in ON and GROUP clause at once`)
      }
    }
  }

  #checkUnmatched(node: BinaryExpression, { labels, fill }: VectorMatching): void {
    if (labels.length > 0) this.#problem(node.span, 'vector matching only allowed between instant vectors')
    if (isFilled(fill)) this.#problem(node.span, 'filling in missing series only allowed between instant vectors')
    settle(node, undefined)
  }

  #checkSetMatching(node: BinaryExpression, matching: VectorMatching): void {
    if (matching.cardinality !== 'one-to-one') {
      this.#problem(node.span, `no grouping allowed for ${quote(node.op)} operation`)
      this.#problem(node.span, 'set operations must always be many-to-many')
    } else settle(node, { ...matching, cardinality: 'many-to-many' })
    if (isFilled(matching.fill)) this.#problem(node.span, 'filling in missing series not allowed for set operators')
  }

  /** Operator and modifiers without the spaces around; as in Prometheus, the end is one character short. */
  #operator({ left, right }: BinaryExpression): Span {
    let start = left.span.end
    let end = right.span.start - 1
    while (isSpace(this.#query.charCodeAt(start))) start++
    while (isSpace(this.#query.charCodeAt(end))) end--
    return { start, end }
  }

  #checkSelector(node: VectorSelector): void {
    const { span, name, matchers } = node
    if (name !== '') {
      for (const { name: label, value } of matchers.slice(0, -1)) {
        if (label !== METRIC_NAME) continue
        this.#problem(span, `metric name must not be set twice: ${quote(name)} or ${quote(value)}`)
      }
    } else if (!this.#open.has(node) && choosesAll(matchers)) {
      this.#problem(span, 'vector selector must contain at least one non-empty matcher')
    }
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

function isNumeric(type: ValueType): boolean {
  return type === 'scalar' || type === 'vector'
}

function isFilled({ left, right }: VectorMatching['fill']): boolean {
  return left !== undefined || right !== undefined
}

/** The one change to a tree after it was built: nobody else has seen it yet. */
function settle(node: BinaryExpression, matching: VectorMatching | undefined): void {
  ;(node as { matching: VectorMatching | undefined }).matching = matching
}

function firstChild(node: Branch): Expression | undefined {
  switch (node.kind) {
    case 'matrix':
      return node.selector
    case 'call':
      return node.args[0]
    case 'binary':
      return node.left
    case 'unary':
      return node.operand
    case 'subquery':
    case 'aggregation':
    case 'parens':
      return node.inner
  }
}

/** A call without arguments is a leaf whose type is not asked for. */
function typeOfLeaf(node: Expression): ValueType {
  return node.kind === 'number' || node.kind === 'string' || node.kind === 'selector' ? typeOf(node) : 'scalar'
}
