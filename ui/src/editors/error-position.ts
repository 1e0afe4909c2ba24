/** Where an error of the server points to: Prometheus writes `1:4: parse error: ...`, line and column from 1. */

export interface ErrorPlace {
  readonly from: number
  readonly to: number
}

/** The word at the place that the message names; undefined when it names none, or one outside the text. */
export function errorPlace(text: string, message: string): ErrorPlace | undefined {
  const match = /(?:^|\s|")(\d+):(\d+): /.exec(message)
  if (match === null) return undefined
  const lines = text.split('\n')
  const line = Number(match[1])
  if (line < 1 || line > lines.length) return undefined
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const from = Math.min(text.length, before + Math.max(0, Number(match[2]) - 1))
  if (from >= text.length) return text === '' ? undefined : { from: text.length - 1, to: text.length }
  const word = /^[\w:.]+/.exec(text.slice(from))
  return { from, to: from + Math.max(1, word?.[0].length ?? 1) }
}
