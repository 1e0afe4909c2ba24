import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { durationMs } from '../../src/core/time.ts'
import type { Engine } from '../../src/store/engine.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { NO_MOUNT, smallDisk, takeAllRoom } from '../support/small-disk.ts'

const DISK_BYTES = 96 * 1024 * 1024
const { signal } = new AbortController()

async function count(engine: Engine): Promise<number> {
  for await (const { columns } of engine.read(sql`SELECT count() AS c FROM t`, { signal, timeout: durationMs(30_000) }))
    return Number((columns['c'] as BigUint64Array)[0])
  return -1
}

const ROWS = 100_000

/** Rows that do not compress: a batch takes 800 kB. */
async function write(engine: Engine, batch: number): Promise<void> {
  const n = new BigUint64Array(ROWS)
  let state = BigInt(batch + 1)
  for (let i = 0; i < ROWS; i++) {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    n[i] = state
  }
  await engine.write('t', [{ name: 'n', type: 'UInt64', data: n }], { rows: ROWS, dedupToken: `${batch}`, signal })
}

/** Writes until the disk is full; the number of acknowledged batches, and the error. */
async function fill(engine: Engine, from: number): Promise<{ batches: number; error: unknown }> {
  for (let batch = from; batch < from + 1000; batch++) {
    try {
      await write(engine, batch)
    } catch (error) {
      return { batches: batch - from, error }
    }
  }
  return { batches: 1000, error: undefined }
}

describe('a full disk', () => {
  test('refuses writes with store.disk_full, answers queries, and recovers once there is room', (context) =>
    withFolder(async (folder) => {
      const disk = (await smallDisk(folder, DISK_BYTES)) ?? context.skip(NO_MOUNT)
      const engine = embeddedEngine(disk.path)
      await engine.start(signal)
      try {
        await engine.define(
          'CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 1000',
        )
        const ballast = join(disk.path, 'ballast')
        await writeFile(ballast, Buffer.alloc(30 * 1024 * 1024, 1))
        const { batches, error } = await fill(engine, 0)
        expect(error).toMatchObject({ code: 'store.disk_full', retry: true })
        expect(batches).toBeGreaterThan(5)
        expect(await count(engine)).toBe(batches * ROWS)
        // ClickHouse keeps some room for its merges: now there is not even that.
        const rest = join(disk.path, 'rest')
        await takeAllRoom(disk, rest)
        await expect(write(engine, batches)).rejects.toMatchObject({ code: 'store.disk_full' })
        expect(await count(engine)).toBe(batches * ROWS)
        await rm(ballast)
        await rm(rest)
        await write(engine, batches)
        expect(await count(engine)).toBe((batches + 1) * ROWS)
        // What was acknowledged is still there when the store is opened again on a full disk.
        await takeAllRoom(disk, ballast)
        expect((await statfs(disk.path)).bavail).toBe(0)
        await engine.stop(AbortSignal.timeout(10_000))
        await engine.start(signal)
        expect(await count(engine)).toBe((batches + 1) * ROWS)
      } finally {
        await engine.stop(AbortSignal.timeout(10_000))
        await disk.remove()
      }
    }))
})
