import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LabelSet } from '../model/labels.ts'
import { SeriesIdentity } from './head/identity.ts'
import { SeriesRegistry } from './head/registry.ts'
import type { MetricsPart } from './metrics-part.ts'
import { extremes } from './metrics-part.ts'
import { BUCKET_MS, SampleSorter } from './sample-order.ts'

interface Row {
  readonly ref: number
  readonly t: number
  readonly value: number
  readonly start: number
}

const SERIES = 12

function registry(): SeriesRegistry {
  const series = new SeriesRegistry()
  const identity = new SeriesIdentity()
  for (let i = 0; i < SERIES; i++) {
    const labels = LabelSet.of({ __name__: `m${i % 3}`, i: String(i) })
    series.add(labels, identity.idOf(labels))
  }
  return series
}

function partOf(rows: readonly Row[], hasStarts: boolean): MetricsPart {
  const timestamps = Float64Array.from(rows, ({ t }) => t)
  const { min, max } = extremes(timestamps)
  return {
    refs: Uint32Array.from(rows, ({ ref }) => ref),
    timestamps,
    values: Float64Array.from(rows, ({ value }) => value),
    starts: hasStarts ? Float64Array.from(rows, ({ start }) => start) : undefined,
    minTime: min,
    maxTime: max,
  } as MetricsPart
}

/** `[bucket, metric, id, time, value, start]`. */
type Want = readonly [bucket: number, metric: number, id: bigint, t: number, value: number, start: number]

function naive(all: SeriesRegistry, parts: readonly (readonly Row[])[], hasStarts: boolean): Want[] {
  const { idHi, idLo, metric } = all.columns
  return parts
    .flat()
    .map(({ ref, t, value, start }): Want => {
      const id = (BigInt(idHi[ref] as number) << 32n) | BigInt(idLo[ref] as number)
      return [Math.floor(t / BUCKET_MS), metric[ref] as number, id, t, value, hasStarts ? start : 0]
    })
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0) || a[3] - b[3])
}

test('rows of any order come out in the order of the table, segment after segment', async () => {
  const all = registry()
  const sorter = new SampleSorter()
  const row = fc.record({
    ref: fc.nat(SERIES - 1),
    t: fc.integer({ min: -10, max: 3 * BUCKET_MS }),
    value: fc.double({ noNaN: true }),
    start: fc.nat(1000),
  })
  // Few series get long runs, which are filled in another way.
  const steady = fc
    .tuple(fc.nat(SERIES - 1), fc.integer({ min: 0, max: 120 }))
    .map(([ref, count]): Row[] =>
      Array.from({ length: count }, (_, i) => ({ ref, t: i * 60_000 + ref, value: i, start: 1 })),
    )
  const parts = fc.array(fc.oneof(fc.array(row, { maxLength: 30 }), steady), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(parts, fc.boolean(), async (rows, hasStarts) => {
      const got: Want[] = []
      for await (const sorted of sorter.sort(
        all,
        rows.map((one) => partOf(one, hasStarts)),
      )) {
        for (let i = 0; i < sorted.rows; i++) {
          const [metric, id, value] = [sorted.metrics[i] ?? 0, sorted.ids[i] ?? 0n, sorted.values[i] ?? 0]
          const [t, start] = [Number(sorted.timestamps[i]), Number(sorted.starts?.[i] ?? 0)]
          got.push([sorted.bucket, metric, id, t, value, start])
        }
      }
      const key = (one: Want): string => one.map(String).join()
      const want = naive(all, rows, hasStarts)
      expect(got.map((one) => one.slice(0, 4))).toEqual(want.map((one) => one.slice(0, 4)))
      expect(got.map(key).toSorted()).toEqual(want.map(key).toSorted())
    }),
    { numRuns: 60 },
  )
})
