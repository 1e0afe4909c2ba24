import { defineError } from '../../../core/errors.ts'
import type { BongsuError } from '../../../core/errors.ts'

const syntax = defineError<{ position: string; message: string }>({
  code: 'promql.syntax',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ position, message }) => `${position}: parse error: ${message}`,
  advice: 'Correct the query at the position told.',
})

/** A parse error at an offset in UTF-16 units; told as line and column in bytes, both from 1, as Prometheus does. */
export function syntaxError(query: string, at: number, message: string): BongsuError {
  if (query === '') return syntax({ position: 'unknown position', message })
  const before = query.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const column = new TextEncoder().encode(before.slice(lineStart)).length + 1
  return syntax({ position: `${before.split('\n').length}:${column}`, message })
}
