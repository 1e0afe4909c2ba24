/**
 * A process for kill.test.ts: opens the store in a folder, writes batches, and tells each acknowledged one on stdout. It is
 * ended by kill -9, so it never stops by itself. Arguments: folder, number of this run, mode.
 *
 * Batch n of a run holds `SERIES` samples at one time; lines on stdout are `ready` and `ack <n>`.
 */
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs } from '../../src/core/time.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { embeddedEngine } from './embedded-store.ts'
import { metricsStore, never, write } from './metrics-store.ts'
import type { Row } from './metrics-store.ts'

const [folder = '', run = '0', firstTime = '0'] = process.argv.slice(2)
const SERIES = 20

const engine = embeddedEngine(join(folder, 'data'))
await engine.start(never)
await migrate(
  await loadMigrations(),
  { cluster: undefined },
  { engine, clock: systemClock, log: silentLog, signal: never },
)
// Small segments, flushed often: kills fall into every stage of the road.
const head = { flush_bytes: 20_000, flush_interval: durationMs(200) }
const store = metricsStore({ engine, walFolder: join(folder, 'wal'), head })
await store.start(never)
process.stdout.write('ready\n')

async function sender(number: number): Promise<void> {
  for (let n = number; ; n += 4) {
    const rows = Array.from({ length: SERIES }, (_, i): Row => {
      return [
        { __name__: 'written', run, sender: String(number), series: String(i) },
        Number(firstTime) + n,
        n * 100 + i,
      ]
    })
    await write(store.consumer, rows)
    process.stdout.write(`ack ${n}\n`)
  }
}
await Promise.all([sender(0), sender(1), sender(2), sender(3)])
