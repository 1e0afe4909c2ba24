import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { essence, vectorTree } from '../../../../test/support/promql-trees.ts'
import { expressionTree } from './expression-tree.ts'
import { parseExpression, parseMetric, parseMetricSelector } from './parse.ts'
import { prettify } from './prettify.ts'
import { printExpression } from './print.ts'
import { PromqlSyntaxError } from './syntax-error.ts'
import type { SyntaxProblem } from './syntax-error.ts'

describe('any tree', () => {
  test('prints and parses to itself', () => {
    fc.assert(
      fc.property(vectorTree, (tree) => {
        expect(essence(parseExpression(printExpression(tree)))).toEqual(essence(tree))
      }),
      { numRuns: 500 },
    )
  })

  test('keeps its meaning when it is split over lines', () => {
    fc.assert(
      fc.property(vectorTree, fc.integer({ min: 1, max: 100 }), (tree, width) => {
        expect(essence(parseExpression(prettify(tree, width)))).toEqual(essence(tree))
      }),
      { numRuns: 200 },
    )
  })

  test('has JSON', () => {
    fc.assert(
      fc.property(vectorTree, (tree) => {
        const json = expressionTree(tree)
        expect(JSON.parse(JSON.stringify(json))).toEqual(json)
      }),
      { numRuns: 100 },
    )
  })
})

/** What is wrong with text; every other error is thrown on. */
function problemsOf(run: () => unknown): readonly SyntaxProblem[] {
  try {
    run()
    return []
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    return error.problems
  }
}

const PIECES = (
  'a up sum by without ( ) { } [ ] , : + - * / % ^ == =~ != !~ < >/ @ = 5m 1 0x 1e .5 . " \' ` "b" offset on ignoring ' +
  'group_left bool and or unless atan2 start end step() range() min_of( topk rate( fill( anchored smoothed # \\ é \u{1f600} ' +
  '\ud800 \ufffd \n inf nan _ $ ! ~'
).split(' ')

const noise = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

describe('any text', () => {
  test('is a tree or an error, at a place within', () => {
    fc.assert(
      fc.property(noise, (text) => {
        for (const { span } of problemsOf(() => parseExpression(text))) {
          expect(span.start).toBeGreaterThanOrEqual(0)
          expect(span.start).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('is a selector or an error, and labels or an error', () => {
    fc.assert(
      fc.property(noise, (text) => {
        for (const parse of [parseMetricSelector, parseMetric]) {
          expect(problemsOf(() => parse(text)).every(({ span }) => span.start <= text.length)).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('hostile queries', () => {
  const deep = 100_000
  const cases: [name: string, query: string][] = [
    ['parentheses', `${'('.repeat(deep)}1${')'.repeat(deep)}`],
    ['open parentheses', '('.repeat(deep)],
    ['signs', `${'-'.repeat(deep)}a`],
    ['powers', `1${'^1'.repeat(deep)}`],
    ['calls', `${'abs('.repeat(deep)}a${')'.repeat(deep)}`],
    ['aggregations', `${'sum('.repeat(deep)}a${')'.repeat(deep)}`],
    ['sums', `a${'+a'.repeat(deep)}`],
    ['subqueries', `a${'[1m:]'.repeat(deep)}`],
    ['durations', `a[${'('.repeat(deep)}1m${')'.repeat(deep)}]`],
    ['sums of durations', `a[1m${'+1m'.repeat(deep)}]`],
  ]
  test.each(cases)('%s in any number end in an error, not in a full stack', (_, query) => {
    expect(problemsOf(() => parseExpression(query))).not.toEqual([])
  })

  test('what is accepted can be walked', () => {
    const query = `a${'+a'.repeat(2000)}`
    const tree = parseExpression(query)
    expect(printExpression(tree)).toBe(query.replaceAll('+', ' + '))
    expect(prettify(tree)).toContain('a')
    expect(JSON.stringify(expressionTree(tree))).toContain('binaryExpr')
  })
})
