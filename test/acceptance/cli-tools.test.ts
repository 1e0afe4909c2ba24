/** The tools that need no server, as processes: what they print, and how they end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bongsuTool } from '../support/bongsu-tool.ts'

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bongsu-tools-'))))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

test('the program tells its commands', async () => {
  const { code, err } = await bongsuTool(['--help'])
  expect(code).toBe(0)
  for (const name of ['serve', 'query', 'check', 'test']) expect(err).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  expect((await bongsuTool(['query'])).code).toBe(1)
  expect((await bongsuTool(['query', 'instant', '--help'])).out).toMatch(
    /^usage: bongsu query instant \[OPTIONS\] EXPR/,
  )
})

test('a query comes over the standard input', async () => {
  expect(await bongsuTool(['query', 'format', '-'], { input: 'sum(up)by(job)\n' })).toEqual({
    code: 0,
    out: 'sum by (job) (up)\n',
    err: '',
  })
})

test('queries of a file are checked', async () => {
  write('list.promql', 'up\nsu(x)\n')
  const { code, out } = await bongsuTool(['check', 'queries', 'list.promql'], { cwd: folder })
  expect(code).toBe(1)
  expect(out).toBe(
    'Checking list.promql\n  error: list.promql:2:1  unknown function with name "su"\n    su(x)\n    ^~\n  FAILED: 2 queries, 1 error, 0 warnings\n',
  )
})

test('metrics are checked', async () => {
  expect(await bongsuTool(['check', 'metrics'], { input: '# TYPE x counter\nx 1\n' })).toEqual({
    code: 3,
    out: '',
    err: 'x counter metrics should have "_total" suffix\nx no help text\n',
  })
})

test('rules are checked and tested', async () => {
  write('rules.yml', 'groups: [{name: g, rules: [{record: a, expr: b * 2}]}]')
  const query = '{expr: a, eval_time: 1m, exp_samples: [{labels: a, value: 4}]}'
  write(
    'tests.yml',
    `{rule_files: [rules.yml], tests: [{input_series: [{series: b, values: 1 2}], promql_expr_test: [${query}]}]}`,
  )
  expect(await bongsuTool(['check', 'rules', 'rules.yml'], { cwd: folder })).toEqual({
    code: 0,
    out: 'Checking rules.yml\n  SUCCESS: 1 rules found\n\n',
    err: '',
  })
  expect(await bongsuTool(['test', 'rules', 'tests.yml'], { cwd: folder })).toEqual({
    code: 0,
    out: 'Unit Testing:  tests.yml\n  SUCCESS\n\n',
    err: '',
  })
  write('rules.yml', 'groups: [{name: g, rules: [{record: a, expr: b * 3}]}]')
  const { code, err } = await bongsuTool(['test', 'rules', 'tests.yml'], { cwd: folder })
  expect(code).toBe(1)
  expect(err).toContain('exp: {__name__="a"} 4E+00\n        got: {__name__="a"} 6E+00\n')
})
