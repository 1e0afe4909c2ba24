import { describe, expect, test } from 'vitest'
import { LabelSet } from '../model/labels.ts'
import type { TenantId } from '../model/tenant.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { TestClock } from '../../test/support/test-clock.ts'
import { batchOf, ingest } from '../../test/support/metrics-store.ts'
import { readUnitTestFile } from './unit-test-file.ts'
import { goDuration, runUnitTest } from './unit-test.ts'
import type { TestedGroup, TestedRule, TestSurroundings } from './unit-test.ts'

type Groups = (surroundings: TestSurroundings) => readonly TestedGroup[]
const noGroups: Groups = () => []

/** Texts of the failures of the file's first test. */
async function failures(text: string, groups = noGroups, dump?: (text: string) => void): Promise<readonly string[]> {
  const { content, problems } = readUnitTestFile('t.yml', text)
  if (content === undefined) throw new Error(JSON.stringify(problems))
  const [first] = content.tests
  if (first === undefined) throw new Error('no test')
  const clock = new TestClock()
  const found = await runUnitTest(
    first,
    { ...content, path: ['tests', 0] },
    {
      store: new MemoryStore(clock),
      tenant: 'test' as TenantId,
      clock,
      signal: new AbortController().signal,
      groups,
      ...(dump === undefined ? {} : { dump }),
    },
  )
  return found.map((one) => one.text)
}

const query = (expr: string, time: string, samples: string, more = ''): string =>
  `tests:\n  - input_series: [{series: 'x{a="b"}', values: 1+1x10}, {series: h, values: "{{count:1 sum:2 buckets:[1]}}x2"}]\n    promql_expr_test: [{expr: '${expr}', eval_time: ${time}, exp_samples: ${samples}}]\n${more}`

describe('queries', () => {
  const good: [name: string, text: string][] = [
    ['a vector', query('x', '2m', `[{labels: 'x{a="b"}', value: 3}]`)],
    ['in any order', query('x or vector(1)', '2m', `[{value: 1}, {labels: 'x{a="b"}', value: 3}]`)],
    ['a scalar', query('1 + 1', '0', '[{value: 2}]')],
    ['nothing', query('y', '0', '[]')],
    ['a histogram', query('h', '0', `[{labels: h, histogram: "{{sum:2 count:1 buckets:[1]}}"}]`)],
    ['time of its own', query('time()', '1m30s', '[{value: 90}]')],
  ]
  test.each(good)('%s is as expected', async (_, text) => {
    expect(await failures(text)).toEqual([])
  })

  const bad: [name: string, text: string, want: string][] = [
    [
      'another value',
      query('x', '2m', `[{labels: x, value: 0.5}]`),
      '    expr: "x", time: 2m,\n        exp: {__name__="x"} 5E-01\n        got: {__name__="x", a="b"} 3E+00',
    ],
    [
      'nothing there',
      query('y', '0', '[{value: 1}]'),
      '    expr: "y", time: 0s,\n        exp: {} 1E+00\n        got: nil',
    ],
    [
      'another histogram',
      query('h', '0', `[{labels: h, histogram: "{{sum:2 count:1 buckets:[2]}}"}]`),
      '    expr: "h", time: 0s,\n        exp: {__name__="h"} {{count:1 sum:2 buckets:[2]}}\n        got: {__name__="h"} {{count:1 sum:2 buckets:[1]}}',
    ],
    ['a range', query('x[5m]', '0', '[]'), '    expr: "x[5m]", time: 0s, err: rule result is not a vector or scalar'],
    [
      'labels that are none',
      query('x', '0', `[{labels: 'x{'}]`),
      '    expr: "x", time: 0s, err: labels "x{": 1:3: parse error: unexpected end of input inside braces',
    ],
    [
      'NaN, which nothing equals',
      query('x*NaN', '0', `[{labels: '{a="b"}', value: .NaN}]`),
      '    expr: "x*NaN", time: 0s,\n        exp: {a="b"} NaN\n        got: {a="b"} NaN',
    ],
  ]
  test.each(bad)('%s fails', async (_, text, want) => {
    expect(await failures(text)).toEqual([want])
  })

  test('neighbours are equal when the file says so', async () => {
    const text = query('3.0000000000000004', '0', '[{value: 3}]')
    expect(await failures(text)).toHaveLength(1)
    expect(await failures(`fuzzy_compare: true\n${text}`)).toEqual([])
    expect(await failures(`fuzzy_compare: true\n${query('3.0000000000000013', '0', '[{value: 3}]')}`)).toHaveLength(1)
  })

  test('samples of later evaluations are not there yet', async () => {
    expect(await failures(query('x offset -2m', '1m', `[{labels: 'x{a="b"}', value: 2}]`))).toEqual([])
  })

  test('a series that is none fails the test before anything runs', async () => {
    expect(await failures(`tests: [{input_series: [{series: 'x{', values: 1}]}]`)).toEqual([
      "1:4: parse error: unexpected character inside braces: '1'",
    ])
  })

  test('all that is stored can be shown', async () => {
    let dumped = ''
    await failures(query('x', '1m', `[{labels: 'x{a="b"}', value: 2}]`), noGroups, (text) => void (dumped += text))
    expect(dumped).toBe(
      'DEBUG: Dump of all data (input_series and rules) at 1m1s:\n' +
        '{__name__="h"} =>\n{count:1, sum:2, (0.5,1]:1} @[0]\n{count:1, sum:2, (0.5,1]:1} @[60000]\n{__name__="x", a="b"} =>\n1 @[0]\n2 @[60000]\n',
    )
  })
})

