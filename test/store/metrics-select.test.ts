import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs, unixMs } from '../../src/core/time.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import type { Matcher } from '../../src/model/matcher.ts'
import { isStale, STALE_NAN } from '../../src/model/stale.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import type { Selection } from '../../src/signals/metrics.ts'
import type { Engine } from '../../src/store/engine.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import type { MetricsStore } from '../../src/write/metrics-store.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { metricsStore, never, query, selectAll, write } from '../support/metrics-store.ts'
import type { Row, Shown, StoreSetup } from '../support/metrics-store.ts'

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

function histogramOf(observations: number): NativeHistogram {
  return {
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: 0,
    count: observations,
    sum: observations,
    stale: false,
    integer: true,
    positive: { offsets: [0], lengths: [1], counts: [observations] },
    negative: { offsets: [], lengths: [], counts: [] },
    customValues: [],
    resetHint: 'unknown',
  }
}

describe('a selection', () => {
  test('answers the same whether rows come from memory, from the tables, or from both', async () => {
    const time = fc.integer({ min: 0, max: 40 }).map((n) => T - n * 400_000) // reaches over several two-hour buckets
    const labels = fc.record({
      __name__: fc.constant('m'),
      job: fc.constantFrom('', 'a', 'b'),
      pod: fc.constantFrom('', 'x', 'y z', 'é'),
    })
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 1, -1.5, 1e300, NaN, Infinity, STALE_NAN) },
      { weight: 1, arbitrary: fc.constantFrom(histogramOf(1), histogramOf(2)) },
    )
    const row: fc.Arbitrary<Row> = fc.oneof(
      fc.tuple(labels, time, value),
      fc.tuple(labels, time, value, fc.constantFrom(0, T - 5e7, T - 6e7)),
    )
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('write' as const), rows: fc.array(row, { maxLength: 12 }) }),
      },
      // All series at the same times: what a scrape brings.
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('scrape' as const), at: time, start: fc.constantFrom(0, T - 5e7) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'restart' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('raise' as const), to: time }) },
    )
    const condition: fc.Arbitrary<Matcher> = fc.record({
      name: fc.constantFrom('job', 'pod', 'none'),
      op: fc.constantFrom('=', '!=', '=~', '!~'),
      value: fc.constantFrom('', 'a', 'a|b', '.+', 'x.*', '.', '(y z)?'),
    })
    const plan = fc.array(step, { minLength: 1, maxLength: 12 })
    const setup = { head: { out_of_order_time_window: durationMs(1e12), max_age: durationMs(3e11) } }
    const everySeries = ['a', 'b'].flatMap((job) => ['', 'x', 'y z'].map((pod) => ({ __name__: 'm', job, pod })))
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.array(condition, { maxLength: 2 }),
        time,
        time,
        async (steps, conditions, start, end) => {
          tenant = `tenant-${++count}` as TenantId
          let store = await open(setup)
          const model = new Map<string, Map<number, Shown>>()
          let refused = 0
          const put = async (rows: readonly Row[]): Promise<void> => {
            const fresh: Row[] = []
            for (const one of rows) {
              const [set, t, held, begin = 0] = one
              const key = LabelSet.of(set).toString()
              const own = model.get(key) ?? new Map<number, Shown>()
              if (own.has(t)) continue
              const shown = typeof held === 'number' ? (isStale(held) ? 'stale' : held) : `count ${held.count}`
              model.set(key, own.set(t, [t, shown, begin]))
              fresh.push(one)
            }
            refused += (await write(store.consumer, fresh, tenant)).rejected
          }
          for (const one of steps) {
            if (one.kind === 'flush') await store.flush()
            else if (one.kind === 'raise') store.head.raiseWatermark(one.to)
            else if (one.kind === 'write') await put(one.rows)
            else if (one.kind === 'scrape') await put(everySeries.map((set): Row => [set, one.at, 7, one.start]))
            else {
              await store.stop(deadline())
              store = await open(setup)
            }
          }
          expect(refused).toBe(0)
          const passes = (text: string): boolean => conditions.every((c) => matches(c, text))
          const check = async (from: number, to: number): Promise<void> => {
            const want: Record<string, Shown[]> = {}
            for (const [key, own] of model) {
              const samples = [...own.values()].filter(([t]) => t >= from && t < to).sort(([a], [b]) => a - b)
              const isFloat = ([, shown]: Shown): boolean => !String(shown).startsWith('count')
              const rows = [...samples.filter(isFloat), ...samples.filter((shown) => !isFloat(shown))]
              if (rows.length > 0 && passes(key)) want[key] = rows
            }
            expect(await selectAll(store.querier, [m, ...conditions], from, to, query({}, tenant))).toEqual(want)
          }
          const ranges = [
            [-1e15, 1e15],
            [Math.min(start, end), Math.max(start, end)],
          ] as const
          for (const [from, to] of ranges) await check(from, to)
          await store.flush()
          store.head.raiseWatermark(1e15)
          for (const [from, to] of ranges) await check(from, to)
          await store.stop(deadline())
        },
      ),
      { numRuns: 25 },
    )
  })

  test('reads labels as columns, of series that the head knows and of others, also after its end', async () => {
    const first = await open()
    const day = 86_400_000
    await write(
      first.consumer,
      [
        [{ __name__: 'm', job: 'a', gone: 'x' }, T - 3 * day, 1],
        [{ __name__: 'm', job: 'b', gone: 'y' }, T - 3 * day, 1],
        [{ __name__: 'm', job: 'a' }, T, 1],
        [{ __name__: 'm', job: 'c' }, T, 1],
      ],
      tenant,
    )
    await first.stop(deadline())
    const store = await open({ head: { max_age: durationMs(day) } })
    const selection = await all(store)
    let samples = 0
    for await (const { values } of selection.read()) samples += values.length
    expect(samples).toBe(4)
    const { labels } = selection
    expect([...labels.names].sort()).toEqual(['__name__', 'gone', 'job'])
    const sets = Array.from({ length: labels.size }, (_, row) => labels.at(row))
    for (const name of ['__name__', 'gone', 'job', 'none']) {
      const { ids, valueOf } = labels.column(name)
      expect(Array.from(ids, valueOf)).toEqual(sets.map((set) => set.get(name) ?? ''))
      expect(new Set(ids).size).toBe(new Set(sets.map((set) => set.get(name))).size)
      expect(Array.from(ids, (id) => id === 0)).toEqual(sets.map((set) => !set.has(name)))
    }
    await store.stop(deadline())
  })

  test('lets go of what it holds when it is closed, read or not, twice or in the middle', async () => {
    const store = await open()
    const rows = Array.from({ length: 40 }, (_, i): Row => [{ __name__: 'm', i: String(i) }, T + i, i])
    await write(store.consumer, rows, tenant)
    await store.flush()
    store.head.raiseWatermark(T + 20)
    const unread = await all(store)
    unread.close()
    unread.close()
    const broken = await all(store)
    for await (const block of broken.read()) {
      expect(block.values.length).toBeGreaterThan(0)
      broken.close()
    }
    const left = await all(store)
    for await (const _ of left.read()) break
    left.close()
    // Nothing is pinned any more: all rows leave.
    store.head.raiseWatermark(T + 1000)
    await store.head.maintain(never)
    expect(store.head.sampleCount).toBe(0)
    await store.stop(deadline())
  })

  test('ends with the reason of its caller', async () => {
    const store = await open()
    await write(store.consumer, [[{ __name__: 'm' }, T, 1]], tenant)
    const caller = new AbortController()
    const range = { start: unixMs(0), end: unixMs(T + 1) }
    const ctx = { ...query({}, tenant), signal: caller.signal }
    const selection = await store.querier.select([m], range, { starts: false }, ctx)
    caller.abort(new Error('gone'))
    await expect(selection.read()[Symbol.asyncIterator]().next()).rejects.toThrow('gone')
    await store.stop(deadline())
  })

  test('is of before as far as the store says that nothing changed since', async () => {
    const store = await open()
    const { querier } = store
    const before = querier.changes(tenant)
    expect(before.oldestChange).toBe(-Infinity)
    expect(querier.changes(tenant, before.mark).oldestChange).toBe(Infinity)
    await write(store.consumer, [[{ __name__: 'm' }, T, 1]], tenant)
    const first = querier.changes(tenant, before.mark)
    expect(first.oldestChange).toBe(T)
    await write(store.consumer, [[{ __name__: 'm' }, T, 1]], tenant) // a repeat changes nothing
    expect(querier.changes(tenant, first.mark)).toEqual({ mark: first.mark, oldestChange: Infinity })
    await write(store.consumer, [[{ __name__: 'm' }, T - 5_000, histogramOf(1)]], tenant)
    expect(querier.changes(tenant, first.mark).oldestChange).toBe(T - 5_000)
    store.head.raiseWatermark(T + 10_000) // a late row, which the head does not keep
    await write(store.consumer, [[{ __name__: 'm' }, T - 60_000, 3]], tenant)
    expect(querier.changes(tenant, first.mark).oldestChange).toBe(T - 60_000)
    const { mark } = querier.changes(tenant)
    await store.stop(deadline())
    const again = await open()
    expect(again.querier.changes(tenant, mark).oldestChange).toBe(-Infinity)
    await again.stop(deadline())
  })
})

function all(store: MetricsStore): Promise<Selection> {
  const range = { start: unixMs(-1e15), end: unixMs(1e15) }
  return store.querier.select([m], range, { starts: false }, query({}, tenant))
}

function matches({ name, op, value }: Matcher, series: string): boolean {
  const text = new RegExp(`${name}="([^"]*)"`).exec(series)?.[1] ?? ''
  const isRegexp = op === '=~' || op === '!~'
  const holds = isRegexp ? new RegExp(`^(?:${value})$`, 's').test(text) : text === value
  return op === '=' || op === '=~' ? holds : !holds
}
