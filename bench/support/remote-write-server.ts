/**
 * A remote write receiver to load. Without an argument, over a consumer that only counts: what HTTP and decoding cost; with a
 * folder as its argument, over the store (embedded engine, write-ahead log) in that folder. Prints its URL and pid.
 */
import { join } from 'node:path'
import Fastify from 'fastify'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { remoteWriteReceiverSection } from '../../src/receive/remote-write/config.ts'
import { remoteWriteRoutes } from '../../src/receive/remote-write/routes.ts'
import type { MetricsConsumer } from '../../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { embeddedEngine } from '../../test/support/embedded-store.ts'
import { MemorySeriesTable } from '../../test/support/memory-metrics.ts'
import { metricsStore, never } from '../../test/support/metrics-store.ts'

function countingConsumer(): MetricsConsumer {
  const table = new MemorySeriesTable()
  return {
    seriesTable: () => table,
    consumeMetrics: (batch) => Promise.resolve({ accepted: batch.samples.refs.length, rejected: 0, rejections: [] }),
  }
}

async function storeIn(folder: string): Promise<{ consumer: MetricsConsumer; stop: () => Promise<void> }> {
  const engine = embeddedEngine(join(folder, 'data'))
  await engine.start(never)
  await migrate(
    await loadMigrations(),
    { cluster: undefined },
    { engine, clock: systemClock, log: silentLog, signal: never },
  )
  const store = metricsStore({ engine, walFolder: join(folder, 'wal') })
  await store.start(never)
  const stop = async (): Promise<void> => {
    await store.stop(AbortSignal.timeout(60_000))
    await engine.stop(AbortSignal.timeout(60_000))
  }
  return { consumer: store.consumer, stop }
}

const folder = process.argv[2]
const opened = folder === undefined ? undefined : await storeIn(folder)
const app = Fastify()
const options = remoteWriteReceiverSection.schema.parse({})
const deps = { clock: systemClock, random: systemRandom, log: silentLog, telemetry: new Telemetry() }
remoteWriteRoutes(options, { consumer: opened?.consumer ?? countingConsumer(), ...deps })(app)
console.log(`${await app.listen({ port: 0, host: '127.0.0.1' })}/api/v1/write ${process.pid}`)
process.once('SIGTERM', () => void app.close().then(() => opened?.stop()))
