/** promtool's own files: unit tests of rules, rule files and pages of metrics, with the exit codes that its tests want. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { metrics } from '../../src/commands/check/metrics.ts'
import { rules as checkRules } from '../../src/commands/check/rules.ts'
import type { Part } from '../../src/commands/command.ts'
import { rules as testRules } from '../../src/commands/test/rules.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { printed } from '../support/terminal.ts'

const dir = conformanceDir()
const folder = join(dir ?? '', 'prometheus/prometheus/promtool-testdata')

/** From cmd/promtool/unittest_test.go and main_test.go@v3.14; all features of the language are on here. */
const cases: [part: Part, name: string, file: string, options: string[], code: number][] = [
  [testRules, 'passing tests', 'unittest.yml', [], 0],
  [testRules, 'a long evaluation interval', 'long-period.yml', [], 0],
  [testRules, 'bad input series', 'bad-input-series.yml', [], 1],
  [testRules, 'bad PromQL', 'bad-promql.yml', [], 1],
  [testRules, 'bad rules (syntax error)', 'bad-rules-syntax-test.yml', [], 1],
  [testRules, 'bad rules (error evaluating)', 'bad-rules-error-test.yml', [], 1],
  [testRules, 'a failing test', 'failing.yml', [], 1],
  [testRules, 'the @ modifier', 'at-modifier-test.yml', [], 0],
  [testRules, 'negative offset', 'negative-offset-test.yml', [], 0],
  [testRules, 'start times', 'start-time-test.yml', [], 0],
  [testRules, 'all without --run', 'rules_run.yml', [], 1],
  [testRules, 'all with --run', 'rules_run.yml', ['--run', 'correct', '--run', 'wrong'], 1],
  [testRules, 'the correct one', 'rules_run.yml', ['--run', 'correct'], 0],
  [testRules, 'the wrong one', 'rules_run.yml', ['--run', 'wrong'], 1],
  [testRules, 'extra fields', 'rules_run_extrafields.yml', ['--ignore-unknown-fields'], 0],
  [testRules, 'exact comparison', 'rules_run_no_fuzzy.yml', [], 1],
  [testRules, 'a fuzzy match', 'rules_run_fuzzy.yml', ['--run', 'correct'], 0],
  [testRules, 'no fuzzy match', 'rules_run_fuzzy.yml', ['--run', 'wrong'], 1],
  [checkRules, 'good rules', 'rules.yml', [], 0],
  [checkRules, 'bad rules', 'rules-bad.yml', [], 1],
  [checkRules, 'fatal lint', 'prometheus-rules.lint.yml', ['--lint-fatal'], 3],
  [checkRules, 'lint', 'prometheus-rules.lint.yml', [], 0],
  [checkRules, 'duplicates', 'rules_duplicates.yml', ['--lint-fatal'], 3],
  [checkRules, 'experimental features', 'features.yml', [], 0],
  [metrics, 'cardinality', 'metrics-test.prom', ['--extended'], 0],
]

let passed = 0
test.skipIf(dir === undefined).each(cases)('$0.name: $1', async (part, _, file, options, code) => {
  const got = await printed(part, [...options, join(folder, file)])
  expect(got.code, got.out + got.err).toBe(code)
  passed++
})

test.skipIf(dir === undefined)('rules come over the standard input too', async () => {
  const input = readFileSync(join(folder, 'rules.yml'), 'utf8')
  expect(await printed(checkRules, [], { input })).toEqual({
    code: 0,
    out: 'Checking standard input\n  SUCCESS: 5 rules found\n\n',
    err: '',
  })
})

afterAll(() => {
  if (dir !== undefined) printTally({ suite: "promtool's rule tests", passed, left: [] })
})
