import { defineError } from '../../../core/errors.ts'
import type { BongsuError } from '../../../core/errors.ts'

const syntax = defineError<{ line: number; column: number; message: string }>({
  code: 'promql.syntax',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ line, column, message }) => `${line}:${column}: parse error: ${message}`,
  advice: 'Correct the query at the position told.',
})

/** A query without an expression has no place of its own to be wrong at. */
export const emptyQuery = defineError<{ position: string }>({
  code: 'promql.empty',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ position }) => `${position}: parse error: no expression found in input`,
  advice: 'Send an expression in the parameter query.',
})

/** A parse error at an offset in UTF-16 units; told as line and column in bytes, both from 1, as Prometheus does. */
export function syntaxError(query: string, at: number, message: string): BongsuError {
  const before = query.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const column = new TextEncoder().encode(before.slice(lineStart)).length + 1
  return syntax({ line: before.split('\n').length, column, message })
}
