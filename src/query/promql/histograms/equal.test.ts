import { expect, test } from 'vitest'
import { STALE_NAN } from '../../../model/stale.ts'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { equal } from './equal.ts'

const cases: [a: string, b: string, want: boolean][] = [
  ['count:1 sum:2 buckets:[1]', 'count:1 sum:2 buckets:[1] counter_reset_hint:gauge', true],
  ['sum:NaN', 'sum:NaN', true],
  ['sum:0', 'sum:-0', false],
  ['count:1', 'count:2', false],
  ['schema:1', 'schema:2', false],
  ['z_bucket:1', 'z_bucket:2', false],
  ['z_bucket_w:1', 'z_bucket_w:2', false],
  ['buckets:[1]', 'n_buckets:[1]', false],
  ['buckets:[1 0]', 'buckets:[1]', false],
  ['buckets:[1|2|3]', 'buckets:[1|1|3]', false],
  ['schema:-53 custom_values:[1]', 'schema:-53 custom_values:[2]', false],
]
test.each(cases)('%s and %s', (a, b, want) => {
  expect(equal(histogramOf(a), histogramOf(b))).toBe(want)
  expect(equal(histogramOf(b), histogramOf(a))).toBe(want)
})

test('spans without buckets make no difference', () => {
  const h = histogramOf('buckets:[1 2|3|4]')
  const cut = { ...h, positive: { offsets: [0, 1, 2, 5], lengths: [2, 0, 1, 0], counts: [1, 2, 4] } }
  expect(equal(h, cut)).toBe(true)
})

test('a staleness marker is no other NaN', () => {
  const [nan, stale] = [histogramOf('sum:NaN'), { ...histogramOf(''), sum: STALE_NAN }]
  expect([equal(nan, stale), equal(stale, stale)]).toEqual([false, true])
})
