import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { STALE_HI, STALE_LO, setStale } from '../../model/stale.ts'
import type { SampleBlock } from '../../signals/metrics.ts'
import { headBlock, samplesOf } from '../../../test/support/head-rows.ts'
import { VALUES } from './cells.ts'
import { ChunkArena } from './chunks.ts'
import { SeriesHistograms } from './histograms.ts'
import { prefers, SeriesSamples } from './samples.ts'
import { SeriesStarts } from './starts.ts'

function open(refs = 4): { arena: ChunkArena; samples: SeriesSamples } {
  const arena = new ChunkArena()
  const samples = new SeriesSamples(arena)
  samples.reserve(refs)
  return { arena, samples }
}

function read(samples: SeriesSamples, ref: number, start = -Infinity, end = Infinity): [number, number][] {
  const block = blockOf(samples, [ref], { start, end })
  return block.rows.length === 0 ? [] : samplesOf(block, 0)
}

function blockOf(samples: SeriesSamples, refs: number[], range?: { start: number; end: number }): SampleBlock {
  return headBlock({ samples, histograms: new SeriesHistograms(), starts: new SeriesStarts() }, refs, range)
}

const value = (v: number): Float64Array => Float64Array.of(v)

describe('samples of series', () => {
  test('hold what a sorted map holds, whatever the order of inserts, removals and evictions', () => {
    const time = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: -6, max: 6 }).map((n) => n * 1e9),
    )
    const step = fc.record({
      kind: fc.constantFrom('put', 'put', 'put', 'put', 'remove', 'evict'),
      ref: fc.integer({ min: 0, max: 2 }),
      t: time,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), time, time, (steps, start, end) => {
        const { arena, samples } = open()
        let lost = 0
        const model = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()]
        for (const [i, { kind, ref, t }] of steps.entries()) {
          const own = model[ref] as Map<number, number>
          if (kind === 'put' && !own.has(t)) {
            samples.insert(ref, t, value(i), 0)
            own.set(t, i)
          } else if (kind === 'remove') {
            samples.remove(ref, t)
            own.delete(t)
          } else if (kind === 'evict' && i % 20 === 0) {
            // Whole chunks go, so afterwards only what lies from `t` on is promised.
            samples.evict(ref, t)
            const kept = new Map(read(samples, ref))
            lost += [...own].filter(([at, v]) => at >= t && kept.get(at) !== v).length
            model[ref] = kept
          }
        }
        expect(lost).toBe(0)
        for (const [ref, own] of model.entries()) {
          const want = [...own].sort(([a], [b]) => a - b)
          expect(read(samples, ref)).toEqual(want)
          expect(read(samples, ref, start, end)).toEqual(want.filter(([t]) => t >= start && t < end))
          expect(samples.firstTime(ref)).toBe(want[0]?.[0] ?? Infinity)
          for (const [t, v] of want.slice(0, 5)) {
            expect(samples.compare(ref, t, value(v), 0)).toBe('same')
            expect(samples.compare(ref, t, value(v + 0.5), 0)).toBe('other')
            expect(samples.hasAt(ref, t)).toBe(true)
          }
        }
        expect(samples.count).toBe(model.reduce((n, own) => n + own.size, 0))
        for (const ref of model.keys()) samples.forget(ref)
        expect(arena.bytes).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  test('keep the exact bits of staleness markers and of other NaNs', () => {
    const { samples } = open()
    const values = new Float64Array(3)
    const words = new Uint32Array(values.buffer)
    setStale(values, 0)
    words.set([1, 0x7ff80000], 2) // the NaN of Go's math.NaN
    values[2] = 5
    samples.append(0, 10, values, 0)
    samples.append(0, 20, values, 1)
    samples.insert(0, 15, values, 0)
    const held = samples.arena.slabOf(samples.chunkFrom(0, 0).id).f64
    const at = samples.arena.wordOf(samples.chunkFrom(0, 0).id) + VALUES
    expect([...new Uint32Array(held.buffer, at * 8, 6)]).toEqual(
      [
        [STALE_LO, STALE_HI],
        [STALE_LO, STALE_HI],
        [1, 0x7ff80000],
      ].flat(),
    )
    const block = blockOf(samples, [0])
    expect(block.hasNaN).toBe(true)
    // A reader may set the quiet bit, but keeps the low word.
    const low = new Uint32Array(block.values.buffer, block.values.byteOffset, 6).filter((_, i) => i % 2 === 0)
    expect([...low]).toEqual([STALE_LO, STALE_LO, 1])
    expect(samples.compare(0, 10, values, 0)).toBe('same')
    expect(samples.compare(0, 10, values, 1)).toBe('other')
  })

  test('know the newest time of a series again after a removal', () => {
    const { samples } = open()
    samples.append(0, 10, value(1), 0)
    samples.append(0, 20, value(2), 0)
    samples.remove(0, 20)
    expect(samples.lastTime(0)).toBe(10)
    samples.remove(0, 10)
    expect(samples.lastTime(0)).toBe(-Infinity)
    expect(samples.isEmpty(0)).toBe(true)
  })

  test('give freed chunks to the next series', () => {
    const { arena, samples } = open()
    for (let i = 0; i < 100; i++) samples.append(0, i, value(i), 0)
    expect(arena.chunks).toBe(4)
    samples.evict(0, 64)
    expect(arena.chunks).toBe(2)
    for (let i = 0; i < 64; i++) samples.append(1, i, value(i), 0)
    expect(arena.chunks).toBe(4)
    expect(read(samples, 0).map(([t]) => t)).toEqual(Array.from({ length: 36 }, (_, i) => i + 64))
  })

  test('prefer the larger of two values of one time, and a number to a NaN', () => {
    expect([prefers(2, 1), prefers(1, 2), prefers(1, 1)]).toEqual([true, false, false])
    expect([prefers(1, NaN), prefers(NaN, 1), prefers(NaN, NaN)]).toEqual([true, false, false])
    const stale = new Float64Array(1)
    setStale(stale, 0)
    expect([prefers(NaN, stale[0] as number), prefers(stale[0] as number, NaN)]).toEqual([true, false])
  })
})
