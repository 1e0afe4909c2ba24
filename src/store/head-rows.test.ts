import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SampleBlock } from '../signals/metrics.ts'
import { samplesOf } from '../../test/support/head-rows.ts'
import { CELL_BYTES, openHeadMemory } from './head/cells.ts'
import { ChunkArena } from './head/chunks.ts'
import { SeriesHistograms } from './head/histograms.ts'
import { SeriesSamples } from './head/samples.ts'
import { SeriesStarts } from './head/starts.ts'
import { HeadRows } from './head-rows.ts'
import type { HeadSeries } from './head-rows.ts'
import { BlockColumns, BlockMemory, SampleBlockBuilder } from './sample-block.ts'

/** One slab of chunks for the kernel, which one arena after the other uses. */
const memory = openHeadMemory(4_096 * CELL_BYTES)

/** `left`: so many chunks are left that the kernel can read; undefined = it can read all. */
function open(
  refs: number,
  left?: number,
): HeadSeries & { put: (ref: number, t: number, value: number, start?: number) => void } {
  const arena = new ChunkArena(memory)
  if (left !== undefined) for (let i = 1; i < 4_096 - left; i++) arena.take()
  const samples = new SeriesSamples(arena)
  samples.reserve(refs)
  const starts = new SeriesStarts()
  return {
    samples,
    histograms: new SeriesHistograms(),
    starts,
    put: (ref, t, value, start = 0) => {
      starts.set(ref, t, start, t > samples.lastTime(ref))
      samples.insert(ref, t, Float64Array.of(value), 0)
    },
  }
}

function filled(series: HeadSeries, refs: readonly number[], range: { start: number; end: number }): SampleBlock {
  const columns = new BlockMemory(memory)
  const lent = columns.take()
  const builder = new SampleBlockBuilder(lent)
  const rows = new HeadRows(series, { range, starts: true })
  const all = Uint32Array.from(refs)
  expect(rows.fill(Uint32Array.from(refs.keys()), all, 0, builder)).toBe(refs.length)
  const block = builder.take()
  if (lent.lent !== undefined) memory.giveColumn(lent.lent)
  return block
}

/** Whether the samples are told to rise, for rows where that is for sure. */
function expectRising(block: SampleBlock, i: number): void {
  const values = samplesOf(block, i).map(([, value]) => value)
  const falls = values.some((value, k) => k > 0 && value < (values[k - 1] as number))
  expect(block.rising?.[i]).toBe(falls ? 0 : 1)
}

/** The samples of the i-th row with their starts. */
function shown(block: SampleBlock, i: number): [t: number, value: number, start: number][] {
  const from = block.offsets[i] as number
  return samplesOf(block, i).map(([t, value], k) => [t, value, block.starts?.[from + k] ?? 0])
}

const offsetsOf = (block: SampleBlock): Record<number, number> =>
  Object.fromEntries(Array.from(block.rows, (row, i) => [row, block.timeOffsets[i] as number]))

