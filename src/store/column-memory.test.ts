import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { setStale } from '../model/stale.ts'
import type { SampleColumns } from '../signals/metrics.ts'
import { ColumnMemory } from './column-memory.ts'
import type { KeptColumns } from './column-memory.ts'

function rows(count: number, seed: number, hasStarts: boolean): SampleColumns {
  const values = Float64Array.from({ length: count }, (_, i) => seed + i / 7)
  if (count > 0) setStale(values, count - 1)
  const columns = {
    refs: Uint32Array.from({ length: count }, (_, i) => seed * 31 + i),
    timestamps: Float64Array.from({ length: count }, (_, i) => 1_700_000_000_000 + seed * 1000 + i),
    values,
  }
  return hasStarts ? { ...columns, startTimestamps: new Float64Array(count).fill(seed) } : columns
}

/** Values by their bits. */
function bits({ refs, timestamps, values, startTimestamps }: SampleColumns): unknown {
  return [refs, timestamps, new BigUint64Array(values.slice().buffer), startTimestamps].map((column) =>
    column === undefined ? undefined : [...column].map(Number),
  )
}

describe('memory of columns', () => {
  test('is given to one batch at a time, whatever is kept and released', () => {
    const step = fc.record({ count: fc.nat(6_000), hasStarts: fc.boolean(), release: fc.option(fc.nat(30)) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const memory = new ColumnMemory()
        const held: { kept: KeptColumns; want: unknown }[] = []
        for (const [seed, { count, hasStarts, release }] of steps.entries()) {
          const batch = rows(count, seed, hasStarts)
          held.push({ kept: memory.keep(batch), want: bits(batch) })
          if (release !== null) for (const { kept } of held.splice(release % held.length, 3)) kept.release()
        }
        for (const { kept, want } of held) expect(bits(kept.columns)).toEqual(want)
      }),
      { numRuns: 25 },
    )
  })

  test('is used again once all that was in it is released', () => {
    const memory = new ColumnMemory()
    const buffers = new Set<ArrayBufferLike>()
    for (let round = 0; round < 50; round++) {
      const kept = Array.from({ length: 100 }, () => memory.keep(rows(2_000, round, false)))
      for (const { columns, release } of kept) {
        buffers.add(columns.values.buffer)
        release()
      }
    }
    expect(buffers.size).toBeLessThan(12)
  })

  test('takes a batch of any size', () => {
    const batch = rows(200_000, 1, true)
    const { columns, release } = new ColumnMemory().keep(batch)
    expect(bits(columns)).toEqual(bits(batch))
    release()
  })
})
