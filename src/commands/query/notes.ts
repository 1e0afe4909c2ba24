/** What a server says beside or in place of a result, with the place in the query underlined. */
import { PromqlSyntaxError } from '../../query/promql/syntax/syntax-error.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import type { Span } from '../../query/promql/syntax/ast.ts'
import { underlined } from '../underline.ts'
import type { Answered, Refusal } from './server.ts'

const PARSE_ERROR = /(?:^|[\s":])(\d+):(\d+): parse error: (.*)$/s
/** Prometheus ends an annotation with the place: ` (1:6)`. */
const PLACE = / \((\d+):(\d+)\)$/

/** Lines to print for a refused query. */
export function refusalText(query: string, { errorType, error, advice }: Refusal): string {
  const help = advice === undefined ? '' : `  ${advice}\n`
  return `query error: ${errorType}: ${error}\n${problemsText(query, error)}${help}`
}

/** Lines to print for the warnings and infos of an answer. */
export function notesText(query: string, { warnings, infos }: Pick<Answered, 'warnings' | 'infos'>): string {
  const noted =
    (kind: string) =>
    (text: string): string => {
      const [, line, column] = PLACE.exec(text) ?? []
      const at = line === undefined ? undefined : offsetOf(query, Number(line), Number(column))
      return `${kind}: ${text}\n${at === undefined ? '' : underlined(query, wordAt(query, at))}`
    }
  return [...warnings.map(noted('warning')), ...infos.map(noted('info'))].join('')
}

// Our own parser knows where each problem ends and finds all of them; what it can't find is underlined where the server says.
function problemsText(query: string, error: string): string {
  const [found, line, column] = PARSE_ERROR.exec(error) ?? []
  if (found === undefined) return ''
  try {
    parseExpression(query)
  } catch (thrown) {
    if (thrown instanceof PromqlSyntaxError) {
      return thrown.problems
        .map(({ span, message }, i) => (i === 0 ? '' : `  ${message}\n`) + underlined(query, span))
        .join('')
    }
  }
  const at = offsetOf(query, Number(line), Number(column))
  return at === undefined ? '' : underlined(query, wordAt(query, at))
}

/** UTF-16 offset of a line and column that count from 1, the column in UTF-8 bytes. */
export function offsetOf(query: string, line: number, column: number): number | undefined {
  const lines = query.split('\n')
  const text = lines[line - 1]
  if (text === undefined) return undefined
  const before = Buffer.from(text)
    .subarray(0, column - 1)
    .toString('utf8')
  if (before.length > text.length) return undefined
  return lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + before.length
}

function wordAt(query: string, start: number): Span {
  const word = /^[\w:]+/.exec(query.slice(start))?.[0] ?? ''
  return { start, end: start + Math.max(1, word.length) }
}
