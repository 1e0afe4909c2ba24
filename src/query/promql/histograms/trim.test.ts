import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { testExpression } from './print.ts'
import { trim } from './trim.ts'
import type { Kept } from './trim.ts'

const custom = 'schema:-53 count:10 sum:50 custom_values:[2 4] buckets:[2 4 4]'
const both = 'count:13 sum:9 z_bucket:3 z_bucket_w:0.5 buckets:[2 4] offset:1 n_buckets:[4] n_offset:1'
const cases: [name: string, notation: string, kept: Kept, value: number, want: string][] = [
  [
    'nothing to cut',
    both,
    'below',
    4,
    '{{count:13 sum:9 z_bucket:3 z_bucket_w:0.5 offset:1 buckets:[2 4] n_offset:1 n_buckets:[4]}}',
  ],
  ['everything', 'count:3 sum:9 buckets:[3] offset:1', 'above', 7, '{{}}'],
  [
    'at a bound',
    'count:6 sum:9 buckets:[2 4] offset:1',
    'below',
    2,
    '{{count:2 sum:2.8284271247461903 offset:1 buckets:[2]}}',
  ],
  ['within a custom bucket', custom, 'below', 3, '{{schema:-53 count:4 sum:7 custom_values:[2 4] buckets:[2 2]}}'],
  [
    'within a custom bucket from below',
    custom,
    'above',
    3,
    '{{schema:-53 count:6 sum:23 custom_values:[2 4] offset:1 buckets:[2 4]}}',
  ],
  [
    'within the first custom bucket',
    custom,
    'above',
    1,
    '{{schema:-53 count:9 sum:29.5 custom_values:[2 4] buckets:[1 4 4]}}',
  ],
  [
    'within the last custom bucket',
    custom,
    'below',
    9,
    '{{schema:-53 count:6 sum:14 custom_values:[2 4] buckets:[2 4]}}',
  ],
  [
    'within the zero bucket',
    'count:4 sum:1 z_bucket:4 z_bucket_w:1',
    'below',
    0,
    '{{count:2 sum:-1 z_bucket:2 z_bucket_w:1}}',
  ],
  [
    'the zero bucket as wide as the side that has buckets',
    'count:6 sum:1 z_bucket:4 z_bucket_w:1 buckets:[2] offset:1',
    'below',
    0.5,
    '{{count:2 sum:0.5 z_bucket:2 z_bucket_w:1}}',
  ],
]
test.each(cases)('trims %s', (_, notation, kept, value, want) => {
  expect(testExpression(trim(histogramOf(notation), value, kept))).toBe(want)
})

test('a histogram that is not cut is itself', () => {
  const h = histogramOf(both)
  expect(trim(h, Infinity, 'below')).toBe(h)
  expect(trim(h, -Infinity, 'above')).toBe(h)
})

test('an exponential bucket is cut on a logarithmic scale', () => {
  const { count } = trim(histogramOf('count:8 sum:1 buckets:[8] offset:1'), Math.SQRT2, 'below')
  expect(count).toBeCloseTo(4, 12)
})
