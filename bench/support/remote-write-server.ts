/** The remote write receiver alone, over a consumer that only counts: what HTTP and decoding cost without a store. Prints its URL and pid. */
import Fastify from 'fastify'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { remoteWriteReceiverSection } from '../../src/receive/remote-write/config.ts'
import { remoteWriteRoutes } from '../../src/receive/remote-write/routes.ts'
import type { MetricsConsumer } from '../../src/signals/metrics.ts'
import { MemorySeriesTable } from '../../test/support/memory-metrics.ts'

const table = new MemorySeriesTable()
const consumer: MetricsConsumer = {
  seriesTable: () => table,
  consumeMetrics: (batch) => Promise.resolve({ accepted: batch.samples.refs.length, rejected: 0, rejections: [] }),
}
const app = Fastify()
const options = remoteWriteReceiverSection.schema.parse({})
const deps = { consumer, clock: systemClock, random: systemRandom, log: silentLog, telemetry: new Telemetry() }
remoteWriteRoutes(options, deps)(app)
console.log(`${await app.listen({ port: 0, host: '127.0.0.1' })}/api/v1/write ${process.pid}`)
process.once('SIGTERM', () => void app.close())
