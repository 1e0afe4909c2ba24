import { describe, expect, test } from 'vitest'
import { isStale } from '../../../model/stale.ts'
import { parseSeriesDescription } from './series-description.ts'

const sums = {
  add: <H extends { sum: number }>(left: H, right: H): H => ({ ...left, sum: left.sum + right.sum }),
  sub: (): never => {
    throw new Error('these can not be subtracted')
  },
}

function pointsOf(text: string): readonly unknown[] {
  return parseSeriesDescription(text, sums).points.map((point) => {
    if (point.kind === 'omitted') return '_'
    if (point.kind === 'histogram') return point.value.sum
    return isStale(point.value) ? 'stale' : point.value
  })
}

describe('series descriptions', () => {
  const cases: [text: string, want: readonly unknown[]][] = [
    ['a 1 -2 +3 .5 1e3', [1, -2, 3, 0.5, 1000]],
    ['a 1+1x2 10-5x1 7x1', [1, 2, 3, 10, 5, 7, 7]],
    ['a _ _x3 1', ['_', '_', '_', '_', 1]],
    ['a stale 1 stale+1x1', ['stale', 1, 'stale', 'stale']],
    ['a NaN Inf -Inf', [NaN, Infinity, -Infinity]],
    ['{a="b"} 1', [1]],
    ['a', []],
    ['a {{sum:1}}+{{sum:2}}x2 {{sum:5}}x1', [1, 3, 5, 5, 5]],
  ]
  test.each(cases)('%s', (text, want) => {
    expect(pointsOf(text)).toEqual(want)
  })

  test('have labels with their metric', () => {
    expect(parseSeriesDescription('a{b="c"} 1', sums).labels).toEqual({ __name__: 'a', b: 'c' })
  })

  test('hold histograms with every key', () => {
    const text =
      'a {{schema:-53 sum:3 count:4 z_bucket:1 z_bucket_w:0.1 custom_values:[1 2] buckets:[1 2 1] offset:-1 n_buckets:[1] n_offset:2 counter_reset_hint:not_reset}}'
    expect(parseSeriesDescription(text, sums).points).toEqual([
      {
        kind: 'histogram',
        hasResetHint: true,
        value: {
          schema: -53,
          sum: 3,
          count: 4,
          zeroCount: 1,
          zeroThreshold: 0.1,
          customValues: [1, 2],
          positive: { offsets: [-1], lengths: [3], counts: [1, 2, 1] },
          negative: { offsets: [2], lengths: [1], counts: [1] },
          resetHint: 'not_reset',
          stale: false,
          integer: false,
        },
      },
    ])
  })

  const errors: [text: string, want: string][] = [
    ['a 1 x', '1:5: parse error: unexpected "x" in series values'],
    ['a foo', '1:3: parse error: unexpected identifier "foo" in series values, expected number or "stale"'],
    [
      'a 1x1.5',
      '1:5: parse error: invalid repetition in series values: strconv.ParseUint: parsing "1.5": invalid syntax',
    ],
    ['a {{sum:1}}-{{sum:1}}x1', 'these can not be subtracted'],
    ['a {{sum:1', 'histogram description incomplete unexpected'],
    ['a{b=1} 1', '1:5: parse error: unexpected character inside braces'],
    ['a 1x99999999999', 'more than 10000000 series values'],
    ['a _x99999999999', 'more than 10000000 series values'],
    ['a {{sum:1}}+{{sum:1}}x99999999999', 'more than 10000000 series values'],
  ]
  test.each(errors)('%s is an error', (text, want) => {
    expect(() => parseSeriesDescription(text, sums)).toThrow(want)
  })
})
