/**
 * What every `Engine` must do (src/store/engine.ts). Run by engine.test.ts over each implementation:
 * `engineConformance(name, harness)` describes the suite; an implementation lists what it can't.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs } from '../../src/core/time.ts'
import { STALE_HI, STALE_LO } from '../../src/model/stale.ts'
import type { Block, Column, ColumnData, Engine, ReadOptions, Sql, SqlValue } from '../../src/store/engine.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import type { Migration } from '../../src/store/migrate.ts'
import { applyRetention } from '../../src/store/retention.ts'
import { identifier, param, sql } from '../../src/store/sql/sql.ts'

export interface EngineHarness {
  /** A started engine over an empty store. */
  open(): Promise<Engine>
  /** Stops the engine and starts another over the same data. */
  reopen(engine: Engine): Promise<Engine>
  /** Stops the engine and removes its data. */
  close(engine: Engine): Promise<void>
}

const never = new AbortController().signal
const options: ReadOptions = { signal: never, timeout: durationMs(60_000) }
/** Runs for minutes unless it is ended. */
const ENDLESS = sql`SELECT sum(sipHash64(number)) AS s FROM numbers(100000000000)`
const RECENT = 1_700_000_000_000

export function engineConformance(name: string, harness: EngineHarness): void {
  describe(`engine: ${name}`, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await harness.open()
    })
    afterAll(() => harness.close(engine))
    const current = (): Engine => engine

    describe('columns', () => {
      columns(current)
    })
    describe('writes', () => {
      writes(current)
    })
    describe('reads', () => {
      reads(current)
    })
    describe('values', () => {
      values(current)
    })
    describe('ends of a query', () => {
      ends(current)
    })
    describe('migrations', () => {
      migrations(current)
    })
    test('keeps what was acknowledged when it is opened again', async () => {
      await engine.define('CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n')
      await write(engine, 'kept', [{ name: 'n', type: 'UInt64', data: BigUint64Array.of(1n, 2n, 3n) }], 3)
      engine = await harness.reopen(engine)
      expect(await all(engine, sql`SELECT n FROM kept ORDER BY n`)).toEqual({ n: [1n, 2n, 3n] })
    })
  })
}

