import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { detectReset } from './reset.ts'

const cases: [name: string, previous: string, current: string, want: boolean][] = [
  ['nothing to something', '', 'count:3 buckets:[1 2]', false],
  ['a lower count', 'count:3', 'count:2', true],
  ['a lower bucket', 'count:3 buckets:[1 2]', 'count:9 buckets:[1 1]', true],
  ['a lower zero bucket', 'count:3 z_bucket:2', 'count:9 z_bucket:1', true],
  ['a lower sum alone', 'count:3 sum:9', 'count:3 sum:1', false],
  ['a populated bucket gone', 'buckets:[1] offset:4', 'buckets:[1]', true],
  ['an empty bucket gone', 'buckets:[1 0]', 'buckets:[1]', false],
  ['a new bucket between', 'buckets:[1|1|1]', 'buckets:[1 1 1]', false],
  ['a finer schema', 'schema:0', 'schema:1', true],
  ['a coarser schema with the same in it', 'schema:1 buckets:[1 1] offset:1', 'schema:0 buckets:[2] offset:1', false],
  ['a coarser schema with less in it', 'schema:1 buckets:[1 2] offset:1', 'schema:0 buckets:[2] offset:1', true],
  ['a narrower zero bucket', 'z_bucket_w:1', 'z_bucket_w:0.5', true],
  ['a wider zero bucket with all in it', 'z_bucket:1 buckets:[1] offset:0', 'z_bucket:2 z_bucket_w:1', false],
  ['a wider zero bucket that cuts a populated one', 'buckets:[1] offset:0', 'z_bucket:2 z_bucket_w:0.75', true],
  ['the hint says so', 'count:1', 'count:2 counter_reset_hint:reset', true],
  ['the hint says no', 'count:2', 'count:1 counter_reset_hint:not_reset', false],
  ['a gauge is looked at', 'count:2', 'count:1 counter_reset_hint:gauge', true],
  ['exponential to custom buckets', 'count:1', 'schema:-53 count:1', true],
  ['custom to exponential buckets', 'schema:-53 count:1', 'count:1', true],
  [
    'other custom bounds, as many at the common ones',
    'schema:-53 custom_values:[1 2 3] buckets:[1 1 1 1]',
    'schema:-53 custom_values:[2] buckets:[2 2]',
    false,
  ],
  [
    'other custom bounds, less at a common one',
    'schema:-53 custom_values:[1 2 3] buckets:[1 1 1 1]',
    'schema:-53 custom_values:[2] buckets:[1 9]',
    true,
  ],
]
test.each(cases)('%s', (_, previous, current, want) => {
  expect(detectReset(histogramOf(current), histogramOf(previous))).toBe(want)
})
