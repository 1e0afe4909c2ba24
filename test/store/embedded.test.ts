import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { durationMs } from '../../src/core/time.ts'
import type { Block, Engine } from '../../src/store/engine.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'

const { signal } = new AbortController()
const options = { signal, timeout: durationMs(60_000) }

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  /** Lines so far. */
  readonly lines: readonly string[]
  /** The first line, from now or before, that begins so. */
  line(start: string): Promise<string>
  exit(): Promise<unknown>
}

const children: ChildProcessByStdio<Writable, Readable, null>[] = []
// Only a failed test leaves one running.
afterEach(() => children.splice(0).forEach((one) => one.kill('SIGKILL')))

function child(folder: string, mode: 'hold' | 'query' | 'write'): Child {
  const script = join(import.meta.dirname, '../support/store-child.ts')
  const started = spawn(process.execPath, ['--import', 'tsx', script, folder, mode], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  })
  children.push(started)
  const lines: string[] = []
  const reader = createInterface({ input: started.stdout }).on('line', (line) => lines.push(line))
  const exited = once(started, 'exit')
  const line = async (start: string): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => one.startsWith(start))
      if (found !== undefined) return found
      const [ended] = await Promise.race([once(reader, 'line'), exited.then(() => [null])])
      if (ended === null && !lines.some((one) => one.startsWith(start)))
        throw new Error(`no line "${start}" among ${JSON.stringify(lines)}`)
    }
  }
  return { process: started, lines, line, exit: async () => (await exited)[0] ?? (await exited)[1] }
}

async function first(engine: Engine, query: ReturnType<typeof sql>): Promise<Block['columns']> {
  for await (const block of engine.read(query, options)) return block.columns
  return {}
}

describe('an embedded store and other processes', () => {
  test('a second process is refused, told why, and the first goes on', () =>
    withFolder(async (folder) => {
      const engine = embeddedEngine(folder)
      await engine.start(signal)
      const second = child(folder, 'hold')
      expect(await second.line('failed')).toContain(
        `failed: store.locked: the data folder "${folder}" is in use by process ${process.pid}`,
      )
      expect(await second.exit()).toBe(3)
      expect(await first(engine, sql`SELECT 1 AS one`)).toEqual({ one: Uint8Array.of(1) })
      await engine.stop(AbortSignal.timeout(10_000))
    }))

  test("where the lock file is lost, ClickHouse's own lock refuses, and its words are in the error", () =>
    withFolder(async (folder) => {
      const engine = embeddedEngine(folder)
      await engine.start(signal)
      await rm(join(folder, 'lock'))
      const second = child(folder, 'hold')
      expect(await second.line('failed')).toMatch(/^failed: store\.open_failed: .*Code: 76.*Cannot lock file/)
      expect(await second.exit()).toBe(3)
      await engine.stop(AbortSignal.timeout(10_000))
    }))

  test('a folder of a process that was killed opens, with every acknowledged batch', () =>
    withFolder(async (folder) => {
      const writer = child(folder, 'write')
      await writer.line('acknowledged 20')
      writer.process.kill('SIGKILL')
      await writer.exit()
      const acknowledged = writer.lines.filter((line) => line.startsWith('acknowledged')).length
      const engine = embeddedEngine(folder)
      await engine.start(signal)
      const { whole } = await first(
        engine,
        sql`SELECT countIf(c = 1000) AS whole FROM (SELECT n, count() AS c FROM kept GROUP BY n)`,
      )
      await engine.stop(AbortSignal.timeout(10_000))
      expect(Number((whole as BigUint64Array)[0])).toBeGreaterThanOrEqual(acknowledged)
    }))

  test('a process that stops in the middle of queries and writes exits with 0', () =>
    withFolder(async (folder) => {
      const busy = child(folder, 'query')
      await busy.line('acknowledged 2')
      busy.process.stdin.end()
      expect(await busy.exit()).toBe(0)
      expect(busy.lines).toContain('query ended: store.stopped')
      expect(busy.lines).toContain('write ended: store.stopped')
      expect(await readdir(folder)).not.toContain('lock')
    }))
})

describe('an embedded store that can not be opened', () => {
  test('says what ClickHouse said', () =>
    withFolder(async (folder) => {
      const engine = embeddedEngine(folder)
      await engine.start(signal)
      await engine.define('CREATE TABLE broken (n UInt8) ENGINE = MergeTree ORDER BY n')
      await engine.stop(AbortSignal.timeout(10_000))
      const store = join(folder, 'clickhouse/store')
      const metadata = (await readdir(store, { recursive: true })).find((file) => file.endsWith('broken.sql')) ?? ''
      await writeFile(join(store, metadata), 'ATTACH TABLE broken WITH NONSENSE')
      await expect(engine.start(signal)).rejects.toMatchObject({
        code: 'store.open_failed',
        message: expect.stringMatching(/Code: 62.*Syntax error/) as string,
      })
      expect(await readdir(folder)).not.toContain('lock')
    }))

  test('work without a start is refused, and a stop without one does nothing', async () => {
    const engine = embeddedEngine('nowhere')
    await expect(engine.define('SELECT 1')).rejects.toMatchObject({ code: 'store.stopped' })
    await expect(engine.stop(AbortSignal.abort())).resolves.toBeUndefined()
  })
})
