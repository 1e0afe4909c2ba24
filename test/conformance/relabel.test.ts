import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { LabelSet } from '../../src/model/labels.ts'
import { relabelSchema } from '../../src/pipeline/relabel/config.ts'
import { compileRelabeling } from '../../src/pipeline/relabel/relabel.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

interface Case {
  readonly input: Record<string, string>
  readonly output?: Record<string, string>
  readonly drop?: boolean
  readonly relabel: readonly Readonly<Record<string, unknown>>[]
}

const dir = conformanceDir()
const cases =
  dir === undefined
    ? []
    : (JSON.parse(readFileSync(join(dir, 'prometheus/flat/relabel-cases.json'), 'utf8')) as { cases: Case[] }).cases

describe.skipIf(dir === undefined)('relabel cases of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'relabel', passed, left: [] }))

  test.each(cases.map((one, i): [number, Case] => [i, one]))('case %i', (_, { input, output, drop, relabel }) => {
    const rules = relabel.map((rule) => relabelSchema.parse(snakeCase(rule)))
    const got = compileRelabeling(rules)(LabelSet.of(input))?.toRecord()
    expect(got).toEqual(drop === true ? undefined : output)
    passed++
  })
})

/** `SourceLabels: { fields: [...] }` of the recorded Go value as the `source_labels: [...]` of a file; empty means default there. */
function snakeCase(rule: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(rule)
    .filter(([, value]) => value !== '')
    .map(([key, value]): [string, unknown] => [
      key.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase(),
      typeof value === 'object' && value !== null && 'fields' in value ? value.fields : value,
    ])
  return Object.fromEntries(entries)
}