function columns(engine: () => Engine): void {
  const cases: [type: string, data: Column['data']][] = [
    ['UInt8', Uint8Array.of(0, 255)],
    ['UInt16', Uint16Array.of(0, 65_535)],
    ['UInt32', Uint32Array.of(0, 4_294_967_295)],
    ['UInt64', BigUint64Array.of(0n, 2n ** 64n - 1n)],
    ['Int8', Int8Array.of(-128, 127)],
    ['Int16', Int16Array.of(-32_768, 32_767)],
    ['Int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ['Int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ['Float32', Float32Array.of(-0, Infinity)],
    ['Float64', Float64Array.of(-0, -Infinity)],
    ['Date', Uint16Array.of(0, 20_000)],
    ["DateTime('UTC')", Uint32Array.of(0, 1_700_000_000)],
    ["DateTime64(3, 'UTC')", BigInt64Array.of(-1n, BigInt(RECENT))],
    ["DateTime64(9, 'UTC')", BigInt64Array.of(0n, BigInt(RECENT) * 1_000_000n + 1n)],
    ['String', ['', "\n\n'\\\0\t 日本語 😀"]],
    ['FixedString(3)', Uint8Array.of(0, 10, 10, 255, 254, 253)],
    ['LowCardinality(String)', ['', 'b']],
    ['Array(Float64)', { ends: BigUint64Array.of(0n, 2n), items: [Float64Array.of(1, 2)] }],
    ['Array(Float64)', { ends: BigUint64Array.of(0n, 0n), items: [new Float64Array(0)] }],
    ['Array(LowCardinality(String))', { ends: BigUint64Array.of(2n, 3n), items: [['a', 'b', 'a']] }],
    ['Array(LowCardinality(String))', { ends: BigUint64Array.of(0n, 0n), items: [[]] }],
    [
      'Array(Array(Int32))',
      { ends: BigUint64Array.of(1n, 2n), items: [{ ends: BigUint64Array.of(1n, 1n), items: [Int32Array.of(-7)] }] },
    ],
    [
      'Map(LowCardinality(String), String)',
      {
        ends: BigUint64Array.of(2n, 2n),
        items: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
    ],
    ['Map(String, UInt64)', { ends: BigUint64Array.of(0n, 1n), items: [['k'], BigUint64Array.of(5n)] }],
  ]
  test.each(cases)('gives back %s as it was written', async (type, data) => {
    const table = 'column_cases'
    await engine().define(`CREATE TABLE ${table} (row UInt8, c ${type}) ENGINE = MergeTree ORDER BY row`)
    const row: Column = { name: 'row', type: 'UInt8', data: Uint8Array.of(0, 1) }
    await write(engine(), table, [row, { name: 'c', type, data }], 2)
    const blocks = await collect(engine(), sql`SELECT c FROM ${identifier(table)} ORDER BY row`)
    await engine().define(`DROP TABLE ${table} SYNC`)
    expect(blocks.map((block) => block.columns['c'])).toEqual([data])
  })

  test('repeats a constant', async () => {
    await engine().define(
      'CREATE TABLE constants (a String, b LowCardinality(String), n UInt8) ENGINE = MergeTree ORDER BY n',
    )
    const constants: Column[] = [
      { name: 'a', type: 'String', data: { constant: 'x' } },
      { name: 'b', type: 'LowCardinality(String)', data: { constant: 'y' } },
      { name: 'n', type: 'UInt8', data: Uint8Array.of(1, 2, 3) },
    ]
    await write(engine(), 'constants', constants, 3)
    expect(await all(engine(), sql`SELECT a, b, n FROM constants ORDER BY n`)).toEqual({
      a: ['x', 'x', 'x'],
      b: ['y', 'y', 'y'],
      n: [1, 2, 3],
    })
  })

  test("keeps a NaN's bits through merges", async () => {
    await engine().define(
      'CREATE TABLE nans (n UInt8, v Float64 CODEC(Delta(8), ZSTD(1))) ENGINE = MergeTree ORDER BY n',
    )
    const stale = (BigInt(STALE_HI) << 32n) | BigInt(STALE_LO)
    const bits = BigUint64Array.of(stale, 0x7ff8000000000001n, 0xfff8000000000000n)
    for (const [n] of bits.entries()) {
      const v = new Float64Array(bits.slice(n, n + 1).buffer)
      await write(
        engine(),
        'nans',
        [
          { name: 'n', type: 'UInt8', data: Uint8Array.of(n) },
          { name: 'v', type: 'Float64', data: v },
        ],
        1,
      )
    }
    await engine().define('OPTIMIZE TABLE nans FINAL')
    const [block] = await collect(engine(), sql`SELECT v FROM nans ORDER BY n`)
    const got = block?.columns['v'] as Float64Array
    expect(bitsOf(got)).toEqual(bits)
  })
}

function writes(engine: () => Engine): void {
  const counted = async (table: string): Promise<unknown> =>
    (await all(engine(), sql`SELECT count() AS c FROM ${identifier(table)}`))['c']?.[0]
  const numbers = (...n: bigint[]): Column[] => [{ name: 'n', type: 'UInt64', data: BigUint64Array.from(n) }]

  test('a token that was written already changes nothing', async () => {
    await engine().define(
      'CREATE TABLE dedup (n UInt64) ENGINE = MergeTree PARTITION BY n % 2 ORDER BY n SETTINGS non_replicated_deduplication_window = 1000',
    )
    const token = { rows: 2, signal: never, dedupToken: 'a' }
    await engine().write('dedup', numbers(1n, 2n), token)
    await engine().write('dedup', numbers(1n, 2n), token)
    await engine().write('dedup', numbers(1n, 2n), { ...token, dedupToken: 'b' })
    expect(await counted('dedup')).toBe(4n)
  })

  test('a large batch is one part, so it is there as a whole or not at all', async () => {
    await engine().define('CREATE TABLE large (n UInt64) ENGINE = MergeTree ORDER BY n')
    const n = BigUint64Array.from({ length: 300_000 }, (_, i) => BigInt(i))
    await write(engine(), 'large', [{ name: 'n', type: 'UInt64', data: n }], n.length)
    expect(await all(engine(), sql`SELECT count() AS c, uniqExact(_part) AS p FROM large`)).toEqual({
      c: [300_000n],
      p: [1n],
    })
  })

  test('no rows are written without a trace', async () => {
    await write(engine(), 'dedup', numbers(), 0)
    expect(await counted('dedup')).toBe(4n)
  })

  test('an aborted write is not begun', async () => {
    const reason = new Error('gone')
    const write1 = engine().write('dedup', numbers(9n), { rows: 1, dedupToken: 'c', signal: AbortSignal.abort(reason) })
    await expect(write1).rejects.toBe(reason)
    expect(await counted('dedup')).toBe(4n)
  })

  test.each([
    ['a table that is not there', 'nowhere', numbers(1n)],
    ['a column that is not there', 'dedup', [{ name: 'm', type: 'UInt64', data: BigUint64Array.of(1n) }]],
  ])('refuses %s', async (_, table, data) => {
    await expect(write(engine(), table, data, 1)).rejects.toMatchObject({ code: 'store.refused', retry: false })
  })

  test.each(['a b', 'dedup; DROP TABLE dedup', "x'"])('takes %j for no table', async (table) => {
    await expect(write(engine(), table, numbers(1n), 1)).rejects.toThrow(/BUG/)
  })

  test('writes and reads at once', async () => {
    await engine().define('CREATE TABLE busy (n UInt64) ENGINE = MergeTree ORDER BY n')
    const writing = Array.from({ length: 10 }, (_, i) =>
      write(engine(), 'busy', numbers(BigInt(2 * i), BigInt(2 * i + 1)), 2),
    )
    const reading = Array.from({ length: 20 }, () => all(engine(), sql`SELECT count() % 2 AS half FROM busy`))
    await Promise.all(writing)
    expect((await Promise.all(reading)).map(({ half }) => half)).toEqual(reading.map(() => [0]))
    expect(await counted('busy')).toBe(20n)
  })
}

function reads(engine: () => Engine): void {
  test('a result without rows has no blocks', async () => {
    expect(await collect(engine(), sql`SELECT number FROM numbers(0)`)).toEqual([])
  })

  test('streams a result that is larger than the memory it may use', async () => {
    let rows = 0
    let most = 0
    const before = process.memoryUsage().rss
    const query = sql`SELECT number, toString(number) AS text FROM numbers(3000000)`
    for await (const block of engine().read(query, { ...options, maxMemoryBytes: 100_000_000 })) {
      rows += block.rows
      most = Math.max(most, process.memoryUsage().rss)
    }
    expect(rows).toBe(3_000_000)
    expect((most - before) / 1e6).toBeLessThan(150) // the result is 45 MB as bytes, and several times that as strings
  })

  test('a consumer that stops pulling cancels the query, and the engine goes on', async () => {
    for (let i = 0; i < 10; i++) {
      for await (const block of engine().read(sql`SELECT number FROM numbers(100000000000)`, options)) {
        expect(block.rows).toBeGreaterThan(0)
        break
      }
    }
    await gone(engine())
  })

  test('errors name the cause', async () => {
    const wrong = collect(engine(), sql`SELECT nonsense`)
    await expect(wrong).rejects.toMatchObject({
      code: 'store.refused',
      message: expect.stringContaining('nonsense') as string,
    })
  })

  test('an error in the middle of a result is an error, not an end', async () => {
    const late = collect(engine(), sql`SELECT throwIf(number = 3000000, 'late') FROM numbers(10000000)`)
    await expect(late).rejects.toMatchObject({
      code: 'store.refused',
      message: expect.stringContaining('late') as string,
    })
  })

  test('a query beyond its memory fails alone', async () => {
    const hungry = collect(engine(), sql`SELECT groupArray(number) AS a FROM numbers(100000000)`, {
      maxMemoryBytes: 50_000_000,
    })
    await expect(hungry).rejects.toMatchObject({ code: 'store.memory_limit' })
    expect(await all(engine(), sql`SELECT 1 AS one`)).toEqual({ one: [1] })
  })
}

function values(engine: () => Engine): void {
  const nasty = [
    '',
    "'",
    "\\'",
    '\\',
    "\\\\' OR 1=1 -- ",
    '{p0:String}',
    '\n\nDROP TABLE dedup',
    '"; DROP TABLE dedup; --',
    '\t\r\b\f\0end',
    '/* */ -- #',
    '日本語 😀',
    "'; SELECT 1 FORMAT TSV; ",
    '%_',
    '?',
    '${x}',
  ]
  test.each(nasty)('binds the text %j as itself', async (text) => {
    const query = sql`SELECT ${param('String', text)} AS s, ${param('Array(String)', [text, 'x', text])} AS a, ${param('String', '2')} AS b`
    const [block] = await collect(engine(), query)
    expect(block?.columns).toMatchObject({ s: [text], b: ['2'] })
    expect(block?.columns['a']).toMatchObject({ items: [[text, 'x', text]] })
  })

  const cases: [type: string, value: SqlValue, want: unknown][] = [
    ['UInt64', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['Int64', -5, -5n],
    ['Float64', 0.1, 0.1],
    ['Float64', -Infinity, -Infinity],
    ['Float64', NaN, NaN],
    ['Date', '2024-02-29', 19_782],
    ['Date', 19_782, 19_782],
    ["DateTime64(3, 'UTC')", '2024-02-29 00:00:00.001', 1_709_164_800_001n],
    ['LowCardinality(String)', "a'b", "a'b"],
  ]
  test.each(cases)('binds %s %s', async (type, value, want) => {
    expect(await all(engine(), sql`SELECT ${param(type, value)} AS v`)).toEqual({ v: [want] })
  })

  test('binds long lists', async () => {
    const ids = Array.from({ length: 50_000 }, (_, i) => BigInt(i) * 2n)
    const query = sql`SELECT count() AS c FROM numbers(100000) WHERE number IN ${param('Array(UInt64)', ids)}`
    expect(await all(engine(), query)).toEqual({ c: [50_000n] })
  })

  test('keeps the values of queries at once apart', async () => {
    const each = Array.from({ length: 30 }, (_, i) =>
      all(engine(), sql`SELECT ${param('UInt32', i)} AS i, ${param('String', `s${i}`)} AS s`),
    )
    expect(await Promise.all(each)).toEqual(each.map((_, i) => ({ i: [i], s: [`s${i}`] })))
  })
}

function ends(engine: () => Engine): void {
  test('a query ends after its time', async () => {
    const began = performance.now()
    const slow = collect(engine(), ENDLESS, { timeout: durationMs(300) })
    await expect(slow).rejects.toMatchObject({ code: 'store.query_timeout' })
    expect(performance.now() - began).toBeLessThan(5_000)
    await gone(engine())
  })

  test.each([false, true])('an abort ends it with its own reason, a small result or not (%s)', async (isSmall) => {
    const controller = new AbortController()
    const reason = new Error('the client left')
    const query = collect(engine(), ENDLESS, { signal: controller.signal, isSmall })
    await busy(engine())
    controller.abort(reason)
    await expect(query).rejects.toBe(reason)
    await gone(engine())
  })

  test('a consumer that does not pull holds nothing beyond the time of its query', async () => {
    const held = Array.from({ length: 12 }, async () => {
      const blocks = engine().read(sql`SELECT number FROM numbers(100000000000)`, {
        ...options,
        timeout: durationMs(500),
      })
      const iterator = blocks[Symbol.asyncIterator]()
      return { iterator, first: await iterator.next().catch((error: unknown) => error) }
    })
    const iterators = await Promise.all(held)
    expect(await all(engine(), sql`SELECT 1 AS one`)).toEqual({ one: [1] })
    await gone(engine())
    const begun = iterators.filter(({ first }) => !(first instanceof Error))
    expect(begun.length).toBeGreaterThan(0)
    for (const { iterator } of begun)
      await expect(iterator.next()).rejects.toMatchObject({ code: 'store.query_timeout' })
  })

  test('an abort before the beginning begins nothing', async () => {
    const reason = new Error('never mind')
    await expect(collect(engine(), ENDLESS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('many cancelled queries leave room for others', async () => {
    const controller = new AbortController()
    const cancelled = Array.from({ length: 12 }, () => collect(engine(), ENDLESS, { signal: controller.signal }))
    const outcome = Promise.allSettled(cancelled)
    await new Promise((resolve) => setImmediate(resolve)) // some run by now, the others wait for a session
    controller.abort(new Error('all of them'))
    expect((await outcome).map(({ status }) => status)).toEqual(cancelled.map(() => 'rejected'))
    expect(await all(engine(), sql`SELECT 1 AS one`)).toEqual({ one: [1] })
    await gone(engine())
  })
}

function migrations(engine: () => Engine): void {
  const run = (list: readonly Migration[]): Promise<void> =>
    migrate(list, { cluster: undefined }, { engine: engine(), clock: systemClock, log: silentLog, signal: never })
  const retain = (days: number): Promise<void> =>
    applyRetention(
      { metrics: durationMs(days * 86_400_000) },
      { cluster: undefined },
      { engine: engine(), log: silentLog, signal: never },
    )
  const definition = async (table: string): Promise<unknown> =>
    (
      await all(
        engine(),
        sql`SELECT engine_full AS e FROM system.tables WHERE database = currentDatabase() AND name = ${param('String', table)}`,
      )
    )['e']?.[0]

  test('run once each, in order, and the second start does nothing', async () => {
    const list = await loadMigrations()
    await run(list)
    await run(list)
    const { name } = await all(engine(), sql`SELECT name FROM migrations ORDER BY version`)
    expect(name).toEqual(list.map((one) => one.name))
  })

  test('a store of a newer program is refused', async () => {
    const list = await loadMigrations()
    await expect(run(list.slice(0, 2))).rejects.toMatchObject({ code: 'store.too_new' })
  })

  test('another history is refused', async () => {
    const list = (await loadMigrations()).map((one) => ({ ...one, text: `${one.text}, index_granularity = 1` }))
    await expect(run(list)).rejects.toMatchObject({ code: 'store.migration_changed' })
  })

  test('retention is set, changed, and left alone when it is right', async () => {
    await retain(15)
    expect(await definition('samples')).toContain('TTL toDateTime(ts) + toIntervalSecond(1296000)')
    await retain(30)
    await retain(30)
    expect(await definition('samples')).toContain('TTL toDateTime(ts) + toIntervalSecond(2592000)')
    expect(await definition('series')).toContain('TTL toDateTime(day) + toIntervalSecond(2678400)')
  })
}

async function collect(engine: Engine, query: Sql, changes: Partial<ReadOptions> = {}): Promise<readonly Block[]> {
  const blocks: Block[] = []
  for await (const block of engine.read(query, { ...options, ...changes })) blocks.push(block)
  return blocks
}

/** A small result as one array a column. */
async function all(engine: Engine, query: Sql): Promise<Record<string, readonly unknown[]>> {
  const result: Record<string, unknown[]> = {}
  for (const block of await collect(engine, query))
    for (const [column, cells] of Object.entries(block.columns))
      (result[column] ??= []).push(...(cells as Iterable<unknown> & ColumnData as unknown[]))
  return result
}

let tokens = 0

function write(engine: Engine, table: string, data: readonly Column[], rows: number): Promise<void> {
  return engine.write(table, data, { rows, dedupToken: `conformance-${++tokens}`, signal: never })
}

function bitsOf(floats: Float64Array): BigUint64Array {
  return new BigUint64Array(
    floats.buffer.slice(floats.byteOffset, floats.byteOffset + floats.byteLength) as ArrayBuffer,
  )
}

/** Queries of others that the engine works on: all but the one that asks. */
async function running(engine: Engine): Promise<number> {
  const query = sql`SELECT count() AS c FROM system.processes WHERE query LIKE '%numbers(1000000%' AND query NOT LIKE '%system.processes%'`
  return Number((await all(engine, query))['c']?.[0])
}

async function busy(engine: Engine, least = 1): Promise<void> {
  while ((await running(engine)) < least) await new Promise((resolve) => setImmediate(resolve))
}

async function gone(engine: Engine): Promise<void> {
  const began = performance.now()
  while ((await running(engine)) > 0) {
    if (performance.now() - began > 20_000) throw new Error('the query still runs')
  }
}
