import { expect, test } from 'vitest'
import { printed } from '../../../test/support/terminal.ts'
import { format, parse } from './offline.ts'

test('a query is formatted', async () => {
  expect(await printed(format, ['sum(up)by(job)'])).toEqual({ code: 0, out: 'sum by (job) (up)\n', err: '' })
  expect(await printed(format, ['-'], { input: 'sum(up)\n' })).toEqual({ code: 0, out: 'sum(up)\n', err: '' })
})

test('what is no query is shown with every problem underlined', async () => {
  expect(await printed(format, ['rat(x) + sun(y)'])).toEqual({
    code: 1,
    out: '',
    err: '1:1: parse error: unknown function with name "rat"\n  rat(x) + sun(y)\n  ^~~\nunknown function with name "sun"\n  rat(x) + sun(y)\n           ^~~\n',
  })
})

test('a tree is drawn, or told as the API has it', async () => {
  const { out } = await printed(parse, ['sum by (job) (rate(x[5m])) / 2'])
  expect(out).toBe(
    [
      '/: instant vector',
      '├─ sum by (job): instant vector',
      '│  └─ rate(): instant vector',
      '│     └─ x[5m]: range vector',
      '│        └─ x: instant vector',
      '└─ 2: scalar',
      '',
    ].join('\n'),
  )
  expect(JSON.parse((await printed(parse, ['--json', '1'])).out)).toEqual({ type: 'numberLiteral', val: '1' })
})

test('one query at a time', async () => {
  await expect(printed(format, [])).rejects.toThrow('one EXPR is needed')
  await expect(printed(format, ['sum', '(up)'])).rejects.toThrow('quote it for the shell')
})
