/** Walking trees. */
import type { Expression, ValueType, VectorSelector } from './ast.ts'

/** What an expression evaluates to. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'selector':
    case 'aggregation':
      return 'vector'
    case 'matrix':
    case 'subquery':
      return 'matrix'
    case 'call':
      return expression.func.returns
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
      return typeOf(expression.operand)
    case 'parens':
      return typeOf(expression.inner)
  }
}

/** A type in the words of messages: `instant vector`. Follows DocumentedType, promql/parser/value.go@v3.14. */
export function typeName(type: ValueType): string {
  if (type === 'vector') return 'instant vector'
  return type === 'matrix' ? 'range vector' : type
}

/** The expressions right below one, in the order of Prometheus' walks: an aggregation's parameter comes last. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return []
    case 'matrix':
      return [expression.selector]
    case 'subquery':
    case 'parens':
      return [expression.inner]
    case 'unary':
      return [expression.operand]
    case 'call':
      return expression.args
    case 'aggregation':
      return expression.param === undefined ? [expression.inner] : [expression.inner, expression.param]
    case 'binary':
      return [expression.left, expression.right]
  }
}

/** Calls `see` with an expression and all below it, parents first, with the way from the root to each. */
export function visit(expression: Expression, see: (node: Expression, path: readonly Expression[]) => void): void {
  const path: Expression[] = []
  const walk = (node: Expression): void => {
    see(node, path)
    path.push(node)
    for (const child of children(node)) walk(child)
    path.pop()
  }
  walk(expression)
}

/** The selectors of an expression, in their order. */
export function selectorsOf(expression: Expression): readonly VectorSelector[] {
  const found: VectorSelector[] = []
  visit(expression, (node) => {
    if (node.kind === 'selector') found.push(node)
  })
  return found
}
