import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { TextCursor } from '../../src/codec/exposition/text-cursor.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

interface Entry {
  readonly m: string
  readonly help?: string
  readonly typ?: string
  readonly st?: number
}

interface Case {
  readonly name: string
  readonly input: string
  readonly expected: readonly Entry[]
}

const dir = conformanceDir()
const path = dir === undefined ? undefined : join(dir, 'prometheus/flat/openmetrics-parser-error-cases.json')

function readCases(): readonly Case[] {
  if (path === undefined) return []
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly Partial<Case>[] }
  return cases.filter((one): one is Case => one.expected !== undefined && one.input !== undefined)
}

function entriesOf(input: string): Entry[] {
  const cursor = new TextCursor(Buffer.from(input), { format: 'openmetrics', createdTimestamps: true })
  const found: Entry[] = []
  while (cursor.next()) {
    const { kind, metric: m } = cursor
    if (kind === 'help') found.push({ m, help: cursor.help })
    else if (kind === 'type') found.push({ m, typ: cursor.type })
    else {
      const key = Buffer.from(cursor.keyBytes.subarray(cursor.keyStart, cursor.keyEnd)).toString()
      found.push({ m: key, st: cursor.startTimestamp })
    }
  }
  return found
}

describe.skipIf(path === undefined)('start timestamps of OpenMetrics', () => {
  const cases = readCases()
  let passed = 0
  afterAll(() => printTally({ suite: 'OpenMetrics start timestamps', passed, left: [] }))

  test.each(cases)('$name', ({ input, expected }) => {
    const want = expected.map(({ typ, ...rest }) => {
      if (typ !== undefined) return { ...rest, typ: typ.replace('model.MetricType', '').toLowerCase() }
      return rest.help === undefined ? { st: 0, ...rest } : rest
    })
    expect(entriesOf(input)).toEqual(want)
    passed++
  })
})
