import { describe, expect, test } from 'vitest'
import { compileSearchRegexp } from './search-regexp.ts'

describe('search and replace as in Go', () => {
  test.each([
    ['(a)b', 'x$1', 'ab ab', 'xa xa'],
    ['a*', '-', 'baac', '-b-c-'],
    ['', '.', 'aé😀', '.a.é.😀.'],
    ['^a', 'x', 'aa', 'xa'],
    [String.raw`\bb`, 'x', 'ab b', 'ab x'],
    ['(?P<n>o+)', '<${n}>$n_', 'foo', 'f<oo>'],
    ['z', '$', 'abc', 'abc'],
  ])('%s -> %s in %s', (pattern, template, text, result) => {
    expect(compileSearchRegexp(pattern).replaceAll(text, template)).toBe(result)
  })

  test('finds anywhere', () => {
    expect(compileSearchRegexp('b+').test('abc')).toBe(true)
    expect(compileSearchRegexp('^b').test('abc')).toBe(false)
    expect(() => compileSearchRegexp('(')).toThrow('error parsing regexp: missing closing ): `(`')
  })
})
