import { expect, test } from 'vitest'
import { fromClassic } from './from-classic.ts'
import type { ClassicBucket } from './from-classic.ts'
import { testExpression } from './print.ts'

const bucketsOf = (...pairs: [number, number][]): ClassicBucket[] =>
  pairs.map(([upperBound, count]) => ({ upperBound, count }))

const cases: [name: string, buckets: ClassicBucket[], count: number | undefined, want: string][] = [
  [
    'all parts',
    bucketsOf([1, 2], [2, 5], [Infinity, 9]),
    9,
    '{{schema:-53 count:9 sum:7 custom_values:[1 2] buckets:[2 3 4]}}',
  ],
  [
    'no count',
    bucketsOf([2, 5], [1, 2], [Infinity, 9]),
    undefined,
    '{{schema:-53 count:9 sum:7 custom_values:[1 2] buckets:[2 3 4]}}',
  ],
  ['no infinite bucket', bucketsOf([1, 2]), 3, '{{schema:-53 count:3 sum:7 custom_values:[1] buckets:[2 1]}}'],
  [
    'fractions',
    bucketsOf([1, 0.5], [Infinity, 2]),
    2,
    '{{schema:-53 count:2 sum:7 custom_values:[1] buckets:[0.5 1.5]}}',
  ],
  ['a count alone', [], 3, '{{schema:-53 count:3 sum:7 custom_values:[] buckets:[3]}}'],
]
test.each(cases)('%s', (_, buckets, count, want) => {
  const got = fromClassic(buckets, count, 7)
  expect('problem' in got ? got.problem : testExpression(got)).toBe(want)
})

const problems: [buckets: ClassicBucket[], count: number | undefined, want: string][] = [
  [bucketsOf([1, 2], [2, 1]), 3, 'count is not cumulative: 1 < 2'],
  [bucketsOf([1, -2]), 3, 'bucket count must be non-negative: le=1, count=-2'],
  [bucketsOf([NaN, 2]), 3, 'bucket boundary must not be NaN'],
  [[], -3, 'count must be non-negative: count=-3'],
  [bucketsOf([Infinity, 2]), 3, 'count mismatch: count=3 != le=+Inf count=2'],
]
test.each(problems)('refuses %j with count %d', (buckets, count, problem) => {
  expect(fromClassic(buckets, count, 7)).toEqual({ problem })
})
