import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs } from '../../src/core/time.ts'
import { STALE_HI, STALE_LO, setStale } from '../../src/model/stale.ts'
import { storeSection } from '../../src/store/config.ts'
import type { Block, Column, Engine } from '../../src/store/engine.ts'
import { int64From } from '../../src/store/native-encode.ts'
import { StoreSchema } from '../../src/store/open.ts'
import { param, sql } from '../../src/store/sql/sql.ts'
import type { SqlPiece } from '../../src/store/sql/sql.ts'
import { embeddedEngine } from '../support/embedded-store.ts'

const { signal } = new AbortController()
const DAY = 86_400_000
const NOW = systemClock.now()
const SERIES = 500
const SCRAPES = 240

describe("the metrics' tables", () => {
  let path: string
  let engine: Engine
  const schema = (retention: string): StoreSchema =>
    new StoreSchema(storeSection.schema.parse({ retention: { metrics: retention } }), {
      engine,
      clock: systemClock,
      log: silentLog,
    })
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'bongsu-schema-'))
    engine = embeddedEngine(path)
    await engine.start(signal)
    await schema('15d').start(signal)
  })
  afterAll(async () => {
    await engine.stop(AbortSignal.timeout(10_000))
    await rm(path, { recursive: true })
  })

  let tokens = 0
  const write = (table: string, rows: number, columns: readonly Column[]): Promise<void> =>
    engine.write(table, columns, { rows, dedupToken: `${++tokens}`, signal })
  const read = async (query: SqlPiece): Promise<Block['columns']> => {
    for await (const block of engine.read(query, { signal, timeout: durationMs(30_000) })) return block.columns
    return {}
  }
  const samples = (timestamps: Float64Array, values: Float64Array, ids: BigUint64Array): Column[] => [
    { name: 'tenant', type: 'LowCardinality(String)', data: { constant: 'default' } },
    { name: 'metric', type: 'UInt32', data: new Uint32Array(ids.length).map((_, i) => Number(ids[i]) / 10) },
    { name: 'id', type: 'UInt64', data: ids },
    { name: 'ts', type: "DateTime64(3, 'UTC')", data: int64From(timestamps) },
    { name: 'val', type: 'Float64', data: values },
  ]

  test('a start timestamp that nobody gives costs nothing, a sample less than four bytes', async () => {
    const rows = SERIES * SCRAPES
    const scrape = (i: number): number => Math.floor(i / SERIES)
    const timestamps = new Float64Array(rows).map((_, i) => NOW - 2 * DAY + scrape(i) * 15_000 + ((i * 7919) % 5))
    const values = new Float64Array(rows).map((_, i) => (i % SERIES) * 1000 + scrape(i) * ((i % 7) + 1))
    const ids = BigUint64Array.from({ length: rows }, (_, i) => BigInt(i % SERIES) * 10n)
    await write('samples', rows, samples(timestamps, values, ids))
    await engine.define('OPTIMIZE TABLE samples FINAL')
    const { column, bytes } = await read(
      sql`SELECT column, sum(column_data_compressed_bytes) / sum(rows) AS bytes FROM system.parts_columns WHERE active AND table = 'samples' AND rows > 0 GROUP BY column`,
    )
    const cost = new Map((column as string[]).map((name, i) => [name, (bytes as Float64Array)[i] ?? 0]))
    expect(cost.get('st')).toBeLessThan(0.01)
    expect([...cost.values()].reduce((sum, one) => sum + one, 0)).toBeLessThan(4)
  })

  test('every part of every table is synced before it counts', async () => {
    const { name, engine_full: definitions } = await read(
      sql`SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name`,
    )
    expect(name).toEqual(['exemplars', 'histograms', 'metadata', 'migrations', 'samples', 'series'])
    const synced = expect.stringMatching(
      /fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1/,
    ) as string
    expect(definitions).toEqual((name as string[]).map(() => synced))
    // And so are tables that say nothing of it: the embedded server's own defaults.
    const { value } = await read(
      sql`SELECT value FROM system.merge_tree_settings WHERE name IN ('fsync_after_insert', 'fsync_part_directory', 'min_rows_to_fsync_after_merge')`,
    )
    expect(value).toEqual(['1', '1', '1'])
  })

  test('staleness markers keep their bits', async () => {
    const values = Float64Array.of(1, 2)
    setStale(values, 1)
    await write('samples', 2, samples(Float64Array.of(NOW, NOW + 1), values, BigUint64Array.of(9990n, 9990n)))
    const { val } = await read(sql`SELECT val FROM samples WHERE id = 9990 ORDER BY ts`)
    const back = val as Float64Array
    const words = new Uint32Array(back.buffer.slice(back.byteOffset + 8, back.byteOffset + 16))
    expect([words[0], words[1]]).toEqual([STALE_LO, STALE_HI])
  })

  test('a repeated sample in another batch stays as it was written: reading decides', async () => {
    const batch = samples(Float64Array.of(NOW), Float64Array.of(1), BigUint64Array.of(8880n))
    await write('samples', 1, batch)
    await write('samples', 1, batch)
    const { c } = await read(sql`SELECT count() AS c FROM samples WHERE id = 8880`)
    expect(c).toEqual(BigUint64Array.of(2n))
  })

  test('label queries read only their days, and find pairs by the index', async () => {
    const rows = 40_000
    const today = Math.floor(NOW / DAY)
    for (const day of [today - 1, today]) {
      await write('series', rows, [
        { name: 'day', type: 'Date', data: new Uint16Array(rows).fill(day) },
        { name: 'tenant', type: 'LowCardinality(String)', data: { constant: 'default' } },
        {
          name: 'metric_name',
          type: 'LowCardinality(String)',
          data: Array.from({ length: rows }, (_, i) => `m${i % 50}`),
        },
        { name: 'metric', type: 'UInt32', data: new Uint32Array(rows).map((_, i) => i % 50) },
        { name: 'id', type: 'UInt64', data: BigUint64Array.from({ length: rows }, (_, i) => BigInt(i)) },
        { name: 'labels', type: 'Map(LowCardinality(String), String)', data: labels(rows, day) },
      ])
    }
    const query = sql`SELECT id FROM series WHERE day = ${param('Date', today)} AND has(kv, ${param('String', `pod=p-${today}-777`)})`
    expect(await read(query)).toEqual({ id: BigUint64Array.of(777n) })
    const { explain } = await read(sql`EXPLAIN indexes = 1 ${query}`)
    const plan = (explain as string[]).join('\n')
    expect(plan).toMatch(/Min-Max[\s\S]*?Parts: 1\/2/)
    expect(plan).toMatch(/Name: kv_tokens[\s\S]*Granules: 1\/5/)
  })

  test('a shorter retention lets go of old parts, and of nothing else', async () => {
    const old = samples(Float64Array.of(NOW - 10 * DAY), Float64Array.of(1), BigUint64Array.of(7770n))
    await write('samples', 1, old)
    await schema('5d').start(signal)
    await engine.define('OPTIMIZE TABLE samples FINAL')
    const { c, young } = await read(sql`SELECT countIf(id = 7770) AS c, countIf(id = 9990) AS young FROM samples`)
    expect({ c, young }).toEqual({ c: BigUint64Array.of(0n), young: BigUint64Array.of(2n) })
  })
})

/** Three labels a row: the name, a job, and a pod of its own. */
function labels(rows: number, day: number): Column['data'] {
  const keys = Array.from({ length: rows * 3 }, (_, i) => ['__name__', 'job', 'pod'][i % 3] as string)
  const of = (row: number): string[] => [`m${row % 50}`, `j${row % 7}`, `p-${day}-${row}`]
  const values = Array.from({ length: rows }, (_, row) => of(row)).flat()
  return { ends: BigUint64Array.from({ length: rows }, (_, i) => BigInt(3 * i + 3)), items: [keys, values] }
}
