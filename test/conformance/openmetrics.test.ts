import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lintOpenMetrics } from '../../src/codec/exposition/openmetrics-lint.ts'
import { TextCursor } from '../../src/codec/exposition/text-cursor.ts'
import { printEntries } from '../support/entries.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()
const folder = dir === undefined ? undefined : join(dir, 'prometheus/openmetrics/parsers')

interface Case {
  readonly name: string
  readonly page: Buffer
  readonly shouldParse: boolean
}

function readCases(): readonly Case[] {
  if (folder === undefined) return []
  return readdirSync(folder).map((name) => {
    const { shouldParse } = JSON.parse(readFileSync(join(folder, name, 'test.json'), 'utf8')) as {
      shouldParse: boolean
    }
    return { name, shouldParse, page: readFileSync(join(folder, name, 'metrics')) }
  })
}

describe.skipIf(folder === undefined)('OpenMetrics parser cases', () => {
  const cases = readCases()
  let passed = 0
  afterAll(() => printTally({ suite: 'OpenMetrics, strict', passed, left: [] }))

  test.each(cases)('$name', ({ page, shouldParse }) => {
    expect(lintOpenMetrics(page) === undefined).toBe(shouldParse)
    passed++
  })

  test.each(cases.filter(({ shouldParse }) => shouldParse))('a scrape reads $name too', ({ page }) => {
    expect(() => printEntries(new TextCursor(page, { format: 'openmetrics' }))).not.toThrow()
  })
})
