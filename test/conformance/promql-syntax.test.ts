import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseExpression } from '../../src/query/promql/syntax/parse.ts'
import { prettify } from '../../src/query/promql/syntax/prettify.ts'
import { printExpression } from '../../src/query/promql/syntax/print.ts'
import { PromqlSyntaxError } from '../../src/query/promql/syntax/syntax-error.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { byteOffset, goTree, recorded } from '../support/promql-go-tree.ts'

interface Problem {
  readonly start?: number
  readonly end?: number
  readonly msg: string
}

interface ParserCase {
  readonly input: unknown
  readonly fail?: true
  readonly ast?: unknown
  readonly errors?: unknown
}

interface TextCase {
  readonly in: string
  readonly out?: string
}

const dir = conformanceDir()

function load<T>(file: string): readonly T[] {
  if (dir === undefined) return []
  return (JSON.parse(readFileSync(join(dir, 'prometheus/flat', file), 'utf8')) as { cases: T[] }).cases
}

/** The three inputs and errors that are recorded as Go expressions. */
function resolved({ input, errors }: ParserCase): { readonly query: string; readonly problems: readonly Problem[] } {
  const problems = errors as readonly Problem[]
  if (typeof input === 'string') return { query: input, problems }
  const text = JSON.stringify(input)
  const edge = text.includes('MaxInt64') ? '9223372036854775808.000000' : '-9223372036854775808.000000'
  if (text.includes('fmt.Sprintf')) {
    return {
      query: `foo @ ${edge}`,
      problems: [{ start: 0, end: 3, msg: `timestamp out of bounds for @ modifier: ${edge}` }],
    }
  }
  const repeated = (msg: string, count: number, at: (i: number) => readonly [number, number]): Problem[] =>
    Array.from({ length: count }, (_, i) => ({ start: at(i)[0], end: at(i)[1], msg }))
  const open = 'vector selector must contain at least one non-empty matcher'
  const nested = 'subquery is only allowed on instant vector, got matrix instead'
  return {
    query: `(${'-{}-1'.repeat(10_000)})${'[1m:]'.repeat(1000)}`,
    problems: [
      ...repeated(open, 10_000, (i) => [2 + 5 * i, 4 + 5 * i]),
      ...repeated(nested, 999, (i) => [0, 50_012 + 5 * i]),
    ],
  }
}

function problemsOf(query: string): readonly Problem[] {
  try {
    parseExpression(query)
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    return error.problems.map(({ span, message }) => ({
      start: byteOffset(query, span.start),
      end: byteOffset(query, span.end),
      msg: message,
    }))
  }
  return []
}

describe.skipIf(dir === undefined)('parser cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL parser', passed, left: [] }))

  test.each(
    load<ParserCase>('promql-parser-cases.json').map((one, i): [number, string, ParserCase] => [
      i,
      JSON.stringify(one.input).slice(0, 80),
      one,
    ]),
  )('case %i: %s', (_, __, one) => {
    if (one.fail === true) {
      const { query, problems } = resolved(one)
      expect(problemsOf(query)).toEqual(problems.map(({ start = 0, end = 0, msg }) => ({ start, end, msg })))
    } else {
      const query = String(one.input)
      expect(goTree(query, parseExpression(query))).toEqual(recorded(one.ast))
    }
    passed++
  })
})

describe.skipIf(dir === undefined)('printer cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL printer', passed, left: [] }))

  test.each(load<TextCase>('promql-printer-cases.json'))('$in', ({ in: query, out = query }) => {
    expect(printExpression(parseExpression(query))).toBe(out)
    passed++
  })
})

describe.skipIf(dir === undefined)('prettier cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL prettier', passed, left: [] }))

  // Prometheus' own tests split where a line is longer than 10.
  test.each(load<TextCase>('promql-prettier-cases.json'))('$in', ({ in: query, out = query }) => {
    expect(prettify(parseExpression(query), 10)).toBe(out)
    passed++
  })
})
