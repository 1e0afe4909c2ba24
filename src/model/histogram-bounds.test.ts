import { expect, test } from 'vitest'
import { upperBound } from './histogram-bounds.ts'
import { NO_SPANS } from './histogram.ts'
import type { NativeHistogram } from './histogram.ts'

const histogram = (schema: number, customValues: readonly number[] = []): NativeHistogram => ({
  schema,
  customValues,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  stale: false,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  resetHint: 'unknown',
})

const cases: [schema: number, index: number, want: number][] = [
  [0, 0, 1],
  [0, -1074, 5e-324],
  [0, 1024, Number.MAX_VALUE],
  [0, 1025, Infinity],
  [-4, 64, Number.MAX_VALUE],
  [-2, 2, 256],
  [1, 1, 2 * (1 / Math.SQRT2)],
  [2, -1, 0.8408964152537144],
  [3, 5, 1.5422108254079407],
  [8, 256 * 1024, Number.MAX_VALUE],
  [8, -256, 0.5],
]
test.each(cases)('schema %i, bucket %i', (schema, index, want) => {
  expect(upperBound(histogram(schema), index)).toBe(want)
})

test('bounds grow with the index in every schema', () => {
  for (let schema = -4; schema <= 8; schema++) {
    for (let index = -60; index < 60; index++) {
      expect(upperBound(histogram(schema), index)).toBeLessThan(upperBound(histogram(schema), index + 1))
    }
  }
})

test('custom bounds end with infinity on both sides', () => {
  const custom = histogram(-53, [0.1, 1])
  expect([-1, 0, 1, 2].map((index) => upperBound(custom, index))).toEqual([-Infinity, 0.1, 1, Infinity])
})
