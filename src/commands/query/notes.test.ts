import { describe, expect, test } from 'vitest'
import { notesText, offsetOf, refusalText } from './notes.ts'

const refusal = (error: string, advice?: string) => ({
  status: 400,
  errorType: 'bad_data',
  error,
  ...(advice === undefined ? {} : { advice }),
})

describe('what a server refuses', () => {
  test('is shown with the place of each problem', () => {
    const error = 'invalid parameter "query": 1:5: parse error: unknown function with name "rat"'
    expect(refusalText('sum(rat(x[5m]))', refusal(error))).toBe(
      `query error: bad_data: ${error}\n  sum(rat(x[5m]))\n      ^~~\n`,
    )
  })

  test('is shown where the server says when our own parser finds nothing', () => {
    const error = 'invalid parameter "query": 2:1: parse error: unexpected identifier "bar"'
    expect(refusalText('foo +\nbar', refusal(error))).toBe(`query error: bad_data: ${error}\n  bar\n  ^~~\n`)
  })

  test('with its advice', () => {
    expect(refusalText('up', refusal('too much', 'Ask for less.'))).toBe(
      'query error: bad_data: too much\n  Ask for less.\n',
    )
  })
})

test('annotations are shown with their place', () => {
  const warnings = ['PromQL warning: something (1:5)', 'PromQL warning: without a place']
  expect(notesText('sum(up)', { warnings, infos: [] })).toBe(
    `warning: ${warnings[0]}\n  sum(up)\n      ^~\nwarning: ${warnings[1]}\n`,
  )
})

test('columns count bytes', () => {
  expect(offsetOf('up{a="서울"} foo', 1, 16)).toBe(11)
  expect(offsetOf('a\nbc', 2, 2)).toBe(3)
  expect(offsetOf('a', 2, 1)).toBeUndefined()
})
