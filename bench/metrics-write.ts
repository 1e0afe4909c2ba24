/**
 * What a sample costs from the consumer to the tables, decoding left out: CPU of the whole process (log, flush, merges), wall
 * time and the longest stall of the event loop, for the request sizes that senders use.
 *
 *   npx tsx bench/metrics-write.ts [series] [rounds] [rows a request] [senders] [samples a series]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { durationMs } from '../src/core/time.ts'
import { LabelSet } from '../src/model/labels.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { NO_HISTOGRAMS } from '../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../src/store/migrate.ts'
import { embeddedEngine } from '../test/support/embedded-store.ts'
import { ingest, metricsStore, never } from '../test/support/metrics-store.ts'

const [series = 10_000, rounds = 300, rowsARequest = 2_000, senders = 2, perSeries = 1] = process.argv
  .slice(2)
  .map(Number)

const folder = await mkdtemp(join(tmpdir(), 'bongsu-bench-'))
const engine = embeddedEngine(join(folder, 'data'))
await engine.start(never)
await migrate(
  await loadMigrations(),
  { cluster: undefined },
  { engine, clock: systemClock, log: silentLog, signal: never },
)
const store = metricsStore({ engine, walFolder: join(folder, 'wal'), head: { flush_interval: durationMs(30_000) } })
await store.start(never)
const table = store.consumer.seriesTable(DEFAULT_TENANT)
const registering = performance.now()
const refs = Uint32Array.from({ length: series }, (_, i) => {
  const ref = table.resolve(
    LabelSet.of({
      __name__: `metric_${i % 100}`,
      cluster: 'eu-1',
      job: `service-${i % 20}`,
      namespace: `ns-${i % 40}`,
      instance: `10.0.${i % 250}.${i % 200}:9090`,
      pod: `service-${i % 20}-${i % 1000}`,
      series: String(i),
    }),
  )
  if (typeof ref !== 'number') throw new Error(ref.message)
  return ref
})
console.log(`registered ${series} series in ${Math.round(performance.now() - registering)} ms`)

const start = Date.now() - rounds * perSeries * 15_000
const latencies: number[] = []

async function send(firstRef: number, count: number, round: number): Promise<void> {
  const rows = count * perSeries
  const samples = { refs: new Uint32Array(rows), timestamps: new Float64Array(rows), values: new Float64Array(rows) }
  for (let i = 0; i < rows; i++) {
    samples.refs[i] = refs[firstRef + Math.floor(i / perSeries)] as number
    samples.timestamps[i] = start + (round * perSeries + (i % perSeries)) * 15_000
    samples.values[i] = round * 3 + (i % 7)
  }
  const batch = { generation: table.generation, samples, histograms: NO_HISTOGRAMS, exemplars: [], metadata: [] }
  const began = performance.now()
  const { rejected } = await store.consumer.consumeMetrics(batch, ingest())
  if (rejected > 0) throw new Error(`${rejected} rows rejected`)
  latencies.push(performance.now() - began)
}

/** CPU of this thread alone (Linux), in microseconds. */
async function ownThread(): Promise<number> {
  const stat = await readFile(`/proc/self/task/${process.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

const lag = monitorEventLoopDelay({ resolution: 5 })
lag.enable()
const cpu = process.cpuUsage()
const ownCpu = await ownThread()
const wall = performance.now()
const seriesARequest = Math.max(1, Math.floor(rowsARequest / perSeries))
for (let round = 0; round < rounds; round++) {
  const requests = Array.from({ length: Math.ceil(series / seriesARequest) }, (_, i) => i * seriesARequest)
  const next = requests.values()
  const sender = async (): Promise<void> => {
    for (const first of next) await send(first, Math.min(seriesARequest, series - first), round)
  }
  await Promise.all(Array.from({ length: senders }, sender))
}
const acknowledged = process.cpuUsage(cpu)
const acknowledgedWall = performance.now() - wall
await store.flush()
const used = process.cpuUsage(cpu)
const ownUsed = (await ownThread()) - ownCpu
lag.disable()
const total = series * rounds * perSeries
const us = ({ user, system }: NodeJS.CpuUsage): string => ((user + system) / total).toFixed(3)
latencies.sort((a, b) => a - b)
console.log(`${total} samples, ${rowsARequest} rows a request, ${senders} senders`)
console.log(
  `cpu: ${us(acknowledged)} us/sample until acknowledged, ${us(used)} with the flush, ${(ownUsed / total).toFixed(3)} of it on this thread`,
)
console.log(`wall: ${(acknowledgedWall / 1000).toFixed(2)} s = ${Math.round(total / acknowledgedWall)} k samples/s`)
const at = (p: number): string => (latencies[Math.floor(latencies.length * p)] ?? 0).toFixed(1)
console.log(
  `ack ms: p50 ${at(0.5)} p99 ${at(0.99)} max ${at(0.9999)}; event loop stalls: p99 ${Math.round(lag.percentile(99) / 1e6)} max ${Math.round(lag.max / 1e6)} ms`,
)
console.log(
  `rss ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB, head ${Math.round(store.head.bytes / 2 ** 20)} MiB`,
)
const settle = process.cpuUsage()
await new Promise((resolve) => setTimeout(resolve, 5_000))
console.log(`merges in the next 5 s: ${us(process.cpuUsage(settle))} us/sample`)
await store.stop(AbortSignal.timeout(10_000))
await engine.stop(AbortSignal.timeout(10_000))
await rm(folder, { recursive: true, force: true })
process.exit(0)
