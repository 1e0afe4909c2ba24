import { expect, test } from 'vitest'
import { LabelSet } from '../model/labels.ts'
import type { TenantId } from '../model/tenant.ts'
import { NO_HISTOGRAMS, NO_SAMPLES } from '../signals/metrics.ts'
import { TestClock } from '../../test/support/test-clock.ts'
import { batchOf, ingest, query, select, write } from '../../test/support/metrics-store.ts'
import { histogramOf } from '../../test/support/native-histogram.ts'
import { MemoryStore } from './memory-store.ts'

const byName = (value: string) => [{ name: '__name__', op: '=' as const, value }]

test('keeps samples of any time, and tenants apart', async () => {
  const store = new MemoryStore(new TestClock(0))
  const other = 'other' as TenantId
  await write(store, [
    [{ __name__: 'a' }, 0, 1],
    [{ __name__: 'a' }, 9e12, 2],
  ])
  await write(store, [[{ __name__: 'a' }, 5, 3]], other)
  expect(await select(store.querier, byName('a'))).toEqual({
    a: [
      [0, 1],
      [9e12, 2],
    ],
  })
  expect(await select(store.querier, byName('a'), -1e15, 1e15, query({}, other))).toEqual({ a: [[5, 3]] })
})

test('refuses what is out of order, and takes the same again', async () => {
  const store = new MemoryStore(new TestClock(0))
  const rows: Parameters<typeof write>[1] = [[{ __name__: 'a' }, 10, 1]]
  await write(store, rows)
  expect(await write(store, rows)).toMatchObject({ accepted: 1, rejected: 0 })
  expect(await write(store, [[{ __name__: 'a' }, 10, 2]])).toMatchObject({ accepted: 0, rejected: 1 })
  const { rejections } = await write(store, [[{ __name__: 'a' }, 9, 1]])
  expect(rejections.map(({ code }) => code)).toEqual(['out_of_order'])
})

test('keeps histograms and metadata', async () => {
  const store = new MemoryStore(new TestClock(0))
  const batch = batchOf(store, [])
  const ref = store.seriesTable(ingest().tenant).resolve(LabelSet.of({ __name__: 'h' })) as number
  const result = await store.consumeMetrics(
    {
      ...batch,
      samples: NO_SAMPLES,
      histograms: {
        ...NO_HISTOGRAMS,
        refs: Uint32Array.of(ref),
        timestamps: Float64Array.of(7),
        values: [histogramOf('count:3')],
      },
      metadata: [{ metric: 'h', type: 'histogram', help: 'h', unit: '' }],
    },
    ingest(),
  )
  expect(result).toEqual({ accepted: 1, rejected: 0, rejections: [] })
  expect([...(await store.querier.findMetadata(undefined, { limit: 0 }, query())).keys()]).toEqual(['h'])
})
