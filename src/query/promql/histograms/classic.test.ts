import { expect, test } from 'vitest'
import { ClassicBuckets } from './classic.ts'
import { quantileOf } from './ordered-quantile.ts'

type Pairs = readonly (readonly [bound: number, count: number])[]

function bucketsOf(pairs: Pairs): ClassicBuckets {
  const buckets = new ClassicBuckets()
  for (const [bound, count] of pairs) buckets.add(bound, count)
  return buckets
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
  ['any order', usual.toReversed(), 0.5, 1.75],
  ['below', usual, -1, -Infinity],
  ['above', usual, 2, Infinity],
  ['no quantile', usual, NaN, NaN],
  ['no infinite bucket', usual.slice(0, 3), 0.5, NaN],
  ['only an infinite bucket', [[Infinity, 3]], 0.5, NaN],
  ['no observations', [[1, 0], [Infinity, 0]], 0.5, NaN], // prettier-ignore
  ['a lowest bound below zero', negative, 0.25, -1],
  ['equal bounds', [[1, 1], [1, 1], [2, 6], [4, 8], [Infinity, 10]], 0.5, 1.75], // prettier-ignore
]
test.each(quantiles)('quantile: %s', (_, pairs, q, want) => {
  expect(bucketsOf(pairs).quantile(q)).toEqual({ value: want })
})

test('counts that fall are lifted, and told', () => {
  const falling: Pairs = [
    [1, 10],
    [2, 4],
    [3, 9],
    [4, 12],
    [Infinity, 11],
  ]
  const { value, forced } = bucketsOf(falling).quantile(0.95)
  expect(forced).toEqual({ minBound: 2, maxBound: Infinity, maxDiff: 6 })
  expect(value).toBeCloseTo(3.7, 12)
})

test('differences as small as rounding makes are mended silently', () => {
  const rounded: Pairs = [
    [1, 10],
    [2, 9.999999999999],
    [Infinity, 10.0000000000001],
  ]
  expect(bucketsOf(rounded).quantile(1)).toEqual({ value: 1 })
})

test('buckets are used again', () => {
  const buckets = bucketsOf(usual)
  buckets.clear()
  for (const [bound, count] of negative) buckets.add(bound, count)
  expect([buckets.size, buckets.quantile(0.75).value]).toEqual([3, 0])
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
  expect(bucketsOf(pairs).fraction(lower, upper)).toBe(want)
})

const sets: [values: number[], q: number, want: number][] = [
  [[], 0.5, NaN],
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[4, 1], 0.25, 1.75],
  [[NaN, 1, 2], 1, 2],
  [[1, NaN, 2], 0, NaN],
  [[-2, 10, 9], 0, -2],
  [[1], NaN, NaN],
  [[1], -1, -Infinity],
  [[1], 2, Infinity],
]
test.each(sets)('of %j the quantile %d', (values, q, want) => {
  expect(quantileOf(q, Float64Array.from(values))).toBe(want)
})
