import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addExplicit, addExponential } from './delta-histogram.ts'
import { fromExponential } from './native-histogram.ts'
import type { ExponentialHistogram } from './native-histogram.ts'

const histogram = (scale: number, offset: number, counts: readonly number[]): ExponentialHistogram => ({
  count: counts.reduce((sum, count) => sum + count, 0),
  sum: 1,
  scale,
  zeroCount: 1,
  zeroThreshold: 0,
  positive: { offset, counts },
  negative: { offset: 0, counts: [] },
})

describe('sums of histograms', () => {
  test('explicit ones add up bucket by bucket', () => {
    const a = { count: 3, sum: 1.5, bucketCounts: [1, 2], bounds: [10] }
    expect(addExplicit(a, a)).toEqual({ count: 6, sum: 3, bucketCounts: [2, 4], bounds: [10] })
    expect(addExplicit(a, { ...a, bounds: [11] })).toBeUndefined()
    expect(addExplicit(a, { ...a, sum: undefined })).toBeUndefined()
  })

  test('exponential ones add up at the coarser scale', () => {
    expect(addExponential(histogram(1, -1, [1, 1, 1]), histogram(0, 2, [5]))).toMatchObject({
      count: 8,
      sum: 2,
      zeroCount: 2,
      scale: 0,
      positive: { offset: -1, counts: [1, 2, 0, 5] },
    })
  })

  test('exponential ones far apart are kept small', () => {
    const sum = addExponential(histogram(8, 0, [1]), histogram(8, 1000, [1]))
    expect(sum?.positive.counts.length).toBeLessThanOrEqual(160)
    expect(sum?.positive.counts.reduce((a, b) => a + b)).toBe(2)
    expect(sum?.scale).toBe(5)
  })

  test('exponential ones with offsets beyond all values have no sum', () => {
    expect(addExponential(histogram(-4, -(2 ** 31), [1]), histogram(-4, 2 ** 31 - 1, [1]))).toBeUndefined()
    expect(addExponential(histogram(20, -(2 ** 30), [1]), histogram(20, 2 ** 30, [1]))).toBeDefined()
  })

  test('a sum has every value in the bucket where it would have been alone', () => {
    const counts = fc.array(fc.nat(5), { maxLength: 20 })
    const any = fc.tuple(fc.integer({ min: -4, max: 12 }), fc.integer({ min: -50, max: 50 }), counts)
    fc.assert(
      fc.property(any, any, (a, b) => {
        const sum = addExponential(histogram(...a), histogram(...b))
        if (sum === undefined) throw new Error('no sum')
        const buckets = new Map<number, number>()
        for (const [scale, offset, list] of [a, b]) {
          for (const [i, count] of list.entries()) {
            const index = Math.floor((offset + i) / 2 ** (scale - sum.scale))
            if (count > 0) buckets.set(index, (buckets.get(index) ?? 0) + count)
          }
        }
        const got = sum.positive.counts.map((count, i) => [sum.positive.offset + i, count] as const)
        expect(new Map(got.filter(([, count]) => count > 0))).toEqual(buckets)
        expect(typeof fromExponential(sum)).toBe('object')
      }),
    )
  })
})
