import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printed } from '../../../test/support/terminal.ts'
import { rules } from './rules.ts'

const RULES = `
groups:
  - name: g
    rules:
      - record: job:x:sum
        expr: sum by (job) (x)
      - alert: High
        expr: job:x:sum > 10
        for: 2m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.job }} of {{ $externalLabels.zone }} is at {{ $value }}, see {{ externalURL }}"}
`
const tests = (value: number, summary: string): string => `
rule_files: ["rules*.yml"]
tests:
  - name: high
    interval: 1m
    external_labels: {zone: a}
    external_url: http://x
    input_series:
      - {series: 'x{job="api", n="1"}', values: 5 10 10 10 10}
      - {series: 'x{job="api", n="2"}', values: 5 5 5 5 0}
    promql_expr_test:
      - {expr: 'job:x:sum', eval_time: 3m, exp_samples: [{labels: 'job:x:sum{job="api"}', value: ${value}}]}
    alert_rule_test:
      - {eval_time: 2m, alertname: High}
      - {eval_time: 3m, alertname: High, exp_alerts: [{exp_labels: {job: api, severity: page}, exp_annotations: {summary: '${summary}'}}]}
      - {eval_time: 4m, alertname: High}
`
const GOOD = 'api of a is at 15, see http://x'

describe('test rules', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bongsu-rules-'))
    writeFileSync(join(folder, 'rules.yml'), RULES)
    writeFileSync(join(folder, 'good.yml'), tests(15, GOOD))
    writeFileSync(join(folder, 'bad.yml'), tests(16, 'none'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const run = async (...args: string[]): ReturnType<typeof printed> => {
    const { code, out, err } = await printed(
      rules,
      args.map((arg) => (/\.(?:yml|xml)$/.test(arg) ? join(folder, arg) : arg)),
    )
    return { code, out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, '') }
  }

  test('tests that pass', async () => {
    expect(await run('good.yml')).toEqual({ code: 0, out: 'Unit Testing:  good.yml\n  SUCCESS\n\n', err: '' })
  })

  test('tests that fail, each with its place', async () => {
    const { code, out, err } = await run('bad.yml')
    expect([code, out]).toEqual([1, 'Unit Testing:  bad.yml\n\n'])
    expect(err).toBe(
      [
        '  FAILED:',
        '    name: high,',
        '    alertname: High, time: 3m, ',
        '        exp:[',
        '            0:',
        '              Labels:{alertname="High", job="api", severity="page"}',
        '              Annotations:{summary="none"}',
        '            ], ',
        '        got:[',
        '            0:',
        '              Labels:{alertname="High", job="api", severity="page"}',
        `              Annotations:{summary="${GOOD}"}`,
        '            ]',
        '        at:  bad.yml:15:9',
        '',
        '    expr: "job:x:sum", time: 3m,',
        '        exp: {__name__="job:x:sum", job="api"} 1.6E+01',
        '        got: {__name__="job:x:sum", job="api"} 1.5E+01',
        '        at:  bad.yml:12:9',
        '',
        '',
      ].join('\n'),
    )
  })

  test('differences, line by line', async () => {
    expect((await run('--diff', 'bad.yml')).err).toContain(
      '-   Annotations:{summary="none"}\n+   Annotations:{summary="api of a is at 15, see http://x"}\n  ]\n',
    )
  })

  test('some of them', async () => {
    expect((await run('--run', 'low', 'bad.yml')).code).toBe(0)
    expect((await run('--run', 'low', '--run', '^hi', 'bad.yml')).code).toBe(1)
    await expect(run('--run', '(', 'bad.yml')).rejects.toThrow('option --run: ')
  })

  test('all samples are shown', async () => {
    const { err } = await run('--debug', 'good.yml')
    expect(err).toMatch(/^DEBUG: Starting test high\nDEBUG: Dump of all data \(input_series and rules\) at 4m1s:\n/)
    expect(err).toContain(
      '{__name__="job:x:sum", job="api"} =>\n10 @[0]\n15 @[60000]\n15 @[120000]\n15 @[180000]\n10 @[240000]\n',
    )
  })

  test('results as JUnit XML', async () => {
    const { code } = await run('--junit', 'out.xml', 'good.yml', 'bad.yml', 'none.yml')
    const xml = readFileSync(join(folder, 'out.xml'), 'utf8')
    expect(code).toBe(1)
    expect(xml).toContain('good.yml" tests="1" failures="0" errors="0" skipped="0"')
    expect(xml).toContain('bad.yml" tests="1" failures="2" errors="0" skipped="0"')
    expect(xml).toMatch(/none\.yml" tests="1" failures="0" errors="1" .*<testcase name="unknown"><error>ENOENT/)
  })

  test('rule files that are not there are warned of, and broken ones fail every test', async () => {
    writeFileSync(join(folder, 'lost.yml'), 'rule_files: [lost-*.yml]\ntests: [{}]\n')
    expect(await run('lost.yml')).toMatchObject({ code: 0, err: '  WARNING: no file match pattern lost-*.yml\n' })
    writeFileSync(join(folder, 'wrong-rules.yml'), 'groups: [{name: g, rules: [{record: a, expr: "1 +", owner: x}]}]\n')
    writeFileSync(join(folder, 'wrong.yml'), 'rule_files: [wrong-rules.yml]\ntests: [{}]\n')
    const { code, err } = await run('wrong.yml')
    expect(code).toBe(1)
    expect(err).toContain('wrong-rules.yml:1:46  groups[0].rules[0].expr')
    expect(err).toContain('owner')
    expect((await run('--ignore-unknown-fields', 'wrong.yml')).err).not.toContain('owner')
  })
})
