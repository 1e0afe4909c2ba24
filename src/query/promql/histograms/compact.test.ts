import { expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { compact } from './compact.ts'

const cases: [
  name: string,
  buckets: string,
  maxEmpty: number,
  offsets: number[],
  lengths: number[],
  counts: number[],
][] = [
  ['empty ones at the ends', '[0 1 2 0]', 0, [1], [2], [1, 2]],
  ['empty ones within', '[1 0 0 2]', 0, [0, 2], [1, 1], [1, 2]],
  ['few empty ones within stay', '[1 0 0 2]', 2, [0], [4], [1, 0, 0, 2]],
  ['small gaps are filled', '[1|2|2]', 2, [0], [4], [1, 0, 0, 2]],
  ['empty ones and a gap count together', '[1 0|2|0 2]', 3, [0, 4], [1, 1], [1, 2]],
  ['spans that touch', '[1|0|2|0|3]', 0, [0], [3], [1, 2, 3]],
  ['nothing but empty ones', '[0 0|3|0]', 5, [], [], []],
]
test.each(cases)('%s', (_, buckets, maxEmpty, offsets, lengths, counts) => {
  expect(compact(histogramOf(`buckets:${buckets}`), maxEmpty).positive).toEqual({ offsets, lengths, counts })
})

test('a compact histogram is itself', () => {
  const h = histogramOf('buckets:[1|2|3] n_buckets:[1 2]')
  expect(compact(h)).toBe(h)
})
