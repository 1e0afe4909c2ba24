import { expect, test } from 'vitest'
import { LabelSet } from '../../../model/labels.ts'
import { NO_SPANS } from '../../../model/histogram.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { LabelList } from './label-columns.ts'
import { histogramSize, SampleTally } from './sample-tally.ts'
import { emptyTable, setFloat } from './vector.ts'
import { windowsOf, withHistograms } from './windows.ts'

const GRID = { start: 60_000, step: 60_000, count: 3 }
const HISTOGRAM: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: 1,
  stale: false,
  integer: true,
  positive: { offsets: [0, 2], lengths: [1, 1], counts: [1, 2] },
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}
/** Every 15 s from 15 s on. */
const TIMES = Float64Array.from({ length: 12 }, (_, i) => 15_000 * (i + 1))
const shape = (range: number) => ({ ends: Float64Array.of(60_000, 120_000, 180_000), range, before: 0, after: 0 })
const windows = (range: number) => windowsOf(TIMES, 0, TIMES.length, shape(range))
const NO_HISTOGRAMS = { histograms: [] }

function counts(of: (tally: SampleTally) => void): { total: number[]; read: number[] } {
  const tally = new SampleTally(GRID)
  of(tally)
  const { total, read } = tally.finish()
  return { total: [...total], read: [...read] }
}

test('a histogram counts by its size: 168 bytes, its time, and 8 for each span and bucket', () => {
  expect(histogramSize(HISTOGRAM)).toBe((168 + 8 + 4 * 8) / 16)
})

test('cells of selectors count one each', () => {
  const table = emptyTable(new LabelList([LabelSet.EMPTY, LabelSet.of({ a: 'b' })]), 3)
  for (const cell of [0, 2, 5]) setFloat(table, cell, 1)
  expect(counts((tally) => tally.cells(table))).toEqual({ total: [1, 0, 2], read: [1, 0, 2] })
})

test('overlapping windows are looked at whole, and read where they are new', () => {
  const of = (tally: SampleTally): void => {
    const rows = tally.windows({ isStored: true, isFixed: false })
    const shared = windows(90_000)
    rows.add(NO_HISTOGRAMS, shared)
    rows.add(NO_HISTOGRAMS, shared)
  }
  expect(counts(of)).toEqual({ total: [8, 12, 12], read: [8, 8, 8] })
})

test('short windows leave out what is between them', () => {
  const of = (tally: SampleTally): void =>
    tally.windows({ isStored: true, isFixed: false }).add(NO_HISTOGRAMS, windows(30_000))
  expect(counts(of)).toEqual({ total: [2, 2, 2], read: [2, 2, 2] })
})

test('windows that @ fixes are read once, those of a subquery by the subquery', () => {
  const fixed = { ...shape(60_000), ends: Float64Array.of(60_000, 60_000, 60_000) }
  const of = (isStored: boolean) => (tally: SampleTally) =>
    tally.windows({ isStored, isFixed: true }).add(NO_HISTOGRAMS, windowsOf(TIMES, 0, TIMES.length, fixed))
  expect(counts(of(true))).toEqual({ total: [4, 4, 4], read: [4, 0, 0] })
  expect(counts(of(false))).toEqual({ total: [4, 4, 4], read: [0, 0, 0] })
})

test('histograms among the samples', () => {
  const histograms = [61_000, 175_000].map((t) => ({ t, value: HISTOGRAM, start: 0 }))
  const size = histogramSize(HISTOGRAM)
  const of = (tally: SampleTally): void =>
    tally
      .windows({ isStored: true, isFixed: false })
      .add({ histograms }, withHistograms(windows(120_000), histograms, shape(120_000)))
  expect(counts(of)).toEqual({ total: [4, 8 + size, 8 + 2 * size], read: [4, 4 + size, 4 + size] })
})

test('what is evaluated once is looked at for every step', () => {
  const once = (tally: SampleTally): void => {
    const table = emptyTable(new LabelList([LabelSet.EMPTY]), 1)
    setFloat(table, 0, 1)
    tally.once().cells(table)
  }
  expect(counts(once)).toEqual({ total: [1, 1, 1], read: [1, 0, 0] })
})

test('what is held is every result, and the widest window of a function', () => {
  const tally = new SampleTally(GRID)
  const windowed = tally.windows({ isStored: true, isFixed: false })
  for (let i = 0; i < 5; i++) windowed.add(NO_HISTOGRAMS, windows(90_000))
  const table = emptyTable(new LabelList([LabelSet.EMPTY]), 3)
  setFloat(table, 0, 1)
  windowed.results(table)
  tally.cells(table)
  expect(tally.finish().held).toBe(6 + 1 + 1)
})

test('a subquery reads for the step that uses it, and not what is between its windows', () => {
  const subquery = (use?: { offset: number; window: number }) => (tally: SampleTally) => {
    // 0 s, 20 s, ... 200 s
    const grid = { start: 0, step: 20_000, count: 11 }
    const table = emptyTable(new LabelList([LabelSet.EMPTY]), 11)
    for (let s = 0; s < 11; s++) setFloat(table, s, 1)
    tally.subquery(grid, use).cells(table)
  }
  expect(counts(subquery({ offset: 0, window: 60_000 }))).toEqual({ total: [0, 0, 0], read: [3, 3, 4] })
  expect(counts(subquery({ offset: 0, window: 30_000 }))).toEqual({ total: [0, 0, 0], read: [2, 2, 3] })
  expect(counts(subquery({ offset: 20_000, window: 60_000 }))).toEqual({ total: [0, 0, 0], read: [3, 3, 5] })
  expect(counts(subquery())).toEqual({ total: [0, 0, 11], read: [4, 3, 4] })
})
