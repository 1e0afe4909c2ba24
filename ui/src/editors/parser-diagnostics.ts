import type { Diagnostic } from '@codemirror/lint'
import { parseExpression } from '../../../src/query/promql/syntax/parse.ts'
import { PromqlSyntaxError } from '../../../src/query/promql/syntax/syntax-error.ts'
import { wordAt } from './error-position.ts'

/** The problems that the parser finds; none in an empty text. */
export function parserDiagnostics(text: string): readonly Diagnostic[] {
  if (text.trim() === '') return []
  try {
    parseExpression(text)
    return []
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    return error.problems.flatMap(({ span, message }): Diagnostic[] => {
      const place = span.end > span.start ? { from: span.start, to: span.end } : wordAt(text, span.start)
      if (place === undefined) return []
      const to = Math.min(place.to, text.length)
      const from = Math.min(place.from, Math.max(0, to - 1))
      return [{ from, to, severity: 'error', message }]
    })
  }
}
