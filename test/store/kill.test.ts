/** No acknowledged sample is lost, and none is stored twice, however often the process is killed. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { unixMs } from '../../src/core/time.ts'
import { param, sql } from '../../src/store/sql/sql.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { metricsStore, never, query, select } from '../support/metrics-store.ts'

const KILLS = 22
const SERIES = 20
const CHILD = join(import.meta.dirname, '../support/metrics-writer-child.ts')
const START = Math.floor(Date.now() / 1000) * 1000 - 3_000_000

/** Runs a writer until it has acknowledged `acks` batches and a moment more, kills it, and tells what it acknowledged. */
async function runAndKill(folder: string, run: number, acks: number): Promise<number[]> {
  const args = ['--import', 'tsx', CHILD, folder, String(run), String(START + run * 100_000)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const acknowledged: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ack ')) acknowledged.push(Number(line.slice(4)))
    if (acknowledged.length === acks) child.kill('SIGKILL')
  }
  await exited
  return acknowledged
}

test(`${KILLS} kills lose no acknowledged sample and store none twice`, { timeout: 300_000 }, async () => {
  await withFolder(async (folder) => {
    const acknowledged: number[][] = []
    for (let run = 0; run < KILLS; run++) {
      // From a kill at the first acknowledgement to one amid many flushes.
      acknowledged.push(await runAndKill(folder, run, 1 + ((run * 37) % 400)))
    }
    const engine = embeddedEngine(join(folder, 'data'))
    await engine.start(never)
    const store = metricsStore({ engine, walFolder: join(folder, 'wal') })
    await store.start(never)
    const name = { name: '__name__', op: '=', value: 'written' } as const
    const check = async (): Promise<number> => {
      let missing = 0
      for (const [run, batches] of acknowledged.entries()) {
        const found = await select(store.querier, [name, { name: 'run', op: '=', value: String(run) }])
        const rows = new Set(Object.values(found).flatMap((samples) => samples.map(([t, v]) => `${t} ${v}`)))
        for (const n of batches) {
          for (let i = 0; i < SERIES; i++) if (!rows.has(`${START + run * 100_000 + n} ${n * 100 + i}`)) missing++
        }
      }
      return missing
    }
    expect(acknowledged.flat().length).toBeGreaterThan(1000)
    expect(await check()).toBe(0)
    await store.flush()
    store.head.raiseWatermark(unixMs(Date.now()))
    expect(await check()).toBe(0)
    const counts = sql`SELECT count() AS rows, uniqExact(id, ts) AS distinct FROM samples WHERE tenant = ${param('String', query().tenant)}`
    for await (const { columns } of engine.read(counts, { signal: never, timeout: 60_000 as never })) {
      expect((columns['rows'] as BigUint64Array)[0]).toBe((columns['distinct'] as BigUint64Array)[0])
    }
    await store.stop(AbortSignal.timeout(10_000))
    await engine.stop(AbortSignal.timeout(10_000))
  })
})
