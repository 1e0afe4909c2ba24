import { describe, expect, test } from 'vitest'
import { choosesAll, parseMetricSelector } from './selector.ts'

describe('parseMetricSelector', () => {
  const cases: [query: string, want: string][] = [
    ['up', '__name__="up"'],
    ['a:b', '__name__="a:b"'],
    ['up{job="x"}', 'job="x" __name__="up"'],
    ['{job=~\'a|b\',env!=""}', 'job=~"a|b" env!=""'],
    ['{"utf8.name", "la bel"!~`x\\d`}', '__name__="utf8.name" la bel!~"x\\\\d"'],
    ['{__name__="up",}', '__name__="up"'],
    ['up{"up"}', '__name__="up" __name__="up"'],
    ['{}', ''],
    ['up { # comment\n job = "\\u00e9\\x41\\101" }', 'job="éAA" __name__="up"'],
  ]
  test.each(cases)('%s', (query, want) => {
    const got = parseMetricSelector(query).map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`)
    expect(got.join(' ')).toBe(want)
  })
})

describe('parseMetricSelector refuses', () => {
  const cases: [query: string, want: string][] = [
    ['', 'unknown position: parse error: unexpected end of input'],
    ['-a', '1:1: parse error: unexpected <op:->'],
    ['up{job="x"', '1:11: parse error: unexpected end of input inside braces'],
    ['up{job=x}', '1:8: parse error: unexpected identifier "x" in label matching, expected string'],
    ['up{job}', '1:7: parse error: unexpected "}" in label matching, expected label matching operator'],
    ['up{a="b" c}', '1:10: parse error: unexpected identifier "c" in label matching, expected "," or "}"'],
    ['up{"é"="a', '1:9: parse error: unterminated quoted string'],
    ['up{a="\\q"}', "1:6: parse error: unknown escape sequence U+0071 'q'"],
    ['up{a="b"; c="d"}', "1:9: parse error: unexpected character inside braces: ';'"],
    ['up ; down', "1:4: parse error: unexpected character: ';'"],
    ['up - ;', '1:4: parse error: unexpected <op:->'],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(() => parseMetricSelector(query)).toThrow(want)
  })

  test('a bad regular expression', () => {
    expect(() => parseMetricSelector('{a=~"("}')).toThrow(
      '1:2: parse error: error parsing regexp: missing closing ): `(`',
    )
  })
})

test('choosesAll tells selectors that need no label', () => {
  expect(['{}', '{a=~".*"}', '{a=""}', '{a!="b"}'].filter((text) => !choosesAll(parseMetricSelector(text)))).toEqual([])
  expect(['up', '{a="b"}', '{a=~".+"}', '{a!=""}'].filter((text) => choosesAll(parseMetricSelector(text)))).toEqual([])
})
