import { expect, test } from 'vitest'
import { printProblem } from '../config/problem.ts'
import { readUnitTestFile } from './unit-test-file.ts'

const problems = (text: string): string[] => readUnitTestFile('t.yml', text).problems.map(printProblem)

test('a file is read as promtool reads it', () => {
  const { content } = readUnitTestFile(
    't.yml',
    `
rule_files: [a.yml, "b-*.yml"]
evaluation_interval: 30s
fuzzy_compare: true
group_eval_order: [x, y]
tests:
  - interval: 1m
    name: one
    start_timestamp: 2024-01-01T00:00:00Z
    input_series: [{series: up, values: 1 2x3}]
    external_labels: {a: 1}
    external_url: http://x
    alert_rule_test:
      - eval_time: 5m
        alertname: A
        exp_alerts: [{}, {exp_labels: {n: 5}, exp_annotations: {s: yes}}]
    promql_expr_test:
      - expr: up
        eval_time: 0
        exp_samples: [{value: 1e3}, {labels: up, value: .NaN}, {value: -.inf, histogram: "{{}}"}]
`,
  )
  expect(content).toMatchObject({
    ruleFiles: ['a.yml', 'b-*.yml'],
    evaluationInterval: 30_000,
    fuzzyCompare: true,
    groupOrder: ['x', 'y'],
    tests: [
      {
        interval: 60_000,
        name: 'one',
        start_timestamp: 1_704_067_200_000,
        input_series: [{ series: 'up', values: '1 2x3' }],
        external_labels: { a: '1' },
        external_url: 'http://x',
        alert_rule_test: [
          {
            eval_time: 300_000,
            alertname: 'A',
            exp_alerts: [
              { exp_labels: {}, exp_annotations: {} },
              { exp_labels: { n: '5' }, exp_annotations: { s: 'yes' } },
            ],
          },
        ],
        promql_expr_test: [
          {
            expr: 'up',
            eval_time: 0,
            exp_samples: [
              { labels: '', value: 1000 },
              { labels: 'up', value: NaN },
              { value: -Infinity, histogram: '{{}}' },
            ],
          },
        ],
      },
    ],
  })
  expect(content?.placeOf(['tests', 0, 'promql_expr_test', 0])).toEqual({ line: 18, column: 9 })
})

test('what is left out has a default', () => {
  expect(readUnitTestFile('t.yml', 'tests: [{}]').content).toMatchObject({
    ruleFiles: [],
    evaluationInterval: 60_000,
    fuzzyCompare: false,
    tests: [{ name: '', interval: 0, input_series: [], alert_rule_test: [], promql_expr_test: [] }],
  })
  expect(readUnitTestFile('t.yml', '').content?.tests).toEqual([])
  expect(readUnitTestFile('t.yml', 'tests: [{start_timestamp: 1609459200.5}]').content?.tests[0]?.start_timestamp).toBe(
    1_609_459_200_500,
  )
})

test('every problem is told with its place', () => {
  expect(problems('tests:\n  - intervall: 1m\n    start_timestamp: soon\n')).toEqual([
    't.yml:2:5  tests[0].intervall  unknown key "intervall" (did you mean "interval"?)',
    't.yml:3:22  tests[0].start_timestamp  cannot parse "soon" to a valid timestamp',
  ])
  expect(problems('evaluation_interval: often')).toEqual([
    't.yml:1:22  evaluation_interval  not a duration: "often" (try 15s, 1h30m)',
  ])
  expect(problems('group_eval_order: [a, b, a]')).toEqual([
    't.yml:1:26  group_eval_order[2]  group name repeated in evaluation order: a',
  ])
})
