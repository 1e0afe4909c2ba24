import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { features } from '../../src/api/prometheus/features.ts'
import { ALL_FEATURES, STABLE_FEATURES } from '../../src/query/promql/syntax/options.ts'
import { conformanceDir } from '../support/conformance.ts'

type Groups = Readonly<Record<string, Readonly<Record<string, boolean>>>>

const dir = conformanceDir()
if (dir === undefined) console.log('the list of features is absent: its suite is skipped')

describe.skipIf(dir === undefined)("the names of Prometheus' feature registry", () => {
  const want =
    dir === undefined
      ? {}
      : (JSON.parse(readFileSync(join(dir, 'prometheus/prometheus/features.json'), 'utf8')) as Groups)
  const stable: Groups = features({ reloadEnabled: false, parser: STABLE_FEATURES, delayedNameRemoval: false })
  const all: Groups = features({ reloadEnabled: true, parser: ALL_FEATURES, delayedNameRemoval: true })

  test.each(['promql', 'promql_functions', 'promql_operators'])('%s is as there without a flag', (group) => {
    // We always tell samples by step: there it takes a flag.
    expect({ ...stable[group], ...(group === 'promql' ? { per_step_stats: false } : {}) }).toEqual(want[group])
  })

  test.each(['promql_functions', 'promql_operators'])('%s are all open with all of them', (group) => {
    expect(Object.values(all[group] ?? {})).not.toContain(false)
  })

  test('no other names are made up', () => {
    const names = (groups: Groups): string[] =>
      Object.entries(groups).flatMap(([group, named]) => Object.keys(named).map((name) => `${group}.${name}`))
    const known = new Set(names(want))
    expect(names(all).filter((name) => !known.has(name))).toEqual([])
  })
})
