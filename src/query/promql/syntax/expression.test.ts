import { describe, expect, test } from 'vitest'
import { evaluateScalar } from '../constant.ts'
import { parseExpression, typeOf } from './expression.ts'
import { expressionTree, printExpression } from './print.ts'

describe('selectors in expressions', () => {
  const f = (query: string, want: object): void => {
    const parsed = parseExpression(query)
    if (parsed.kind !== 'selector') throw new Error(`${query} is a ${parsed.kind}`)
    const { window, offset, at } = parsed
    expect({ window, offset, at }).toEqual({ window: undefined, offset: 0, at: undefined, ...want })
  }
  test('have range, offset and @', () => {
    f('up', {})
    f('up[5m]', { window: 300_000 })
    f('up offset 1h', { offset: 3_600_000 })
    f('up offset -1h30m', { offset: -5_400_000 })
    f('up[1h] @ 1700000000.5 offset 30s', { window: 3_600_000, at: 1_700_000_000_500, offset: 30_000 })
    f('up @ end()', { at: 'end' })
    f('up[300]', { window: 300_000 })
  })
})

describe('numbers', () => {
  const cases: [query: string, want: number][] = [
    ['1+1', 2],
    ['2 + 3 * 4', 14],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['2 ^ -1', 0.5],
    ['(1 + 2) * -3', -9],
    ['7 % 4 - 1', 2],
    ['1 / 0', Infinity],
    ['-Inf', -Infinity],
    ['nan', NaN],
    ['0x1F', 31],
    ['010', 8],
    ['1_000', 1000],
    ['5m', 300],
    ['1 ^ nan', 1],
    ['1e3', 1000],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(typeOf(parseExpression(query))).toBe('scalar')
    expect(evaluateScalar(parseExpression(query))).toBe(want)
  })
})

describe('types', () => {
  const cases: [query: string, want: string][] = [
    ['"a"', 'string'],
    ['(("a"))', 'string'],
    ['up', 'instant vector'],
    ['(up[5m])', 'range vector'],
    ['vector(1)', 'instant vector'],
  ]
  test.each(cases)('%s', (query, want) => expect(typeOf(parseExpression(query))).toBe(want))
})

describe('parseExpression refuses', () => {
  const cases: [query: string, want: string][] = [
    ['', 'unknown position: parse error: no expression found in input'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['up{__name__="down"}', '1:1: parse error: metric name must not be set twice: "up" or "down"'],
    ['up[0s]', '1:4: parse error: duration must be greater than 0'],
    ['(1', '1:3: parse error: unclosed left parenthesis'],
    ['up offset 1m offset 1m', '1:1: parse error: offset may not be set multiple times'],
    ['rate(up[5m])', '1:1: parse error: unexpected identifier "rate": this version answers'],
    ['up + 1', '1:4: parse error: unexpected <op:+>: this version answers'],
    ['sum by (a) (up)', 'this version answers'],
    ['up[5m:1m]', 'unexpected ":"'],
    ['1 +', '1:4: parse error: unexpected end of input'],
    ['('.repeat(1000), 'the query is nested too deeply'],
  ]
  test.each(cases)('%s', (query, want) => expect(() => parseExpression(query)).toThrow(want))
})

describe('printExpression', () => {
  const cases: [query: string, want: string][] = [
    ['1+1', '1 + 1'],
    ['1e21', '1000000000000000000000'],
    ['1.5e-7', '0.00000015'],
    ['-(0x10)', '-(16)'],
    ["'a\"b'", '"a\\"b"'],
    ['up{job="x",a=~"y"}[5m] offset 90s @ 1.5', 'up{a=~"y",job="x"}[5m] @ 1.500 offset 1m30s'],
    ['up offset -1h @ end()', 'up @ end() offset -1h'],
    ['{"la bel"="x", job!="y"}', '{"la bel"="x",job!="y"}'],
  ]
  test.each(cases)('%s', (query, want) => expect(printExpression(parseExpression(query))).toBe(want))
})

test('expressionTree shows what was parsed', () => {
  expect(expressionTree(parseExpression('(up{a="b"}[1m])'))).toEqual({
    type: 'parenExpr',
    expr: {
      type: 'matrixSelector',
      name: 'up',
      range: 60_000,
      rangeExpr: null,
      offset: 0,
      offsetExpr: null,
      matchers: [
        { name: 'a', value: 'b', type: '=' },
        { name: '__name__', value: 'up', type: '=' },
      ],
      timestamp: null,
      startOrEnd: null,
      anchored: false,
      smoothed: false,
    },
  })
})
