import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs, unixMs } from '../../src/core/time.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import type { Matcher } from '../../src/model/matcher.ts'
import { isStale, STALE_NAN } from '../../src/model/stale.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import type { MetricsBatch } from '../../src/signals/metrics.ts'
import { NO_SAMPLES } from '../../src/signals/metrics.ts'
import type { Engine } from '../../src/store/engine.ts'
import { diskFull } from '../../src/store/errors.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { param, sql } from '../../src/store/sql/sql.ts'
import type { MetricsStore } from '../../src/write/metrics-store.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { batchOf, ingest, metricsStore, never, query, select, write } from '../support/metrics-store.ts'
import type { Row, StoreSetup } from '../support/metrics-store.ts'

const T = Math.floor(Date.now() / 7_200_000) * 7_200_000 - 7_200_000
const deadline = (): AbortSignal => AbortSignal.timeout(10_000)
const m: Matcher = { name: '__name__', op: '=', value: 'm' }

let engine: Engine
let folder: string
let tenant: TenantId
let count = 0
let close: () => void

beforeAll(async () => {
  await new Promise<void>((ready) => {
    void withFolder(async (path) => {
      folder = path
      engine = embeddedEngine(join(path, 'data'))
      await engine.start(never)
      const deps = { engine, clock: systemClock, log: silentLog, signal: never }
      await migrate(await loadMigrations(), { cluster: undefined }, deps)
      const closed = new Promise<void>((resolve) => (close = resolve))
      ready()
      await closed
    })
  })
})
afterAll(async () => {
  await engine.stop(deadline())
  close()
})
beforeEach(() => {
  tenant = `tenant-${++count}` as TenantId
})

async function open(setup: Partial<StoreSetup> = {}): Promise<MetricsStore> {
  const store = metricsStore({ engine, walFolder: join(folder, `wal-${count}`), ...setup })
  await store.start(never)
  return store
}

const read = (store: MetricsStore, selector = [m], start = -1e15, end = 1e15): ReturnType<typeof select> =>
  select(store.querier, selector, start, end, query({}, tenant))

/** How many sample rows the table has of the tenant. */
async function stored(): Promise<number> {
  const rows = sql`SELECT count() AS rows FROM samples WHERE tenant = ${param('String', tenant)}`
  for await (const { columns } of engine.read(rows, { signal: never, timeout: durationMs(60_000) })) {
    return Number((columns['rows'] as BigUint64Array)[0])
  }
  return NaN
}

