import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { printProblem } from '../../src/config/problem.ts'
import { duplicateRules, parseRuleFile } from '../../src/rules/rule-file.ts'
import type { RuleFile } from '../../src/rules/rule-file.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()
const suite = join(dir ?? '', 'prometheus/prometheus')

function read(path: string, nameScheme: 'utf8' | 'legacy' = 'utf8', ignoreUnknownFields = false): RuleFile {
  const text = readFileSync(join(suite, path), 'utf8')
  return parseRuleFile(path, text, { nameScheme, ignoreUnknownFields })
}
const errorsOf = ({ problems }: RuleFile): readonly string[] =>
  problems.filter(({ severity }) => severity === 'error').map(printProblem)
const schemeOf = (name: string): 'utf8' | 'legacy' => (name.startsWith('legacy_') ? 'legacy' : 'utf8')

/** What rulefmt says of each bad file. */
const SAID: Readonly<Record<string, string>> = {
  'duplicate_grp.bad.yaml': 'groupname: "yolo" is repeated in the same file',
  'bad_expr.bad.yaml': 'parse error',
  'record_and_alert.bad.yaml': "only one of 'record' and 'alert' must be set",
  'no_rec_alert.bad.yaml': "one of 'record' or 'alert' must be set",
  'noexpr.bad.yaml': "field 'expr' must be set in rule",
  'invalid_record_name.bad.yaml':
    'braces present in the recording rule name; should it be in expr?: strawberry{flavor="sweet"}',
  'bad_field.bad.yaml': 'field annotation not found in type rulefmt.Rule',
  'invalid_label_name.bad.yaml': 'invalid label name',
  'record_and_for.bad.yaml': "invalid field 'for' in recording rule",
  'record_and_keep_firing_for.bad.yaml': "invalid field 'keep_firing_for' in recording rule",
  'legacy_validation_annotation.bad.yaml': 'invalid annotation name: ins-tance',
}

describe.skipIf(dir === undefined)('rule files of Prometheus', () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'rule files', passed, left: [] }))

  const names = dir === undefined ? [] : readdirSync(join(suite, 'rulefmt-testdata'))
  test.each(names.filter((name) => !name.includes('.bad.')))('%s is good', (name) => {
    const file = read(`rulefmt-testdata/${name}`, schemeOf(name))
    expect(errorsOf(file)).toEqual([])
    expect(file.groups.length).toBeGreaterThan(0)
    passed++
  })

  test.each(names.filter((name) => name.includes('.bad.')))('%s is refused, and told why and where', (name) => {
    const errors = errorsOf(read(`rulefmt-testdata/${name}`, schemeOf(name)))
    expect(errors.length).toBeGreaterThan(0)
    expect(errors[0]).toMatch(/^rulefmt-testdata\/[\w.-]+:\d+:\d+ {2}/)
    expect(errors[0]).toContain(SAID[name] ?? 'a sentence for this file')
    passed++
  })

  test('aliases and merges are followed', () => {
    const { groups } = read('rulefmt-testdata/test_aliases.yaml')
    const [first, , , merged] = groups[0]?.rules ?? []
    expect(merged).toMatchObject({ name: 'HighAlert2', query: first?.query, for: 300_000, labels: first?.labels })
    passed++
  })

  const good = ['rules.yml', 'rules_duplicates.yml', 'rules_large.yml', 'prometheus-rules.lint.yml', 'features.yml']
  test.each(good)('promtool finds %s good', (name) => {
    expect(errorsOf(read(`promtool-testdata/${name}`))).toEqual([])
    passed++
  })

  test('promtool tells of the unknown variable in rules-bad.yml', () => {
    expect(errorsOf(read('promtool-testdata/rules-bad.yml'))).toEqual([
      'promtool-testdata/rules-bad.yml:12:20  groups[0].rules[0].annotations.summary  ' +
        'group "alerts", rule 1, "InstanceDown": annotation "summary": ' +
        'template: __alert_InstanceDown:1: undefined variable "$label"',
    ])
    passed++
  })

  test('unknown fields are told, or passed over', () => {
    expect(errorsOf(read('promtool-testdata/rules_extrafields.yml'))).toEqual([
      expect.stringContaining('field namespace not found in type rulefmt.RuleGroup'),
      expect.stringContaining('field ownership not found in type rulefmt.RuleGroup'),
    ])
    expect(errorsOf(read('promtool-testdata/rules_extrafields.yml', 'utf8', true))).toEqual([])
    passed++
  })

  test('an expression that is none is told in the words of PromQL', () => {
    expect(errorsOf(read('promtool-testdata/bad-rules-syntax.yml'))).toEqual([
      'promtool-testdata/bad-rules-syntax.yml:7:15  groups[0].rules[0].expr  group "bad-syntax", rule 1, "x": ' +
        'could not parse expression: 1:7: parse error: unexpected end of input',
    ])
    passed++
  })

  test('duplicates are found', () => {
    const { groups } = read('promtool-testdata/rules_duplicates.yml')
    expect(duplicateRules(groups).map(({ name, labels }) => [name, labels.size])).toEqual([
      ['job:test:count_over_time1m', 0],
    ])
    passed++
  })
})