describe('rules', () => {
  /** A group of one alert that fires from two minutes on, and which notes when it was evaluated. */
  const alerting = (evaluated: number[], rule: Partial<TestedRule> = {}): Groups => {
    const firing = () =>
      (evaluated.at(-1) ?? 0) >= 120_000 ? [{ labels: { alertname: 'A', a: 'b' }, annotations: { s: '' } }] : []
    const rules = [{ name: 'A', lastError: undefined, firing, ...rule }]
    return () => [{ name: 'g', rules, evaluate: (at) => Promise.resolve(void evaluated.push(at)) }]
  }
  const alertTest = (time: string, alerts: string, name = 'A'): string =>
    `tests: [{name: t, alert_rule_test: [{eval_time: ${time}, alertname: ${name}, exp_alerts: ${alerts}}]}]`

  test('are evaluated at each interval up to the last time asked for', async () => {
    const evaluated: number[] = []
    await failures(`evaluation_interval: 30s\n${alertTest('1m45s', '[]')}`, alerting(evaluated))
    expect(evaluated).toEqual([0, 30_000, 60_000, 90_000])
  })

  test('alerts are as of the evaluation before', async () => {
    const firing = `[{exp_labels: {a: b}, exp_annotations: {s: ''}}]`
    expect(await failures(alertTest('1m59s', '[]'), alerting([]))).toEqual([])
    expect(await failures(alertTest('2m30s', firing), alerting([]))).toEqual([])
    expect(await failures(alertTest('2m', '[]', 'B'), alerting([]))).toEqual([])
  })

  test('an alert that is not as expected is shown beside it', async () => {
    expect(await failures(alertTest('2m', '[{exp_labels: {a: c}}]'), alerting([]))).toEqual([
      [
        '    name: t,',
        '    alertname: A, time: 2m, ',
        '        exp:[',
        '            0:',
        '              Labels:{a="c", alertname="A"}',
        '              Annotations:{}',
        '            ], ',
        '        got:[',
        '            0:',
        '              Labels:{a="b", alertname="A"}',
        '              Annotations:{s=""}',
        '            ]',
      ].join('\n'),
    ])
  })

  test('a rule that fails ends the test', async () => {
    const groups = alerting([], { lastError: 'no way' })
    expect(await failures(alertTest('5m', '[{}]'), groups)).toEqual(['    rule: A, time: 0s, err: no way'])
  })

  test('an alert test needs a name', async () => {
    expect(await failures(alertTest('5m', '[]', "''"))).toEqual([
      'an item under alert_rule_test misses required attribute alertname at eval_time 5m (in TestGroup t)',
    ])
  })

  test('groups are evaluated in the order asked for, and see what others recorded', async () => {
    const order: string[] = []
    const groups: Groups = ({ store, tenant, engine, queryContext }) => {
      const group = (name: string, from: string): TestedGroup => ({
        name,
        rules: [],
        evaluate: async (at) => {
          order.push(name)
          const { value } = await engine.evaluateInstant(`count(${from}) or vector(0)`, at, queryContext)
          const seen = value.type === 'vector' ? (value.vector.values[0] as number) : -1
          await store.consumeMetrics(batchOf(store, [[{ __name__: name }, at, seen]], tenant), ingest(tenant))
        },
      })
      return [group('a', 'b'), group('b', 'c'), group('c', 'none')]
    }
    const text = `group_eval_order: [c, b, a]\ntests: [{promql_expr_test: [{expr: 'a + 0', exp_samples: [{value: 1}]}]}]`
    expect(await failures(text, groups)).toEqual([])
    expect(order).toEqual(['c', 'b', 'a'])
  })
})

test('durations are written as Go writes them', () => {
  expect([0, 500, 1500, 60_000, 3_600_000, 90_061_500].map(goDuration)).toEqual([
    '0s',
    '500ms',
    '1.5s',
    '1m0s',
    '1h0m0s',
    '25h1m1.5s',
  ])
})

test('a store knows the labels of a series', () => {
  const store = new MemoryStore(new TestClock())
  const table = store.seriesTable('t' as TenantId)
  const labels = LabelSet.of({ __name__: 'x' })
  expect(table.labelsOf(table.resolve(labels) as number).equals(labels)).toBe(true)
})
