import { expect, test } from 'vitest'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { add, divide, hasOverflow, multiply, negate, sub } from './arithmetic.ts'
import type { Combined } from './arithmetic.ts'
import { compact } from './compact.ts'
import { testExpression } from './print.ts'

const shown = (combined: Combined | 'incompatible'): string =>
  combined === 'incompatible' ? combined : testExpression(compact(combined.value))
const sum = (a: string, b: string): string => shown(add(histogramOf(a), histogramOf(b)))
const difference = (a: string, b: string): string => shown(sub(histogramOf(a), histogramOf(b)))

const sums: [name: string, a: string, b: string, want: string][] = [
  [
    'the same buckets',
    'count:3 sum:4 buckets:[1 2]',
    'count:7 sum:1 buckets:[3 4]',
    '{{count:10 sum:5 buckets:[4 6]}}',
  ],
  [
    'buckets before, between and behind',
    'buckets:[1|2|1] offset:2',
    'buckets:[1 1 1 1 1 1]',
    '{{buckets:[1 1 2 1 1 2]}}',
  ],
  ['one without buckets', 'buckets:[1 2] n_buckets:[3]', '', '{{buckets:[1 2] n_buckets:[3]}}'],
  [
    'the coarser schema',
    'schema:2 buckets:[1 1 1 1] offset:1',
    'schema:1 buckets:[5] offset:1',
    '{{schema:1 offset:1 buckets:[7 2]}}',
  ],
  [
    'a zero bucket that takes in the lower buckets of the other',
    'z_bucket:1 z_bucket_w:1 buckets:[1] offset:1',
    'z_bucket:2 z_bucket_w:0.25 buckets:[1 1 1 1] offset:-1',
    '{{z_bucket:5 z_bucket_w:1 offset:1 buckets:[2 1]}}',
  ],
  [
    'a threshold within a populated bucket, widened to its end',
    'z_bucket:1 z_bucket_w:3',
    'z_bucket:2 buckets:[1 1 1] offset:1 n_buckets:[1] n_offset:5',
    '{{z_bucket:5 z_bucket_w:4 offset:3 buckets:[1] n_offset:5 n_buckets:[1]}}',
  ],
  [
    'custom buckets of the bounds that both have',
    'schema:-53 count:10 custom_values:[1 2 5] buckets:[1 2 3 4]',
    'schema:-53 count:6 custom_values:[1 5] buckets:[1 2 3]',
    '{{schema:-53 count:16 custom_values:[1 5] buckets:[2 7 7]}}',
  ],
  [
    'no common bounds',
    'schema:-53 custom_values:[1] buckets:[1 2]',
    'schema:-53 custom_values:[2] buckets:[3 4]',
    '{{schema:-53 custom_values:[] buckets:[10]}}',
  ],
  ['custom with exponential buckets', 'schema:-53', 'schema:0', 'incompatible'],
]
test.each(sums)('adds %s', (_, a, b, want) => {
  expect(sum(a, b)).toBe(want)
  expect(sum(b, a)).toBe(want)
})

const differences: [name: string, a: string, b: string, want: string][] = [
  ['equal buckets away', 'count:3 buckets:[1 2]', 'count:3 buckets:[1 2]', '{{}}'],
  [
    'below zero what only the other has',
    'buckets:[1]',
    'z_bucket:1 buckets:[2] offset:2',
    '{{z_bucket:-1 buckets:[1 0 -2]}}',
  ],
  ['at the coarser schema', 'schema:1 buckets:[1 1] offset:1', 'buckets:[5] offset:1', '{{offset:1 buckets:[-3]}}'],
]
test.each(differences)('takes %s', (_, a, b, want) => {
  expect(difference(a, b)).toBe(want)
})

type Hint = NativeHistogram['resetHint']
const hints: [a: Hint, b: Hint, want: Hint, collision: boolean][] = [
  ['reset', 'reset', 'reset', false],
  ['gauge', 'reset', 'gauge', false],
  ['not_reset', 'gauge', 'gauge', false],
  ['unknown', 'reset', 'unknown', false],
  ['not_reset', 'unknown', 'unknown', false],
  ['reset', 'not_reset', 'unknown', true],
]
test.each(hints)('a sum of %s and %s is %s', (a, b, want, collision) => {
  const combined = add(histogramOf(`counter_reset_hint:${a}`), histogramOf(`counter_reset_hint:${b}`)) as Combined
  expect([combined.value.resetHint, combined.counterResetCollision]).toEqual([want, collision])
})

test('multiples scale every number, and negative ones are gauges', () => {
  const h = histogramOf('count:4 sum:6 z_bucket:1 z_bucket_w:0.5 buckets:[2] n_buckets:[1] counter_reset_hint:reset')
  expect(testExpression(multiply(h, 2))).toBe(
    '{{count:8 sum:12 z_bucket:2 z_bucket_w:0.5 counter_reset_hint:reset buckets:[4] n_buckets:[2]}}',
  )
  expect(testExpression(divide(h, -2))).toBe(
    '{{count:-2 sum:-3 z_bucket:-0.5 z_bucket_w:0.5 counter_reset_hint:gauge buckets:[-1] n_buckets:[-0.5]}}',
  )
  expect(negate(h).resetHint).toBe('gauge')
})

test('division by zero leaves no buckets', () => {
  expect(testExpression(divide(histogramOf('count:4 sum:-6 buckets:[2]'), 0))).toBe(
    '{{count:+Inf sum:-Inf z_bucket:NaN}}',
  )
})

test('any infinite number is an overflow', () => {
  expect(hasOverflow(histogramOf('count:1 sum:1 buckets:[1] n_buckets:[1]'))).toBe(false)
  for (const notation of ['count:Inf', 'sum:-Inf', 'z_bucket:Inf', 'buckets:[1 Inf]', 'n_buckets:[Inf]']) {
    expect(hasOverflow(histogramOf(notation))).toBe(true)
  }
})
