import { expect, test } from 'vitest'
import { printed } from '../../../test/support/terminal.ts'
import { rules } from './rules.ts'

const check = (input: string, ...options: string[]): ReturnType<typeof printed> => printed(rules, options, { input })
const GOOD = 'groups: [{name: g, rules: [{record: a, expr: b}, {alert: C, expr: d}]}]'
const TWICE = 'groups: [{name: g, rules: [{record: a, expr: b, labels: {x: y}}, {record: a, expr: c, labels: {x: y}}]}]'

test('good rules are counted', async () => {
  expect(await check(GOOD)).toEqual({ code: 0, out: 'Checking standard input\n  SUCCESS: 2 rules found\n\n', err: '' })
})

test('every problem is told with its place', async () => {
  const { code, err } = await check('groups: [{name: g, rules: [{record: a, expr: "b +"}, {alrt: C, expr: d}]}]')
  expect(code).toBe(1)
  expect(err).toMatch(
    /^ {2}FAILED:\nstandard input:1:\d+ {2}groups\[0\]\.rules\[0\]\.expr {2}.*unexpected end of input\n/,
  )
  expect(err).toContain('alrt')
})

test('rules that are there twice are told in the words of promtool', async () => {
  const want =
    '  FAILED:\nlint error 1 duplicate rule(s) found.\nMetric: a\nLabel(s):\n\tx: y\nMight cause inconsistency while recording expressions\n\n'
  expect(await check(TWICE)).toEqual({ code: 0, out: 'Checking standard input\n', err: want })
  expect((await check(TWICE, '--lint-fatal')).code).toBe(3)
  expect(await check(TWICE, '--lint=none', '--lint-fatal')).toMatchObject({ code: 0, err: '' })
  expect((await check(TWICE, '--lint=all', '--lint-fatal')).code).toBe(3)
  await expect(check(TWICE, '--lint=some')).rejects.toThrow('there is all, duplicate-rules, none')
})

test('keys that Prometheus does not know can be passed over', async () => {
  const owned = 'groups: [{name: g, owner: me, rules: []}]'
  expect((await check(owned)).code).toBe(1)
  expect((await check(owned, '--ignore-unknown-fields')).code).toBe(0)
})

test('a file that can not be read', async () => {
  expect(await printed(rules, ['/nowhere/rules.yml'])).toMatchObject({ code: 1 })
})
