/** From a text that a file holds as YAML or JSON back to where its characters stand in the file. */

/**
 * For each character of `value`, the offset in `raw` that it comes from: `raw` is the file, `start` where the scalar begins.
 * Quotes, escapes, indentation and the head of a block are stepped over; behind an escape of another letter (`\n`, `\u0041`) the
 * offset may be off by the length of the escape until the next word.
 */
export function offsetsInFile(value: string, raw: string, start: number): Uint32Array {
  const offsets = new Uint32Array(value.length + 1)
  let at = behindHead(raw, start)
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i)
    if (/\s/.test(char)) {
      offsets[i] = at
      if (raw.charAt(at) === char) at++
      continue
    }
    const next = raw.indexOf(char, at)
    if (next !== -1 && next - at <= reachOf(raw, at)) at = next
    offsets[i] = at++
  }
  offsets[value.length] = at
  return offsets
}

/** How far ahead the next character of a value may be: white space, escapes and quotes. */
function reachOf(raw: string, at: number): number {
  let end = at
  while (end < raw.length && /[\s\\'"]/.test(raw.charAt(end))) end++
  // `\n` and its like: the letter belongs to the escape.
  return end - at + 1
}

/** Behind the quote of a quoted scalar, behind the first line of a block. */
function behindHead(raw: string, start: number): number {
  const first = raw.charAt(start)
  if (first === '"' || first === "'") return start + 1
  if (first !== '|' && first !== '>') return start
  const newline = raw.indexOf('\n', start)
  return newline === -1 ? raw.length : newline + 1
}
