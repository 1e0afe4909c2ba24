/**
 * ClickHouse notes the token of an insert before the rows are in place. A process that is killed in between leaves the token
 * without the rows: when the segment is written again, they must get there all the same.
 */
import { copyFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { NO_SPANS } from '../../src/model/histogram.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import type { Engine } from '../../src/store/engine.ts'
import { sampleColumns } from '../../src/store/metrics-tables.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { absentRows } from '../../src/store/stored-check.ts'
import type { SqlPiece } from '../../src/store/sql/sql.ts'
import { sql } from '../../src/store/sql/sql.ts'
import type { MetricsStore } from '../../src/write/metrics-store.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { metricsStore, never, select, write } from '../support/metrics-store.ts'
import type { Row } from '../support/metrics-store.ts'

const START = Math.floor(Date.now() / 1000) * 1000 - 60_000

interface Open {
  readonly engine: Engine
  readonly store: MetricsStore
}

async function open(folder: string): Promise<Open> {
  const engine = embeddedEngine(join(folder, 'data'))
  await engine.start(never)
  const deps = { engine, clock: systemClock, log: silentLog, signal: never }
  await migrate(await loadMigrations(), { cluster: undefined }, deps)
  const store = metricsStore({ engine, walFolder: join(folder, 'wal') })
  await store.start(never)
  return { engine, store }
}

async function close({ engine, store }: Open): Promise<void> {
  await store.stop(AbortSignal.timeout(10_000))
  await engine.stop(AbortSignal.timeout(10_000))
}

async function column(engine: Engine, query: SqlPiece, name: string): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const { columns } of engine.read(query, { signal: never, timeout: 60_000 as never })) {
    found.push(...(columns[name] as Iterable<unknown>))
  }
  return found
}

const histogram: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 1,
  count: 1,
  sum: 0,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  integer: true,
  resetHint: 'unknown',
  stale: false,
}

const rowsAt = (t: number): Row[] => [
  ...Array.from({ length: 50 }, (_, i): Row => [{ __name__: `written_${i % 3}`, series: String(i) }, t, i]),
  [{ __name__: 'native' }, t, histogram],
]

/** Writes two batches as two segments; keeps a copy of the second one's log, as it was before the tables had its rows. */
async function writeTwo(folder: string): Promise<{ readonly log: string; readonly parts: string[] }> {
  const opened = await open(folder)
  const { engine, store } = opened
  await write(store.consumer, rowsAt(START))
  await store.flush()
  const partsOf = (): Promise<unknown[]> =>
    column(engine, sql`SELECT path FROM system.parts WHERE active AND table IN ('samples', 'histograms')`, 'path')
  const before = await partsOf()
  await write(store.consumer, rowsAt(START + 1000))
  const [log = ''] = (await readdir(join(folder, 'wal'))).filter((file) => file.endsWith('.wal'))
  await copyFile(join(folder, 'wal', log), join(folder, 'kept'))
  await store.flush()
  const parts = (await partsOf()).filter((path) => !before.includes(path)) as string[]
  await close(opened)
  return { log, parts }
}

test('rows that are there are told from those that are not', async () => {
  await withFolder(async (folder) => {
    const { engine, store } = await open(folder)
    const time = fc.bigInt({ min: BigInt(START), max: BigInt(START + 5) })
    const key = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      time,
      fc.boolean(),
    )
    const keys =
      fc.sample(
        fc.uniqueArray(key, { minLength: 400, maxLength: 400, selector: (one) => one.slice(0, 3).join() }),
        1,
      )[0] ?? []
    const columnsOf = (some: typeof keys) => ({
      metrics: Uint32Array.from(some, ([metric]) => metric),
      ids: BigUint64Array.from(some, ([, id]) => id),
      timestamps: BigInt64Array.from(some, ([, , t]) => t),
    })
    const there = columnsOf(keys.filter(([, , , isThere]) => isThere))
    const bucket = { ...there, bucket: 0, series: new Uint32Array(0), rows: there.ids.length, starts: undefined }
    const columns = sampleColumns('t', { ...bucket, values: new Float64Array(bucket.rows) })
    await engine.write('samples', columns, { rows: bucket.rows, dedupToken: 'there', signal: never })
    const asked = { tenant: 't' as TenantId, keys: columnsOf(keys) }
    const absent = await absentRows(engine, 'samples', asked, never)
    expect([...absent]).toEqual([...keys.keys()].filter((i) => keys[i]?.[3] === false))
    await close({ engine, store })
  })
})

test.each([true, false])('a segment that is written again is there once, its part lost: %s', async (isLost) => {
  await withFolder(async (folder) => {
    const { log, parts } = await writeTwo(folder)
    expect(parts).toHaveLength(2)
    if (isLost) for (const part of parts) await rm(part, { recursive: true })
    await copyFile(join(folder, 'kept'), join(folder, 'wal', log))
    const again = await open(folder)
    await again.store.flush()
    for (const [table, rows] of [
      [sql`samples`, 100n],
      [sql`histograms`, 2n],
    ] as const) {
      expect(await column(again.engine, sql`SELECT count() AS rows FROM ${table}`, 'rows')).toEqual([rows])
    }
    await close(again)
    const last = await open(folder)
    const found = await select(last.store.querier, [{ name: '__name__', op: '=~', value: 'written_.' }])
    const times = Object.values(found).map((samples) => samples.map(([t]) => t))
    expect(times).toEqual(Array.from({ length: 50 }, () => [START, START + 1000]))
    await close(last)
  })
})
