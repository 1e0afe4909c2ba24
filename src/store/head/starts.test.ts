import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeriesStarts } from './starts.ts'

describe('start timestamps of series', () => {
  test('are those of each sample, whatever the order in which the samples came', () => {
    const row = fc.record({
      ref: fc.integer({ min: 0, max: 2 }),
      t: fc.integer({ min: 0, max: 30 }),
      start: fc.constantFrom(0, 100, 200),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 0, max: 30 }), (rows, evicted) => {
        const starts = new SeriesStarts()
        const model = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()]
        for (const { ref, t, start } of rows) {
          const own = model[ref] as Map<number, number>
          if (own.has(t)) continue
          starts.set(
            ref,
            t,
            start,
            [...own.keys()].every((other) => other < t),
          )
          own.set(t, start)
        }
        const shown = (since: number): number[][][] =>
          model.map((own, ref) => [...own.keys()].filter((t) => t >= since).map((t) => [t, starts.at(ref, t)]))
        expect(shown(0)).toEqual(model.map((own) => [...own]))
        starts.evict(evicted)
        expect(shown(evicted)).toEqual(model.map((own) => [...own].filter(([t]) => t >= evicted)))
        starts.forget(0)
        expect(starts.has(0)).toBe(false)
      }),
    )
  })

  test('cost two numbers a series as long as each has one start', () => {
    const starts = new SeriesStarts()
    for (let t = 0; t < 100; t++) for (let ref = 0; ref < 1_000; ref++) starts.set(ref, t, 5, true)
    expect(starts.bytes).toBeLessThanOrEqual(1_024 * 16)
    starts.set(3, 100, 6, true)
    expect([99, 100, 101].map((t) => starts.at(3, t))).toEqual([5, 6, 6])
  })

  test('are none for a tenant that never had any', () => {
    const starts = new SeriesStarts()
    starts.set(0, 1, 0, true)
    expect([starts.isEmpty, starts.at(0, 1), starts.bytes]).toEqual([true, 0, 0])
  })

  test('of rows that were taken out again do not come back', () => {
    const starts = new SeriesStarts()
    starts.set(0, 10, 5, true)
    starts.set(0, 20, 7, true) // its sample is rolled back, and the next one comes before it
    starts.set(0, 15, 5, true)
    starts.set(0, 25, 5, true)
    expect([10, 15, 25].map((t) => starts.at(0, t))).toEqual([5, 5, 5])
  })
})
