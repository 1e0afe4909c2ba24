import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { histogramFraction, histogramQuantile } from './quantile.ts'
import { histogramAverage, histogramDeviation, histogramVariance } from './statistics.ts'

/** What 2 ** 0.5 is in Go, one bit off. */
const ROOT = 2 / Math.SQRT2
const custom = 'schema:-53 count:10 sum:20 custom_values:[2 4] buckets:[2 4 4]'
const oneSided = 'count:4 sum:9 z_bucket:2 z_bucket_w:1 buckets:[2] offset:1'
const quantiles: [name: string, notation: string, q: number, want: number][] = [
  ['nothing', '', 0.5, NaN],
  ['below', oneSided, -0.1, -Infinity],
  ['above', oneSided, 1.1, Infinity],
  ['no quantile', oneSided, NaN, NaN],
  ['the middle of an exponential bucket', 'count:4 sum:5 buckets:[4] offset:1', 0.5, ROOT],
  ['the middle of a negative one', 'count:4 sum:5 n_buckets:[4] n_offset:1', 0.5, -ROOT],
  ['a zero bucket of a positive histogram', oneSided, 0.25, 0.5],
  [
    'a zero bucket of a negative histogram',
    'count:4 sum:9 z_bucket:2 z_bucket_w:1 n_buckets:[2] n_offset:1',
    0.75,
    -0.5,
  ],
  [
    'a zero bucket of a histogram with both',
    'count:8 sum:9 z_bucket:4 z_bucket_w:1 buckets:[2] n_buckets:[2]',
    0.375,
    -0.5,
  ],
  ['a custom bucket', custom, 0.4, 3],
  ['the first custom bucket', custom, 0.1, 1],
  ['the last custom bucket', custom, 0.9, 4],
  ['a first custom bucket below zero', 'schema:-53 count:2 sum:1 custom_values:[-1] buckets:[1 1]', 0.1, -1],
  ['a single custom bucket', 'schema:-53 count:2 sum:1 buckets:[2]', 0.5, Infinity],
  ['more than the buckets hold', 'count:9 sum:9 buckets:[4] offset:1', 0.5, 2],
  ['no buckets at all', 'count:9 sum:9 z_bucket_w:1', 0.5, 0],
]
test.each(quantiles)('quantile: %s', (_, notation, q, want) => {
  expect(histogramQuantile(q, histogramOf(notation))).toEqual({ value: want })
})

test('observations of NaN make quantiles NaN above the buckets, and skew those within', () => {
  const h = histogramOf('count:15 sum:NaN buckets:[12] offset:1')
  expect(histogramQuantile(0.9, h)).toEqual({ value: NaN, note: 'nan_result' })
  expect(histogramQuantile(0.4, h)).toEqual({ value: ROOT, note: 'nan_skew' })
})

test('a sum of NaN from infinite observations is no reason for a note', () => {
  expect(histogramQuantile(0.5, histogramOf('count:12 sum:NaN buckets:[12] offset:1'))).toEqual({
    value: ROOT,
  })
})

const fractions: [name: string, notation: string, lower: number, upper: number, want: number][] = [
  ['nothing', '', 0, 1, NaN],
  ['no bound', oneSided, NaN, 1, NaN],
  ['an empty range', oneSided, 2, 1, 0],
  ['everything', oneSided, -Infinity, Infinity, 1],
  ['buckets as a whole', oneSided, 1, 2, 0.5],
  ['half an exponential bucket', oneSided, Math.SQRT2, Infinity, 0.25],
  ['half a zero bucket', oneSided, 0, 0.5, 0.25],
  ['half a custom bucket', custom, 3, 4, 0.2],
  ['the last custom bucket, of which nothing is known', custom, 4, 99, 0],
  ['the first custom bucket', custom, -Infinity, 1, 0.1],
]
test.each(fractions)('fraction: %s', (_, notation, lower, upper, want) => {
  const { value, excludesNans } = histogramFraction(lower, upper, histogramOf(notation))
  expect(excludesNans).toBe(false)
  expect(value.toFixed(12)).toBe(want.toFixed(12))
})

test('observations of NaN are in no fraction', () => {
  const h = histogramOf('count:15 sum:NaN buckets:[12] offset:1')
  expect(histogramFraction(-Infinity, Infinity, h)).toEqual({ value: 0.8, excludesNans: true })
})

test('average and spread', () => {
  const h = histogramOf('count:4 sum:6 z_bucket:1 z_bucket_w:0.5 buckets:[2] offset:2 n_buckets:[1] n_offset:1')
  expect(histogramAverage(h)).toBe(1.5)
  const middles = [0, Math.sqrt(8), Math.sqrt(8), -Math.sqrt(2)]
  const variance = middles.reduce((sum, middle) => sum + (middle - 1.5) ** 2, 0) / 4
  expect(histogramVariance(h)).toBeCloseTo(variance, 12)
  expect(histogramDeviation(h)).toBe(Math.sqrt(histogramVariance(h)))
  expect(histogramVariance(histogramOf('schema:-53 count:2 sum:6 custom_values:[2 4] buckets:[0 2]'))).toBe(0)
})
