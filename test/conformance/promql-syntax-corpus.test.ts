import { expect, test } from 'vitest'
import type { Expression } from '../../src/query/promql/syntax/ast.ts'
import { parseExpression } from '../../src/query/promql/syntax/parse.ts'
import { prettify } from '../../src/query/promql/syntax/prettify.ts'
import { printExpression } from '../../src/query/promql/syntax/print.ts'
import { PromqlSyntaxError } from '../../src/query/promql/syntax/syntax-error.ts'
import { conformanceDir } from '../support/conformance.ts'
import { corpusQueries } from '../support/promql-corpus.ts'
import { essence } from '../support/promql-trees.ts'

const dir = conformanceDir()

function parsed(query: string): Expression | undefined {
  try {
    return parseExpression(query)
  } catch (error) {
    if (error instanceof PromqlSyntaxError) return undefined
    throw error
  }
}

test.skipIf(dir === undefined)('queries of public dashboards print and parse to the same tree', () => {
  const queries = dir === undefined ? [] : corpusQueries(dir)
  let accepted = 0
  for (const query of queries) {
    const tree = parsed(query)
    if (tree === undefined) continue
    accepted++
    expect(essence(parseExpression(printExpression(tree))), query).toEqual(essence(tree))
    expect(essence(parseExpression(prettify(tree))), query).toEqual(essence(tree))
  }
  console.log(`conformance PromQL corpus: ${accepted} of ${queries.length} are PromQL`)
  // The rest is MetricsQL and scraps of text: Prometheus refuses the same ones.
  expect(accepted / queries.length).toBeGreaterThan(0.98)
})