describe('rows of the head', () => {
  test('are the same read in lockstep as one by one, whatever the series have in common', () => {
    const time = fc.integer({ min: 0, max: 400 })
    const change = fc.record({
      ref: fc.integer({ min: 0, max: 9 }),
      t: time,
      kind: fc.constantFrom('put' as const, 'remove' as const),
    })
    const plan = fc.record({
      scrapes: fc.integer({ min: 0, max: 150 }),
      /** Series that join later have their chunks begin elsewhere. */
      joins: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 10, maxLength: 10 }),
      changes: fc.array(change, { maxLength: 8 }),
      evicted: fc.option(time),
      from: time,
      to: time,
      left: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      /** Values that are no numbers, and ones that fall. */
      odd: fc.array(
        fc.record({
          ref: fc.integer({ min: 0, max: 9 }),
          round: fc.integer({ min: 0, max: 149 }),
          value: fc.constantFrom(NaN, -5),
        }),
      ),
    })
    fc.assert(
      fc.property(plan, ({ scrapes, joins, changes, evicted, from, to, left, odd }) => {
        const series = open(10, left)
        const model = joins.map(() => new Map<number, number>())
        const put = (ref: number, t: number, value: number, start: number): void => {
          series.put(ref, t, value, start)
          model[ref]?.set(t, value)
        }
        const odds = new Map(odd.map(({ ref, round, value }) => [`${ref} ${round}`, value]))
        const valueAt = (ref: number, round: number): number => odds.get(`${ref} ${round}`) ?? round + ref
        for (let round = 0; round < scrapes; round++) {
          for (const [ref, join] of joins.entries()) {
            if (round >= (join > 50 ? join : 0)) put(ref, round * 3, valueAt(ref, round), ref % 3 === 0 ? join : 0)
          }
        }
        for (const { ref, t, kind } of changes) {
          if (kind === 'put' && !series.samples.hasAt(ref, t)) put(ref, t, -1 - t, t % 2 === 0 ? 7 : 0)
          if (kind === 'put') continue
          series.samples.remove(ref, t)
          model[ref]?.delete(t)
        }
        const since = evicted ?? 0
        for (let ref = 0; ref < 10; ref++) series.samples.evict(ref, since)
        const ranges = [
          { start: since, end: Infinity },
          { start: Math.max(since, Math.min(from, to)), end: Math.max(from, to) },
        ]
        for (const range of ranges) {
          const block = filled(series, [...model.keys()], range)
          const got = new Map(Array.from(block.rows, (row, i) => [row, shown(block, i)]))
          const want = [...model.entries()].flatMap(([row, own]) => {
            const samples = [...own].filter(([t]) => t >= range.start && t < range.end).sort(([a], [b]) => a - b)
            const rows = samples.map(([t, value]) => [t, value, series.starts.at(row, t)])
            return rows.length === 0 ? [] : [[row, rows] as const]
          })
          expect(got).toEqual(new Map(want))
          expect(block.hasNaN).toBe(block.values.some(Number.isNaN))
          for (const i of block.rows.keys()) expectRising(block, i)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('share their times when those are equal, and only then', () => {
    const series = open(6)
    for (let t = 0; t < 1_000; t += 10) {
      for (const ref of [0, 1, 2, 4]) series.put(ref, t, ref)
      if (t > 0) series.put(5, t, 5)
      if (t !== 500) series.put(3, t, 3)
    }
    const offsets = offsetsOf(filled(series, [0, 1, 2, 3, 4, 5], { start: 0, end: 2_000 }))
    expect([offsets[1], offsets[2], offsets[4]]).toEqual([offsets[0], offsets[0], offsets[0]])
    expect(offsets[3]).not.toBe(offsets[0])
    expect(offsets[5]).not.toBe(offsets[0])
  })

  test('share times also where their chunks begin elsewhere', () => {
    const series = open(3)
    for (let t = 0; t < 1_000; t += 10) {
      for (const ref of [0, 1]) if (ref === 0 || t >= 70) series.put(ref, t, ref)
    }
    const block = filled(series, [0, 1], { start: 70, end: 2_000 })
    expect(offsetsOf(block)[1]).toBe(offsetsOf(block)[0])
    expect(block.times.length).toBe(93)
  })

  test('keep their times from block to block for others to share', () => {
    const series = open(3)
    for (const ref of [0, 1]) series.put(ref, 5, ref)
    const builder = new SampleBlockBuilder(new BlockColumns())
    const rows = new HeadRows(series, { range: { start: 0, end: 10 }, starts: false })
    const blocks = [0, 1].map((row) => {
      rows.fill(Uint32Array.of(row), Uint32Array.of(0, 1), 0, builder)
      const { timesGeneration, timeOffsets, times } = builder.take()
      return { timesGeneration, at: timeOffsets[0], times: [...times] }
    })
    expect(blocks[1]).toEqual(blocks[0])
  })

  test('leave out series without samples in the range', () => {
    const series = open(3)
    series.put(1, 5, 1)
    expect([...filled(series, [0, 1, 2], { start: 0, end: 10 }).rows]).toEqual([1])
    expect([...filled(series, [0, 1, 2], { start: 6, end: 10 }).rows]).toEqual([])
  })
})
