import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { printHistogram, testExpression } from './print.ts'

const cases: [notation: string, text: string, expression: string][] = [
  ['', '{count:0, sum:0}', '{{}}'],
  [
    'schema:1 count:8 sum:1e+06 z_bucket:1 z_bucket_w:0.001 buckets:[1 0 2] offset:1 n_buckets:[4] n_offset:-1 counter_reset_hint:gauge',
    '{count:8, sum:1e+06, [-0.7071067811865475,-0.5):4, [-0.001,0.001]:1, (1,1.414213562373095]:1, (2,2.82842712474619]:2}',
    '{{schema:1 count:8 sum:1e+06 z_bucket:1 z_bucket_w:0.001 counter_reset_hint:gauge offset:1 buckets:[1 0 2] n_offset:-1 n_buckets:[4]}}',
  ],
  [
    'schema:-53 count:6 sum:NaN custom_values:[0.5 2] buckets:[1 2 3]',
    '{count:6, sum:NaN, [-Inf,0.5]:1, (0.5,2]:2, (2,+Inf]:3}',
    '{{schema:-53 count:6 sum:NaN custom_values:[0.5 2] buckets:[1 2 3]}}',
  ],
  ['z_bucket:-2 z_bucket_w:1', '{count:0, sum:0, [-1,1]:-2}', '{{z_bucket:-2 z_bucket_w:1}}'],
  // Bounds are those of the schema, also where the zero bucket covers a part.
  [
    'z_bucket:1 z_bucket_w:1.5 buckets:[1] offset:1',
    '{count:0, sum:0, [-1.5,1.5]:1, (1,2]:1}',
    '{{z_bucket:1 z_bucket_w:1.5 offset:1 buckets:[1]}}',
  ],
]
test.each(cases)('%s', (notation, text, expression) => {
  expect(printHistogram(histogramOf(notation))).toBe(text)
  expect(testExpression(histogramOf(notation))).toBe(expression)
})
