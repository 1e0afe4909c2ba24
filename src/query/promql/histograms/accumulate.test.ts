import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { HistogramMean, HistogramSum } from './accumulate.ts'
import { compact } from './compact.ts'
import { testExpression } from './print.ts'

function accumulated<A extends HistogramSum | HistogramMean>(of: A, rest: readonly string[]): A {
  for (const notation of rest) of.add(histogramOf(notation))
  return of
}
const sumOf = (first: string, ...rest: string[]) => accumulated(new HistogramSum(histogramOf(first)), rest)
const meanOf = (first: string, ...rest: string[]) => accumulated(new HistogramMean(histogramOf(first)), rest)
const shown = (of: HistogramSum | HistogramMean): string => testExpression(compact(of.result()))

test('small counts are not lost between great ones', () => {
  const small = 'count:1 sum:1 z_bucket:1 buckets:[1] n_buckets:[1]'
  expect(
    shown(
      sumOf(
        'count:1e17 sum:1e17 z_bucket:1e17 buckets:[1e17] n_buckets:[1e17]',
        small,
        small,
        'count:-1e17 sum:-1e17 z_bucket:-1e17 buckets:[-1e17] n_buckets:[-1e17]',
      ),
    ),
  ).toBe('{{count:2 sum:2 z_bucket:2 buckets:[2] n_buckets:[2]}}')
})

test('what was lost survives coarser schemas, other buckets and wider zero buckets', () => {
  const sum = sumOf(
    'schema:1 buckets:[1e17] offset:3',
    'schema:1 buckets:[1] offset:3',
    'schema:0 buckets:[1 -1e17] offset:1',
  )
  expect(shown(sum)).toBe('{{offset:1 buckets:[1 1]}}')
  expect(shown(accumulated(sum, ['z_bucket:1 z_bucket_w:4']))).toBe('{{z_bucket:3 z_bucket_w:4}}')
})

test('what was lost survives other custom bounds', () => {
  const sum = sumOf(
    'schema:-53 custom_values:[1 2] buckets:[1e17 1]',
    'schema:-53 custom_values:[1 2] buckets:[1]',
    'schema:-53 custom_values:[2] buckets:[-1e17]',
  )
  expect(shown(sum)).toBe('{{schema:-53 custom_values:[2] buckets:[2]}}')
  expect(sum.nhcbBoundsReconciled).toBe(true)
})

test('a mean is the sum over the count', () => {
  expect(shown(meanOf('count:4 sum:1 buckets:[4]', 'count:2 sum:4 buckets:[2]', 'count:3 sum:1 buckets:[3]'))).toBe(
    '{{count:3 sum:2 buckets:[3]}}',
  )
})

test('a mean of numbers whose sum is too great is still right', () => {
  const great = 'count:1e308 sum:1e308 buckets:[1e308]'
  const { count, sum } = meanOf(great, great, great, great).result()
  expect([count / 1e308, sum / 1e308]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)])
})

test('hints that contradict each other are told, wherever they are', () => {
  const [reset, none] = ['counter_reset_hint:reset', 'counter_reset_hint:not_reset']
  expect(sumOf(reset, '', none).counterResetCollision).toBe(true)
  expect(meanOf(none, reset).counterResetCollision).toBe(true)
  expect(sumOf(reset, '', reset).counterResetCollision).toBe(false)
})

test('custom and exponential buckets have no sum and no mean', () => {
  expect(sumOf('schema:0', 'schema:-53').isIncompatible).toBe(true)
  expect(meanOf('schema:-53', 'schema:0', 'schema:-53').isIncompatible).toBe(true)
})
