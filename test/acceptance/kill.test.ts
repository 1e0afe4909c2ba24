/** The whole program is killed again and again while senders write to it: what it acknowledged is there, once, to the bit. */
import { expect, test } from 'vitest'
import { param, sql } from '../../src/store/sql/sql.ts'
import { startBongsu } from '../support/bongsu-process.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { never } from '../support/metrics-store.ts'
import { vector } from '../support/prometheus-api.ts'
import { RemoteWriteSender } from '../support/remote-write-sender.ts'
import { tempFolder } from '../support/temp-folder.ts'

const KILLS = 25
const READY_WITHIN_MS = 15_000
// Flushes all the time, so that kills hit them too.
const config = 'head: { flush_interval: 300ms }\nself_scrape: { interval: 1s }'

test(`${KILLS} kills under load lose nothing acknowledged and store nothing twice`, { timeout: 240_000 }, async () => {
  await using folder = await tempFolder()
  const { path: dataDir } = folder
  const start = Date.now() - 600_000
  const senders = Array.from({ length: 4 }, (_, i) => {
    return new RemoteWriteSender({ name: `s${i}`, version: i % 2 === 0 ? 1 : 2, start })
  })
  let bongsu = await startBongsu({ dataDir, config })
  const end = new AbortController()
  const sending = Promise.all(senders.map((sender) => sender.run(() => bongsu.url, end.signal)))
  const restarts: number[] = []
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 1000))
      await bongsu.kill()
      const died = performance.now()
      bongsu = await startBongsu({ dataDir, config })
      restarts.push(performance.now() - died)
      expect((await vector(bongsu.url, 'faults_steady{i="0"}', Date.now() / 1000)).length).toBeLessThanOrEqual(4)
    }
    end.abort()
    await sending
    for (const sender of senders) {
      expect(sender.finalRefusals).toEqual([])
      expect(sender.batches).toBeGreaterThan(KILLS)
      expect((await sender.missing(bongsu.url)).slice(0, 5)).toEqual([])
    }
    expect(Math.max(...restarts)).toBeLessThan(READY_WITHIN_MS)
    expect(bongsu.log()).not.toContain('level=error')
    expect(await bongsu.stop()).toBe(0)
  } finally {
    end.abort()
    await bongsu.kill()
  }
  expect(await storedTwice(dataDir)).toEqual({ samples: 0n, histograms: 0n })
  const total = senders.reduce((sum, { samples }) => sum + samples, 0)
  console.log(`${total} samples over ${KILLS} kills; slowest restart ${Math.round(Math.max(...restarts))} ms`)
})

/** Rows of the tables that are there more than once. */
async function storedTwice(dataDir: string): Promise<{ samples: bigint; histograms: bigint }> {
  const engine = embeddedEngine(dataDir)
  await engine.start(never)
  const twice = { samples: 0n, histograms: 0n }
  for (const table of ['samples', 'histograms'] as const) {
    const query =
      table === 'samples'
        ? sql`SELECT count() - uniqExact(id, ts) AS twice FROM samples WHERE tenant = ${param('String', 'default')}`
        : sql`SELECT count() - uniqExact(id, ts) AS twice FROM histograms WHERE tenant = ${param('String', 'default')}`
    for await (const { columns } of engine.read(query, { signal: never, timeout: 60_000 as never })) {
      twice[table] = (columns['twice'] as BigInt64Array)[0] ?? -1n
    }
  }
  await engine.stop(AbortSignal.timeout(10_000))
  return twice
}
