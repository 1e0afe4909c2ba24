import { describe, expect, test } from 'vitest'
import { FUNCTIONS } from '../../../src/query/promql/syntax/functions.ts'
import { promql as en } from './en/promql.ts'
import { promql as ko } from './ko/promql.ts'

describe('help on the language', () => {
  test.each(['functions', 'aggregations', 'keywords', 'words', 'snippets'] as const)(
    'has the same %s in Korean as in English, and no empty or foreign one',
    (part) => {
      expect(Object.keys(ko[part]).sort()).toEqual(Object.keys(en[part]).sort())
      expect(Object.values<string>(ko[part]).filter((text) => !/[가-힣]/.test(text) && text !== '1')).toEqual([])
    },
  )

  test('has a line for every function of the parser', () => {
    expect(Object.keys(en.functions)).toEqual([...FUNCTIONS.keys()])
  })
})
