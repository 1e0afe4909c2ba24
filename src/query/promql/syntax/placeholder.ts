import type { Expression, Span } from './ast.ts'

/** Stands where a construct was too wrong to become a node. The error has been told, so nobody sees it. */
export function placeholder(span: Span): Expression {
  return { kind: 'number', span, value: 0, isDuration: false }
}
