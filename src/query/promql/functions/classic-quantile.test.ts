import { expect, test } from 'vitest'
import { classicFraction, classicQuantile } from './classic-quantile.ts'
import type { MonotonicityFix } from './classic-quantile.ts'

type Pairs = readonly (readonly [bound: number, count: number])[]

function columnsOf(pairs: Pairs): [bounds: Float64Array, counts: Float64Array, n: number] {
  return [Float64Array.from(pairs, ([bound]) => bound), Float64Array.from(pairs, ([, count]) => count), pairs.length]
}

function quantileOf(pairs: Pairs, q: number): { readonly value: number; readonly fix: MonotonicityFix } {
  const fix = { isForced: false, minBucket: 0, maxBucket: 0, maxDiff: 0 }
  return { value: classicQuantile(q, ...columnsOf(pairs), fix), fix }
}

const usual: Pairs = [
  [1, 2],
  [2, 6],
  [4, 8],
  [Infinity, 10],
]
const negative: Pairs = [
  [-1, 2],
  [1, 4],
  [Infinity, 4],
]
const quantiles: [name: string, pairs: Pairs, q: number, want: number][] = [
  ['within a bucket', usual, 0.5, 1.75],
  ['within the lowest bucket', usual, 0.1, 0.5],
  ['the highest bucket', usual, 0.95, 4],
  ['below', usual, -1, -Infinity],
  ['above', usual, 2, Infinity],
  ['no quantile', usual, NaN, NaN],
  ['no infinite bucket', usual.slice(0, 3), 0.5, NaN],
  ['only an infinite bucket', [[Infinity, 3]], 0.5, NaN],
  ['no observations', [[1, 0], [Infinity, 0]], 0.5, NaN], // prettier-ignore
  ['a lowest bound below zero', negative, 0.25, -1],
]
test.each(quantiles)('quantile: %s', (_, pairs, q, want) => {
  const { value, fix } = quantileOf(pairs, q)
  expect([value, fix.isForced]).toEqual([want, false])
})

test('counts that fall are lifted, and told', () => {
  const falling: Pairs = [
    [1, 10],
    [2, 4],
    [3, 9],
    [4, 12],
    [Infinity, 11],
  ]
  const { value, fix } = quantileOf(falling, 0.95)
  expect(fix).toEqual({ isForced: true, minBucket: 2, maxBucket: Infinity, maxDiff: 6 })
  expect(value).toBeCloseTo(3.7, 12)
})

test('differences as small as rounding makes are mended silently', () => {
  const rounded: Pairs = [
    [1, 10],
    [2, 9.999999999999],
    [Infinity, 10.0000000000001],
  ]
  const { value, fix } = quantileOf(rounded, 1)
  expect([value, fix.isForced]).toEqual([1, false])
})

const fractions: [name: string, pairs: Pairs, lower: number, upper: number, want: number][] = [
  ['everything', usual, -Infinity, Infinity, 1],
  ['within buckets', usual, 1.5, 3, 0.3],
  ['the lowest bucket from zero', usual, 0, 0.5, 0.1],
  ['the highest bucket, of which nothing is known', usual, 4, 100, 0],
  ['a lowest bucket without a lower bound', negative, -5, -1, 0],
  ['an empty range', usual, 2, 2, 0],
  ['no bound', usual, NaN, 2, NaN],
  ['no infinite bucket', usual.slice(0, 2), 0, 2, NaN],
  ['no observations', [[Infinity, 0]], 0, 2, NaN],
]
test.each(fractions)('fraction: %s', (_, pairs, lower, upper, want) => {
  expect(classicFraction(lower, upper, ...columnsOf(pairs))).toBe(want)
})
