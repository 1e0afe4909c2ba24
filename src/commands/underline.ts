import type { Span } from '../query/promql/syntax/ast.ts'
import { shown, widthOf } from './display.ts'

/** Characters of a line that are shown around a place, at most. */
const BEFORE = 60
const AFTER = 60

/**
 * The line of `text` in which `span` begins, and below it a mark: a caret under the first character, tildes up to the end.
 * Of a long line, what is near. Both lines begin with `indent`.
 */
export function underlined(text: string, { start, end }: Span, indent = '  '): string {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', start)
  const to = newline === -1 ? text.length : newline
  const first = Math.max(from, start - BEFORE)
  const last = Math.min(to, start + AFTER)
  const stop = Math.max(start, Math.min(end, last))
  const head = (first > from ? '…' : '') + plain(text.slice(first, start))
  const marked = plain(text.slice(start, stop))
  const tail = plain(text.slice(stop, last)) + (last < to ? '…' : '')
  const mark = `^${'~'.repeat(Math.max(0, widthOf(marked) - 1))}`
  return `${indent}${head}${marked}${tail}\n${indent}${' '.repeat(widthOf(head))}${mark}\n`
}

/** A tab is one space here, so that the mark stands where it should. */
function plain(text: string): string {
  return shown(text.replaceAll('\t', ' ').replaceAll('\r', ''))
}
