import { describe, expect, test } from 'vitest'
import type { NativeHistogram } from '../../model/histogram.ts'
import { STALE_NAN } from '../../model/stale.ts'
import { sameHistogram } from './histograms.ts'

const one: NativeHistogram = {
  schema: 3,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 4,
  sum: 2.5,
  stale: false,
  integer: true,
  positive: { offsets: [0], lengths: [2], counts: [1, 2] },
  negative: { offsets: [], lengths: [], counts: [] },
  customValues: [],
  resetHint: 'unknown',
}

describe('the same histogram', () => {
  test('is known in whatever order its fields were set: by a sender, by the log, by the tables', () => {
    const backwards = Object.fromEntries(Object.entries(one).reverse()) as unknown as NativeHistogram
    expect(Object.keys(backwards)).not.toEqual(Object.keys(one))
    expect(sameHistogram(one, backwards)).toBe(true)
  })

  test.each<Partial<NativeHistogram>>([
    { schema: 2 },
    { zeroThreshold: 0 },
    { zeroCount: 2 },
    { count: 5 },
    { sum: 2 },
    { sum: NaN },
    { sum: -Infinity },
    { stale: true, sum: STALE_NAN },
    { integer: false },
    { resetHint: 'gauge' },
    { positive: { offsets: [0], lengths: [2], counts: [1, 3] } },
    { positive: { offsets: [1], lengths: [2], counts: [1, 2] } },
    { negative: one.positive },
    { customValues: [1] },
  ])('is not one with %j', (other) => {
    expect(sameHistogram(one, { ...one, ...other })).toBe(false)
    expect(sameHistogram({ ...one, ...other }, { ...one, ...other })).toBe(true)
  })

  test('is any staleness marker of that time', () => {
    expect(sameHistogram({ ...one, stale: true, sum: STALE_NAN }, { ...one, stale: true, count: 0 })).toBe(true)
  })
})