describe('the metrics store', () => {
  test('keeps what it acknowledged over a restart: from the log, then from the tables, bits and all', async () => {
    const first = await open()
    const rows: Row[] = [
      [{ __name__: 'm', job: 'a' }, T, 1],
      [{ __name__: 'm', job: 'b' }, T, 0],
      [{ __name__: 'm', job: 'a' }, T + 1000, STALE_NAN],
    ]
    expect(await write(first.consumer, rows, tenant)).toEqual({ accepted: 3, rejected: 0, rejections: [] })
    const want = {
      'm{job="a"}': [
        [T, 1],
        [T + 1000, NaN],
      ],
      'm{job="b"}': [[T, 0]],
    }
    expect(await read(first)).toEqual(want)
    const second = await open() // the first was not stopped: as after a kill
    expect(await read(second)).toEqual(want)
    await second.stop(deadline())
    expect(await stored()).toBe(3)
    const third = await open()
    expect(await read(third)).toEqual(want)
    third.head.raiseWatermark(T + 500)
    const got = await read(third)
    expect(got).toEqual(want)
    expect(isStale(got['m{job="a"}']?.[1]?.[1] ?? 0)).toBe(true)
    third.head.raiseWatermark(T + 5000)
    expect(isStale((await read(third))['m{job="a"}']?.[1]?.[1] ?? 0)).toBe(true)
    await third.stop(deadline())
  })

  test('stores no row twice when the process ends between the insert and the end of the log segment', async () => {
    const store = await open()
    const walFolder = join(folder, `wal-${count}`)
    await write(
      store.consumer,
      Array.from({ length: 100 }, (_, i): Row => [{ __name__: 'm', i: String(i % 7) }, T + i, i]),
      tenant,
    )
    const [file = ''] = await readdir(walFolder)
    await copyFile(join(walFolder, file), join(folder, file))
    await store.flush()
    expect(await stored()).toBe(100)
    await store.stop(deadline())
    await copyFile(join(folder, file), join(walFolder, file)) // as if it had not been deleted
    const again = await open()
    await again.flush()
    expect(await stored()).toBe(100)
    expect(await readdir(walFolder)).toEqual([])
    expect(Object.values(await read(again)).flat().length).toBe(100)
    await again.stop(deadline())
  })

  test('brings rows back from the log whose series only the tables know, however old', async () => {
    const labels = { __name__: 'm', job: 'idle' }
    const store = await open()
    await write(store.consumer, [[labels, T - 30 * 86_400_000, 1]], tenant)
    await store.flush()
    await write(store.consumer, [[labels, T, 2]], tenant)
    const next = await open({ head: { max_age: durationMs(3_600_000 * 12) } })
    expect(await read(next)).toEqual({
      'm{job="idle"}': [
        [T - 30 * 86_400_000, 1],
        [T, 2],
      ],
    })
    await next.stop(deadline())
  })

  test('keeps taking and answering while the tables refuse, says 429 when too much waits, and catches up', async () => {
    let isFull = true
    const failing: Engine = {
      kind: engine.kind,
      name: engine.name,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      define: (statement) => engine.define(statement),
      read: (text, options) => engine.read(text, options),
      write: (table, columns, options) =>
        isFull ? Promise.reject(diskFull({ detail: 'test' })) : engine.write(table, columns, options),
    }
    const store = await open({ engine: failing, head: { max_pending_bytes: 5_000 } })
    let taken = 0
    const more = (): Promise<unknown> =>
      write(
        store.consumer,
        Array.from({ length: 20 }, (_, i): Row => [{ __name__: 'm', i: String(i) }, T + taken, 1]),
        tenant,
      )
    for (; taken < 3; taken++) await more()
    await expect(store.flush()).rejects.toMatchObject({ code: 'store.disk_full' })
    await expect(
      (async () => {
        for (;;) {
          await more()
          taken++
        }
      })(),
    ).rejects.toMatchObject({ code: 'ingest.overloaded', retry: true })
    expect(Object.values(await read(store)).flat().length).toBe(taken * 20)
    isFull = false
    await store.flush()
    expect(await stored()).toBe(taken * 20)
    await more()
    await store.stop(deadline())
  })

  test('keeps native histograms, exemplars and metadata over a restart, from the log and from the tables', async () => {
    const histogram: NativeHistogram = {
      schema: 3,
      zeroThreshold: 0.001,
      zeroCount: 2,
      count: 9.5,
      sum: -1.5,
      stale: false,
      integer: false,
      positive: { offsets: [-2, 2], lengths: [1, 2], counts: [1, 2.5, 3] },
      negative: { offsets: [], lengths: [], counts: [] },
      customValues: [],
      resetHint: 'gauge',
    }
    const stale = { ...histogram, stale: true, sum: STALE_NAN }
    const first = await open()
    const table = first.consumer.seriesTable(tenant)
    const ref = table.resolve(LabelSet.of({ __name__: 'm', job: 'h' })) as number
    const exemplar = { labels: LabelSet.of({ trace_id: 'abc' }), value: 0.5, timestamp: unixMs(T + 7) }
    const batch: MetricsBatch = {
      generation: table.generation,
      samples: NO_SAMPLES,
      histograms: {
        refs: Uint32Array.of(ref, ref, ref),
        timestamps: Float64Array.of(T, T + 10, T),
        values: [histogram, stale, histogram],
        startTimestamps: Float64Array.of(T - 5, 0, T - 5),
      },
      exemplars: [
        { ref, ...exemplar },
        { ref, ...exemplar },
      ],
      metadata: [{ metric: 'm', type: 'histogram', help: 'helps', unit: 's' }],
    }
    expect(await first.consumer.consumeMetrics(batch, ingest(tenant))).toMatchObject({ accepted: 3, rejected: 0 })
    const check = async (store: MetricsStore): Promise<void> => {
      const range = { start: unixMs(T), end: unixMs(T + 100) }
      const selection = await store.querier.select([m], range, { starts: true }, query({}, tenant))
      const blocks = []
      for await (const block of selection.read()) blocks.push(block)
      expect(blocks.map(({ rows }) => Array.from(rows, (row) => String(selection.labels.at(row))))).toEqual([
        ['m{job="h"}'],
      ])
      expect(blocks[0]?.histograms?.values[0]).toEqual(histogram)
      expect([...(blocks[0]?.histograms?.timestamps ?? [])]).toEqual([T, T + 10])
      expect([...(blocks[0]?.histograms?.starts ?? [])]).toEqual([T - 5, 0])
      expect(blocks[0]?.histograms?.values[1]?.stale).toBe(true)
      expect(await store.querier.findExemplars([[m]], range, query({}, tenant))).toEqual([
        { labels: LabelSet.of({ __name__: 'm', job: 'h' }), exemplars: [exemplar] },
      ])
      expect(await store.querier.findMetadata('m', { limit: 0 }, query({}, tenant))).toEqual(
        new Map([['m', batch.metadata]]),
      )
    }
    await check(first)
    const second = await open()
    await check(second)
    await second.stop(deadline())
    const third = await open()
    await check(third)
    third.head.raiseWatermark(T + 50)
    await check(third)
    await third.stop(deadline())
  })

  test('lists series, label names and values from memory and tables as one', async () => {
    const store = await open()
    const day = 86_400_000
    await write(
      store.consumer,
      [
        [{ __name__: 'm', old: 'x', job: 'a' }, T - 3 * day, 1],
        [{ __name__: 'm', job: 'b' }, T, 1],
        [{ __name__: 'n', job: 'c' }, T, 1],
      ],
      tenant,
    )
    const ctx = query({}, tenant)
    const all = { limit: 0 }
    const check = async (): Promise<void> => {
      const { querier } = store
      const ever = { start: unixMs(T - 10 * day), end: unixMs(T + 1) }
      const now = { start: unixMs(T - 1000), end: unixMs(T + 1) }
      expect((await querier.findSeries([[m]], ever, all, ctx)).map(String)).toEqual([
        'm{job="a", old="x"}',
        'm{job="b"}',
      ])
      expect(await querier.labelNames([], ever, all, ctx)).toEqual(['__name__', 'job', 'old'])
      expect(await querier.labelNames([], now, all, ctx)).toEqual(['__name__', 'job'])
      expect(await querier.labelValues('job', [], ever, all, ctx)).toEqual(['a', 'b', 'c'])
      expect(await querier.labelValues('job', [], ever, { limit: 2 }, ctx)).toEqual(['a', 'b'])
      expect(await querier.labelValues('job', [], now, all, ctx)).toEqual(['b', 'c'])
      expect(await querier.labelValues('job', [[m]], ever, all, ctx)).toEqual(['a', 'b'])
      expect(await querier.labelValues('none', [], ever, all, ctx)).toEqual([])
    }
    await check()
    store.head.raiseWatermark(T - day)
    await check()
    await store.flush()
    store.head.raiseWatermark(T + day)
    await check()
    await store.stop(deadline())
  })

  test('stops a query at its limits of samples and series, in memory and in the tables', async () => {
    const store = await open()
    const rows = Array.from({ length: 30 }, (_, i): Row => [{ __name__: 'm', i: String(i % 3) }, T + i, i])
    await write(store.consumer, rows, tenant)
    const check = async (): Promise<void> => {
      const run = (limits: { maxSamples?: number; maxSeries?: number }): Promise<unknown> =>
        select(store.querier, [m], T, T + 100, query(limits, tenant))
      await expect(run({ maxSamples: 29 })).rejects.toMatchObject({ code: 'query.too_many_samples' })
      await expect(run({ maxSeries: 2 })).rejects.toMatchObject({ code: 'query.too_many_series' })
      expect(Object.keys((await run({ maxSamples: 30, maxSeries: 3 })) as object).length).toBe(3)
    }
    await check()
    store.head.raiseWatermark(T + 1000)
    await check()
    await store.stop(deadline())
  })

  test('tells of each refused row, and keeps the good ones', async () => {
    const store = await open()
    await write(store.consumer, [[{ __name__: 'm' }, T, 1]], tenant)
    const result = await write(
      store.consumer,
      [
        [{ __name__: 'm' }, T, 2],
        [{ __name__: 'm' }, T + 1, 3],
        [{ __name__: 'm' }, T - 7_200_000, 4],
        [{ __name__: 'm' }, T, 1],
      ],
      tenant,
    )
    expect(result).toMatchObject({
      accepted: 2,
      rejected: 2,
      rejections: [
        { row: 0, code: 'duplicate_timestamp' },
        { row: 2, code: 'too_old' },
      ],
    })
    expect(await read(store)).toEqual({
      m: [
        [T, 1],
        [T + 1, 3],
      ],
    })
    await store.stop(deadline())
  })

  test('refuses a batch whose refs are void, and writes after its stop, as things to send again', async () => {
    const store = await open()
    const batch = batchOf(store.consumer, [[{ __name__: 'm' }, T, 1]], tenant)
    await expect(
      store.consumer.consumeMetrics({ ...batch, generation: batch.generation - 1 }, ingest(tenant)),
    ).rejects.toMatchObject({ code: 'ingest.stale_refs', retry: true })
    await store.stop(deadline())
    await expect(store.consumer.consumeMetrics(batch, ingest(tenant))).rejects.toMatchObject({
      code: 'store.stopped',
      retry: true,
    })
  })

  test('counts what the cardinality page shows', async () => {
    const store = await open({ limits: { max_global_series_per_metric: 5 } })
    const rows = Array.from({ length: 5 }, (_, i): Row => [
      { __name__: 'm', pod: `p${i}`, job: i < 3 ? 'a' : 'b' },
      T + i,
      i,
    ])
    await write(store.consumer, rows, tenant)
    store.consumer.seriesTable(tenant).resolve(LabelSet.of({ __name__: 'm', pod: 'p6', job: 'a' }))
    const got = await store.querier.cardinality({ limit: 2, selector: [] }, query({}, tenant))
    expect(got).toEqual({
      series: 5,
      chunks: expect.any(Number),
      labelPairs: 8,
      minTime: T,
      maxTime: T + 4,
      byMetric: [{ name: 'm', value: 5 }],
      valuesByLabel: [
        { name: 'pod', value: 5 },
        { name: 'job', value: 2 },
      ],
      seriesByLabel: [
        { name: '__name__', value: 5 },
        { name: 'job', value: 5 },
      ],
      byPair: [
        { name: '__name__=m', value: 5 },
        { name: 'job=a', value: 3 },
      ],
      bytesByLabel: [
        { name: 'pod', value: 10 },
        { name: 'job', value: 2 },
      ],
      limits: { series: 1_000_000, seriesPerMetric: 5 },
      refusals: [{ metric: 'm', label: 'pod', count: 1 }],
    })
    await store.stop(deadline())
  })
})

/** A matcher on a series in its printed form, without the code under test. */
