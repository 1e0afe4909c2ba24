/** Where a message of the server points to: line and column from 1, the column in UTF-8 bytes, as Prometheus counts. */

export interface ErrorPlace {
  readonly from: number
  readonly to: number
}

/** The word at the place that an error names (`1:4: parse error: ...`); undefined when it names none, or one outside the text. */
export function errorPlace(text: string, message: string): ErrorPlace | undefined {
  const match = /(?:^|\s|")(\d+):(\d+): /.exec(message)
  return match === null ? undefined : placeAt(text, Number(match[1]), Number(match[2]))
}

/** The word at the place that a warning names at its end (`... (1:4)`). */
export function notePlace(text: string, message: string): ErrorPlace | undefined {
  const match = /\((\d+):(\d+)\)$/.exec(message)
  return match === null ? undefined : placeAt(text, Number(match[1]), Number(match[2]))
}

function placeAt(text: string, lineNumber: number, column: number): ErrorPlace | undefined {
  const lines = text.split('\n')
  const line = lines[lineNumber - 1]
  if (line === undefined) return undefined
  const before = lines.slice(0, lineNumber - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return wordAt(text, before + charsOf(line, column - 1))
}

/** The word from an offset on, the last character at the end of the text. */
export function wordAt(text: string, offset: number): ErrorPlace | undefined {
  const from = Math.min(text.length, offset)
  if (from >= text.length) return text === '' ? undefined : { from: text.length - 1, to: text.length }
  const word = /^[\w:.]+/.exec(text.slice(from))
  return { from, to: from + Math.max(1, word?.[0].length ?? 1) }
}

/** How many UTF-16 units of a line the first `bytes` of its UTF-8 are. */
function charsOf(line: string, bytes: number): number {
  let rest = bytes
  let units = 0
  for (const char of line) {
    rest -= new TextEncoder().encode(char).length
    if (rest < 0) break
    units += char.length
  }
  return units + Math.max(0, rest)
}
