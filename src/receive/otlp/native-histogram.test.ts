import { describe, expect, test } from 'vitest'
import { fromExplicit, fromExponential } from './native-histogram.ts'
import type { ExponentialHistogram } from './native-histogram.ts'

const exponential = (scale: number, offset: number, counts: readonly number[]): ExponentialHistogram => ({
  count: counts.reduce((sum, count) => sum + count, 0),
  sum: 1,
  scale,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset, counts },
  negative: { offset: 0, counts: [] },
})

/** Spans and counts as `offset+length offset+length | counts`. */
function layout(histogram: ReturnType<typeof fromExponential>): string {
  if (typeof histogram === 'string') return histogram
  const { offsets, lengths, counts } = histogram.positive
  return `${offsets.map((offset, i) => `${offset}+${lengths[i]}`).join(' ')} | ${counts.join(' ')}`
}

describe('exponential histograms as native ones', () => {
  const cases: [name: string, scale: number, offset: number, counts: number[], schema: number, want: string][] = [
    ['buckets move up by one', 3, 0, [4, 3, 2, 1], 3, '1+4 | 4 3 2 1'],
    ['a negative offset', 3, -2, [3, 1], 3, '-1+2 | 3 1'],
    ['gaps of two are filled', 3, 0, [3, 0, 0, 1], 3, '1+4 | 3 0 0 1'],
    ['wider gaps split', 3, 4, [4, 2, 0, 2, 0, 0, 0, 1], 3, '5+4 3+1 | 4 2 0 2 1'],
    ['empty buckets at both ends are left out', 3, 0, [0, 0, 5, 0, 0, 0, 0], 3, '3+1 | 5'],
    ['nothing but empty buckets', 3, 0, [0, 0, 0], 3, ' | '],
    ['no buckets', 3, 7, [], 3, ' | '],
    ['the coarsest scale', -4, 0, [1], -4, '1+1 | 1'],
    ['one too fine', 9, 0, [4, 3, 2, 1], 8, '1+2 | 7 3'],
    ['one too fine at an odd offset', 9, 1, [4, 3, 2, 1], 8, '1+3 | 4 5 1'],
    ['two too fine', 10, 4, [4, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1], 8, '2+4 | 8 0 0 1'],
    ['too fine below one', 9, -2, [3, 1, 0, 0, 0, 1], 8, '0+3 | 4 0 1'],
    ['too fine, after an empty bucket', 9, 1, [0, 1, 1], 8, '2+1 | 2'],
    ['as fine as can be', 20, 2 ** 20, [1, 1, 1], 8, '257+1 | 3'],
    ['far beyond any double', 2000, 5, [1, 1], 8, '1+1 | 2'],
    ['far beyond any double, around one', 2 ** 31 - 1, -1, [1, 2], 8, '0+2 | 1 2'],
  ]
  test.each(cases)('%s', (_, scale, offset, counts, schema, want) => {
    const histogram = fromExponential(exponential(scale, offset, counts))
    expect(layout(histogram)).toBe(want)
    expect(histogram).toMatchObject({ schema, count: counts.reduce((sum, count) => sum + count, 0) })
  })

  test('scales that are too coarse are refused', () => {
    expect(fromExponential(exponential(-5, 0, [1]))).toBe('exponential histogram scale must be >= -4, was -5')
  })

  test("the zero threshold is the sender's, or a tiny one", () => {
    const histogram = exponential(0, 0, [1])
    expect(fromExponential(histogram)).toMatchObject({ zeroThreshold: 1e-128, resetHint: 'unknown', integer: true })
    expect(fromExponential({ ...histogram, zeroThreshold: 0.5, zeroCount: 2 })).toMatchObject({
      zeroThreshold: 0.5,
      zeroCount: 2,
    })
    expect(fromExponential({ ...histogram, sum: undefined })).toMatchObject({ sum: 0 })
  })

  test('negative buckets go to the negative side', () => {
    const histogram = { ...exponential(0, 0, []), negative: { offset: 1, counts: [2] } }
    expect(fromExponential(histogram)).toMatchObject({ negative: { offsets: [2], lengths: [1], counts: [2] } })
  })
})

describe('explicit histograms as native ones with custom buckets', () => {
  const cases: [name: string, bounds: number[], counts: number[], want: string][] = [
    ['all buckets', [1, 2], [1, 2, 3], '0+3 | 1 2 3'],
    ['empty ones first', [1, 2, 3, 4], [0, 0, 0, 2, 1], '3+2 | 2 1'],
    ['a wide gap', [1, 2, 3, 4], [2, 0, 0, 0, 1], '0+1 3+1 | 2 1'],
    ['no bounds', [], [7], '0+1 | 7'],
    ['no buckets at all', [], [], '0+1 | 6'],
    ['+Inf written out', [1, Infinity], [1, 2, 0], '0+2 | 1 2'],
    ['a bucket too few', [1, 2], [1, 2], 'histogram has 2 buckets for 2 bounds'],
    ['bounds that fall', [2, 1], [1, 2, 3], 'histogram bounds do not rise'],
    ['a bound that is no number', [NaN], [1, 2], 'histogram bounds do not rise'],
  ]
  test.each(cases)('%s', (_, bounds, bucketCounts, want) => {
    const histogram = fromExplicit({ count: 6, sum: 1, bucketCounts, bounds })
    expect(layout(histogram)).toBe(want)
  })

  test('bounds are kept, but for the one that is always there', () => {
    const histogram = { count: 3, sum: 1, bucketCounts: [1, 2, 0], bounds: [1, Infinity] }
    expect(fromExplicit(histogram)).toMatchObject({ schema: -53, customValues: [1], sum: 1, zeroThreshold: 0 })
  })
})
