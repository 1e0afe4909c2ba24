import { describe, expect, test } from 'vitest'
import { parseMetricSelector, parseSelectorQuery } from './selector.ts'

describe('parseMetricSelector', () => {
  const cases: [query: string, want: string][] = [
    ['up', '__name__="up"'],
    ['a:b', '__name__="a:b"'],
    ['up{job="x"}', '__name__="up" job="x"'],
    ['{job=~\'a|b\',env!=""}', 'job=~"a|b" env!=""'],
    ['{"utf8.name", "la bel"!~`x\\d`}', '__name__="utf8.name" la bel!~"x\\\\d"'],
    ['{__name__="up",}', '__name__="up"'],
    ['up { # comment\n job = "\\u00e9\\x41\\101" }', '__name__="up" job="éAA"'],
  ]
  test.each(cases)('%s', (query, want) => {
    const got = parseMetricSelector(query).map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`)
    expect(got.join(' ')).toBe(want)
  })
})

describe('parseMetricSelector refuses', () => {
  const cases: [query: string, want: string][] = [
    ['', '1:1: parse error: unexpected end of input'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['up{job="x"', '1:11: parse error: unexpected end of input in label matching'],
    ['up{job=x}', '1:8: parse error: unexpected identifier "x" in label matching'],
    ['up{"é"="a', '1:9: parse error: unterminated quoted string'],
    ['up{"up"}', '1:4: parse error: metric name must not be set twice: "up"'],
    ['up{a="\\q"}', '1:7: parse error: unknown escape sequence in quoted string'],
    ['up ; down', "1:4: parse error: unexpected character: ';'"],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(() => parseMetricSelector(query)).toThrow(want)
  })

  test('a bad regular expression', () => {
    expect(() => parseMetricSelector('{a=~"("}')).toThrow('1:5: parse error: error parsing regexp: missing closing )')
  })
})

describe('parseSelectorQuery', () => {
  const f = (query: string, want: object): void => {
    const { window, offset, at } = parseSelectorQuery(query)
    expect({ window, offset, at }).toEqual({ window: undefined, offset: 0, at: undefined, ...want })
  }
  test('reads range, offset and @', () => {
    f('up', {})
    f('up[5m]', { window: 300_000 })
    f('up offset 1h', { offset: 3_600_000 })
    f('up offset -1h30m', { offset: -5_400_000 })
    f('up[1h] @ 1700000000.5 offset 30s', { window: 3_600_000, at: 1_700_000_000_500, offset: 30_000 })
    f('up @ end()', { at: 'end' })
    f('up[300]', { window: 300_000 })
  })

  test('says that more of PromQL is not supported yet', () => {
    for (const query of ['rate(up[5m])', 'up + 1', 'sum(up)', 'up[5m:1m]']) {
      expect(() => parseSelectorQuery(query), query).toThrow(/not supported yet|unexpected ":"/)
    }
  })
})
