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

function load(file: string): readonly unknown[] {
  if (dir === undefined) return []
  return (JSON.parse(readFileSync(join(dir, 'prometheus/flat', file), 'utf8')) as { cases: unknown[] }).cases
}

/** The three inputs and errors that are recorded as Go expressions. */
function resolved({ input, errors }: ParserCase): {
  readonly query: string
  readonly problems: readonly Problem[] | undefined
} {
  const problems = errors as readonly Problem[] | undefined
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

/** The tree, or what is wrong. */
function outcome(query: string): unknown {
  try {
    return goTree(query, parseExpression(query))
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    return error.problems.map(({ span, message }) => ({
      start: byteOffset(query, span.start),
      end: byteOffset(query, span.end),
      msg: message,
    }))
  }
}

describe.skipIf(dir === undefined)('parser cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL parser', passed, left: [] }))

  test.each(
    (load('promql-parser-cases.json') as readonly ParserCase[]).map((one, i): [number, string, ParserCase] => [
      i,
      JSON.stringify(one.input).slice(0, 80),
      one,
    ]),
  )('case %i: %s', (_, __, one) => {
    const { query, problems } = resolved(one)
    const got = outcome(query)
    const want = problems?.map(({ start = 0, end = 0, msg }) => ({ start, end, msg })) ?? recorded(one.ast)
    expect(got).toEqual(want)
    passed++
  })
})

describe.skipIf(dir === undefined)('printer cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL printer', passed, left: [] }))

  test.each(load('promql-printer-cases.json') as readonly TextCase[])('$in', ({ in: query, out = query }) => {
    expect(printExpression(parseExpression(query))).toBe(out)
    passed++
  })
})

describe.skipIf(dir === undefined)('prettier cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'PromQL prettier', passed, left: [] }))

  // Prometheus' own tests split where a line is longer than 10.
  test.each(load('promql-prettier-cases.json') as readonly TextCase[])('$in', ({ in: query, out = query }) => {
    expect(prettify(parseExpression(query), 10)).toBe(out)
    passed++
  })
})
