const encoder = new TextEncoder()

/** Line and column (both from 1; the column in UTF-8 bytes, as Prometheus counts) of a UTF-16 offset. */
export function lineAndColumn(query: string, offset: number): { readonly line: number; readonly column: number } {
  const before = query.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const column = encoder.encode(before.slice(lineStart)).length + 1
  return { line: before.split('\n').length, column }
}
