import { expect, test } from 'vitest'
import { NO_SPANS } from '../../../model/histogram.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { windowShape, windowsOf, withHistograms } from './windows.ts'

const LOOKBACK = 7
/** Two places that are not the series', then its samples. */
const times = Float64Array.of(0, 0, 10, 20, 30, 40, 50)
const value: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 1,
  sum: 1,
  stale: false,
  integer: false,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

const cases: [
  what: string,
  ends: number[],
  range: number,
  extent: 'anchored' | 'smoothed' | undefined,
  want: string,
][] = [
  ['a sample at the end is in, one at the start is not', [20, 30, 31], 10, undefined, '1-2 2-3 2-3'],
  ['windows before, between and after the samples are empty', [5, 35, 99], 4, undefined, '0-0 3-3 5-5'],
  ['windows apart from each other', [12, 44], 5, undefined, '0-1 3-4'],
  ['the same window again and again', [30, 30], 15, undefined, '1-3 1-3'],
  ['anchored ones reach back', [30], 10, 'anchored', '1-3'],
  ['smoothed ones reach both ways', [30, 34], 10, 'smoothed', '1-3 1-4'],
]

test.each(cases)('%s', (_, ends, range, extent, want) => {
  const shape = windowShape(Float64Array.from(ends), range, extent, LOOKBACK)
  const { lo, hi } = windowsOf(times, 2, 5, shape)
  expect([...lo].map((from, s) => `${from}-${hi[s] ?? ''}`).join(' ')).toBe(want)
})

test('histograms have bounds of their own', () => {
  const shape = windowShape(Float64Array.of(20, 40), 20, undefined, LOOKBACK)
  const windows = windowsOf(times, 2, 5, shape)
  const histograms = [15, 25, 35].map((t) => ({ t, value, start: 0 }))
  const both = withHistograms(windows, histograms, shape)
  expect(both.lo).toEqual(windows.lo)
  expect([both.histogramLo, both.histogramHi]).toEqual([Int32Array.of(0, 1), Int32Array.of(1, 3)])
})
