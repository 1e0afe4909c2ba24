/** Prometheus' tables of regular expressions: its fast matchers and ours must answer as the plain engine does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { compileLabelRegexp } from '../../src/model/regexp.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const folder = conformanceDir()
if (folder === undefined) console.log('conformance cases are absent: regular expressions are skipped')

interface Table {
  readonly test: string
  readonly rows: readonly unknown[]
}
interface Row {
  readonly pattern: string
  readonly expMatches?: readonly string[] | null
  readonly expCaseSensitive?: boolean
  readonly expectedMatches?: readonly string[]
  readonly expectedNotMatches?: readonly string[]
}

describe.skipIf(folder === undefined)('regular expressions of labels', () => {
  const file = join(folder ?? '', 'prometheus/flat/regexp-cases.json')
  const { cases } = (folder === undefined ? { cases: [] } : JSON.parse(readFileSync(file, 'utf8'))) as {
    cases: readonly Table[]
  }
  const rows = (...names: string[]): readonly unknown[] =>
    cases.filter((table) => names.includes(table.test)).flatMap((table) => table.rows)

  test('answer as the engine does, each for each value', () => {
    let passed = 0
    // One value is told as how it is made, and left out.
    const values = rows('values').filter((value) => typeof value === 'string')
    for (const pattern of rows('regexes') as string[]) {
      const regexp = compileLabelRegexp(pattern)
      const engine = RE2JS.compile(`^(?s:${pattern})$`)
      for (const value of values) {
        expect([pattern, value, regexp.test(value)]).toEqual([pattern, value, engine.matches(value)])
        passed += 1
      }
    }
    expect(passed).toBeGreaterThan(1000)
    printTally({ suite: 'regular expressions, each for each value', passed, left: [] })
  })

  test('tell the texts that they stand for', () => {
    let passed = 0
    for (const { pattern, expMatches, expCaseSensitive } of rows('TestFindSetMatches') as Row[]) {
      const regexp = compileLabelRegexp(pattern)
      for (const value of expMatches ?? []) expect([pattern, value, regexp.test(value)]).toEqual([pattern, value, true])
      // Where both tell literals they are the same; not every set that Prometheus finds is told here.
      const isTold = regexp.literals !== undefined && expCaseSensitive !== false && (expMatches ?? []).length > 0
      expect([pattern, new Set(isTold ? regexp.literals : [])]).toEqual([pattern, new Set(isTold ? expMatches : [])])
      passed += 1
    }
    expect(passed).toBeGreaterThan(0)
    printTally({ suite: 'sets of regular expressions', passed, left: [] })
  })

  test('match what they are said to match', () => {
    let passed = 0
    const tables = ['LiteralPrefix', 'LiteralSuffix', 'Quest'].map((name) => `TestStringMatcherFromRegexp_${name}`)
    for (const { pattern, expectedMatches = [], expectedNotMatches = [] } of rows(...tables) as Row[]) {
      const regexp = compileLabelRegexp(pattern)
      for (const value of expectedMatches) expect([pattern, value, regexp.test(value)]).toEqual([pattern, value, true])
      for (const value of expectedNotMatches)
        expect([pattern, value, regexp.test(value)]).toEqual([pattern, value, false])
      passed += expectedMatches.length + expectedNotMatches.length
    }
    expect(passed).toBeGreaterThan(0)
    printTally({ suite: 'matches of regular expressions', passed, left: [] })
  })
})
