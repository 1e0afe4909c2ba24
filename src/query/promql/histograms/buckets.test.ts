import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { BucketCursor } from './buckets.ts'
import type { Order } from './buckets.ts'

function bucketsOf(notation: string, order: Order): string[] {
  const cursor = new BucketCursor(histogramOf(notation), order)
  const buckets: string[] = []
  while (cursor.next()) {
    const [open, close] = [cursor.isLowerInclusive ? '[' : '(', cursor.isUpperInclusive ? ']' : ')']
    buckets.push(`${open}${cursor.lower},${cursor.upper}${close}:${cursor.count}`)
  }
  return buckets
}

const cases: [name: string, notation: string, want: string[]][] = [
  ['nothing', '', []],
  [
    'all parts, with gaps',
    'z_bucket:7 z_bucket_w:0.25 buckets:[1 0|2|3] n_buckets:[4|1|5] n_offset:1',
    ['[-8,-4):5', '[-2,-1):4', '[-0.25,0.25]:7', '(0.5,1]:1', '(1,2]:0', '(8,16]:3'],
  ],
  [
    'neighbours cut by a wide zero bucket',
    'z_bucket:7 z_bucket_w:1.5 buckets:[1] offset:1 n_buckets:[2] n_offset:1',
    ['[-2,-1.5):2', '[-1.5,1.5]:7', '(1.5,2]:1'],
  ],
  [
    'custom bounds',
    'schema:-53 custom_values:[-1 2] buckets:[1 2 3]',
    ['[-Infinity,-1]:1', '(-1,2]:2', '(2,Infinity]:3'],
  ],
]
test.each(cases)('goes through %s', (_, notation, want) => {
  expect(bucketsOf(notation, 'rising')).toEqual(want)
  expect(bucketsOf(notation, 'falling')).toEqual(want.toReversed())
})
