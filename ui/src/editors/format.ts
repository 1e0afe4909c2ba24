import { parseExpression } from '../../../src/query/promql/syntax/parse.ts'
import { prettify } from '../../../src/query/promql/syntax/prettify.ts'

/** The query laid out as `/api/v1/format_query` would, without asking it; undefined when it can't be parsed. */
export function formatted(text: string): string | undefined {
  try {
    return prettify(parseExpression(text))
  } catch {
    return undefined
  }
}
