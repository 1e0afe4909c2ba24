import { describe, expect, test } from 'vitest'
import { decodeGrid, decodeInstant } from './decode.ts'
import { commonLabels, facetsOf, printLabels, selectorOf } from './labels.ts'
import { parseSelector, printSelector, withMatcher } from './selector.ts'
import { chooseGrid, MAX_POINTS, niceStep } from './step.ts'

describe('decoding', () => {
  const grid = { start: 100, end: 130, step: 10 }
  const decode = (values: [number, string][]) =>
    decodeGrid({ status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] } }, grid)

  test('puts samples on their grid points and leaves gaps', () => {
    const [series] = decode([
      [100, '1'],
      [120, '3'],
    ]).series
    expect([...(series?.values ?? [])]).toEqual([1, NaN, 3, NaN])
    expect([...(series?.present ?? [])]).toEqual([1, 0, 1, 0])
  })

  test('a NaN sample is present, infinities are read', () => {
    const [series] = decode([
      [100, 'NaN'],
      [110, '+Inf'],
      [120, '-Inf'],
    ]).series
    expect([...(series?.present ?? [])]).toEqual([1, 1, 1, 0])
    expect([...(series?.values ?? [])]).toEqual([NaN, Infinity, -Infinity, NaN])
  })

  test('samples outside the grid are ignored', () => {
    expect(decode([[90, '1']]).series[0]?.present.includes(1)).toBe(false)
  })

  test('a native histogram counts by its count', () => {
    const histogram = { count: '12', sum: '3.5', buckets: [] }
    const frame = decodeInstant({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, histogram: [5, histogram] }] },
    })
    expect(frame.rows).toEqual([{ labels: {}, time: 5, value: 12, histogram }])
  })

  test('a range vector gives raw samples', () => {
    const frame = decodeInstant({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: {}, values: [[1.5, '2']] }] },
      warnings: ['careful'],
    })
    expect([frame.raw[0]?.times[0], frame.raw[0]?.values[0], frame.facts.warnings]).toEqual([1.5, 2, ['careful']])
  })
})

describe('selectors', () => {
  const plain: [text: string, want: string][] = [
    ['up', 'up'],
    ['up{}', 'up'],
    [' up { job = "a" , x!~\'b.*\', } ', 'up{job="a", x!~"b.*"}'],
    ['{__name__="up",job="a"}', 'up{job="a"}'],
    ['{"some.metric", "a.b"="c"}', '{"some.metric", "a.b"="c"}'],
    ['{job="a \\"b\\""}', '{job="a \\"b\\""}'],
    ['a{b=`c\\d`}', 'a{b="c\\\\d"}'],
  ]
  test.each(plain)('%s is plain', (text, want) => {
    const selector = parseSelector(text)
    expect(selector && printSelector(selector)).toBe(want)
  })

  test.each(['', '{}', 'rate(up[5m])', 'up + 1', 'up[5m]', 'up{job}', 'up{job="a"', 'up{job="a" x="b"}'])(
    '"%s" is not',
    (text) => expect(parseSelector(text)).toBeUndefined(),
  )

  test('a matcher of the same name and operator is replaced, others stay', () => {
    const selector = parseSelector('up{job="a", job!="c", x="y"}')
    const next = selector && withMatcher(selector, { name: 'job', op: '=', value: 'b' })
    expect(next && printSelector(next)).toBe('up{job!="c", x="y", job="b"}')
  })

  test('metric names with dots are quoted', () => {
    expect([selectorOf('up'), selectorOf('http.server')]).toEqual(['up', '{"http.server"}'])
  })
})

describe('labels', () => {
  const sets = [
    { __name__: 'up', job: 'a', i: '1' },
    { __name__: 'up', job: 'a', i: '2' },
    { __name__: 'up', job: 'b' },
  ]
  test('common ones are those that all sets share', () => expect([...commonLabels(sets)]).toEqual(['__name__']))
  test('of one set nothing is common', () => expect(commonLabels(sets.slice(0, 1)).size).toBe(0))
  test('are printed sorted', () => expect(printLabels(sets[0] ?? {})).toBe('up{i="1", job="a"}'))

  test('facets count values, and series without the label', () => {
    expect(facetsOf(sets)).toEqual([
      {
        name: 'i',
        values: [
          { value: '1', series: 1 },
          { value: '2', series: 1 },
        ],
        absent: 1,
      },
      {
        name: 'job',
        values: [
          { value: 'a', series: 2 },
          { value: 'b', series: 1 },
        ],
        absent: 0,
      },
      { name: '__name__', values: [{ value: 'up', series: 3 }], absent: 0 },
    ])
  })
})

describe('steps', () => {
  test('are easily read', () => expect(niceStep({ start: 0, end: 3600 }, 300)).toBe(15))

  test('grow to stay within the point limit, and that is told', () => {
    const { grid, raised } = chooseGrid({ start: 0, end: 86_400 * 30 }, 1, 900)
    expect(raised).toBe(true)
    expect((grid.end - grid.start) / grid.step).toBeLessThan(MAX_POINTS)
  })

  test('never leave the newest samples out, however long the step', () => {
    const now = 1_800_000_017
    const { grid } = chooseGrid({ start: now - 86_400 * 30, end: now }, 3600, 900)
    expect(grid.end).toBeGreaterThanOrEqual(now)
    expect(grid.end - now).toBeLessThan(60)
    expect((grid.end - grid.start) % grid.step).toBe(0)
  })

  test('a wanted step that fits is taken', () => {
    expect(chooseGrid({ start: 7, end: 3607 }, 60, 900)).toEqual({
      grid: { start: 0, end: 3660, step: 60 },
      raised: false,
    })
  })
})
