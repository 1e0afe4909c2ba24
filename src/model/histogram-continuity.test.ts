import { expect, test } from 'vitest'
import { histogramOf } from '../../test/support/native-histogram.ts'
import { hintAfter, withTrueHint } from './histogram-continuity.ts'

const first = histogramOf('schema:0 count:6 sum:9 z_bucket:1 buckets:[1 0 2] n_buckets:[2]')

const cases: readonly [name: string, next: string, want: string][] = [
  ['the same again', 'schema:0 count:6 sum:9 z_bucket:1 buckets:[1 0 2] n_buckets:[2]', 'not_reset'],
  ['more of all', 'schema:0 count:12 sum:9 z_bucket:2 buckets:[2 1 3 1] n_buckets:[3]', 'not_reset'],
  ['an empty bucket that is gone', 'schema:0 count:6 sum:9 z_bucket:1 buckets:[1 0 2] n_buckets:[2]', 'not_reset'],
  [
    'new buckets before and behind',
    'schema:0 count:9 sum:9 z_bucket:1 buckets:[1 1 0 2 1] offset:-1 n_buckets:[3]',
    'not_reset',
  ],
  ['a smaller count', 'schema:0 count:5 sum:9 z_bucket:1 buckets:[1 0 2] n_buckets:[1]', 'unknown'],
  ['a smaller bucket', 'schema:0 count:9 sum:9 z_bucket:1 buckets:[1 5 1] n_buckets:[2]', 'unknown'],
  ['a bucket that is gone', 'schema:0 count:9 sum:9 z_bucket:1 buckets:[1 5] n_buckets:[2]', 'unknown'],
  ['a smaller zero bucket', 'schema:0 count:9 sum:9 z_bucket:0 buckets:[1 5 2] n_buckets:[2]', 'unknown'],
  ['a smaller negative bucket', 'schema:0 count:9 sum:9 z_bucket:1 buckets:[1 5 2] n_buckets:[1]', 'unknown'],
  ['another schema', 'schema:1 count:9 sum:9 z_bucket:1 buckets:[1 5 2] n_buckets:[2]', 'unknown'],
  [
    'another zero threshold',
    'schema:0 count:9 sum:9 z_bucket:1 z_bucket_w:0.1 buckets:[1 5 2] n_buckets:[2]',
    'unknown',
  ],
  [
    'an explicit reset',
    'schema:0 count:12 sum:9 z_bucket:2 buckets:[2 1 3 1] n_buckets:[3] counter_reset_hint:reset',
    'unknown',
  ],
  ['a gauge', 'schema:0 count:9 sum:9 counter_reset_hint:gauge', 'gauge'],
]

test.each(cases)('%s', (_, next, want) => {
  expect(hintAfter(first, histogramOf(next))).toBe(want)
})

test('custom bounds that differ say nothing', () => {
  const one = histogramOf('schema:-53 count:3 sum:3 custom_values:[1 2] buckets:[1 1 1]')
  expect(hintAfter(one, histogramOf('schema:-53 count:5 sum:3 custom_values:[1 2] buckets:[1 2 2]'))).toBe('not_reset')
  expect(hintAfter(one, histogramOf('schema:-53 count:5 sum:3 custom_values:[1 3] buckets:[1 2 2]'))).toBe('unknown')
})

test('nothing is known of the first, nor behind a staleness marker or a gauge', () => {
  expect(hintAfter(undefined, first)).toBe('unknown')
  expect(hintAfter({ ...first, stale: true }, first)).toBe('unknown')
  expect(hintAfter({ ...first, resetHint: 'gauge' }, first)).toBe('unknown')
})

test('a stored hint is void where it is not true of the histogram before it', () => {
  const next = histogramOf(
    'schema:0 count:12 sum:9 z_bucket:2 buckets:[2 1 3 1] n_buckets:[3] counter_reset_hint:not_reset',
  )
  const late = histogramOf('schema:0 count:20 sum:9 z_bucket:2 buckets:[9 1 3 1] n_buckets:[3]')
  expect(withTrueHint(first, next)).toBe(next)
  expect(withTrueHint(undefined, next)).toBe(next)
  expect(withTrueHint(late, next)).toEqual({ ...next, resetHint: 'unknown' })
})
