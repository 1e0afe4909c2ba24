/**
 * What many active series cost in memory, and how long a start takes that reads them back.
 *
 *   npx tsx --expose-gc bench/metrics-memory.ts [series] [samples a series]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { unixMs } from '../src/core/time.ts'
import { LabelSet } from '../src/model/labels.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { NO_HISTOGRAMS } from '../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../src/store/migrate.ts'
import { embeddedEngine } from '../test/support/embedded-store.ts'
import { ingest, metricsStore, never, query } from '../test/support/metrics-store.ts'

const [series = 1_000_000, samplesEach = 10] = process.argv.slice(2).map(Number)
const ROWS = 5_000

function labelsOf(i: number): LabelSet {
  return LabelSet.of({
    __name__: `metric_name_${i % 500}`,
    cluster: 'eu-west-1',
    job: `service-${i % 50}`,
    namespace: `namespace-${i % 100}`,
    instance: `10.${i % 4}.${i % 250}.${i % 200}:9090`,
    pod: `service-${i % 50}-7d9f8c6b5-${i % 20_000}`,
    node: `node-${i % 300}.internal`,
    container: `container-${i % 60}`,
    status: String(200 + (i % 30)),
    id: String(Math.floor(i / 500)),
  })
}
const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
const say = (what: string): void => {
  ;(globalThis as { gc?: () => void }).gc?.()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  console.log(`${what}: rss ${mib(rss)}, heap ${mib(heapUsed)}, buffers ${mib(arrayBuffers)}`)
}

const folder = await mkdtemp(join(tmpdir(), 'bongsu-bench-'))
const engine = embeddedEngine(join(folder, 'data'))
await engine.start(never)
await migrate(
  await loadMigrations(),
  { cluster: undefined },
  { engine, clock: systemClock, log: silentLog, signal: never },
)
const setup = { engine, walFolder: join(folder, 'wal'), limits: { max_global_series_per_user: 0 } }
const store = metricsStore(setup)
await store.start(never)
say('empty')
const table = store.consumer.seriesTable(DEFAULT_TENANT)
let began = performance.now()
const refs = Uint32Array.from({ length: series }, (_, i) => table.resolve(labelsOf(i)) as number)
console.log(`registered ${series} in ${Math.round(performance.now() - began)} ms; again:`)
began = performance.now()
for (let i = 0; i < Math.min(series, 100_000); i++) table.resolve(labelsOf(i))
console.log(
  `  ${Math.round(((performance.now() - began) / Math.min(series, 100_000)) * 1e6)} ns each, with making the label set`,
)
say('registered')
const start = Date.now() - samplesEach * 15_000
const cpu = process.cpuUsage()
began = performance.now()
for (let round = 0; round < samplesEach; round++) {
  for (let first = 0; first < series; first += ROWS) {
    const rows = Math.min(ROWS, series - first)
    const samples = {
      refs: refs.slice(first, first + rows),
      timestamps: new Float64Array(rows).fill(start + round * 15_000),
      values: new Float64Array(rows).fill(round),
    }
    await store.consumer.consumeMetrics(
      { generation: table.generation, samples, histograms: NO_HISTOGRAMS, exemplars: [], metadata: [] },
      ingest(),
    )
  }
}
const { user, system } = process.cpuUsage(cpu)
console.log(
  `wrote ${series * samplesEach} samples in ${Math.round(performance.now() - began)} ms, ${((user + system) / series / samplesEach).toFixed(2)} us cpu each`,
)
say('written')
began = performance.now()
await store.flush()
console.log(`flushed in ${Math.round(performance.now() - began)} ms`)
say('flushed')
console.log(`head ${mib(store.head.bytes)} = ${Math.round(store.head.bytes / series)} bytes a series`)

async function time(name: string, run: () => Promise<number>): Promise<void> {
  let best = Infinity
  let rows = 0
  for (let i = 0; i < 3; i++) {
    const from = performance.now()
    rows = await run()
    best = Math.min(best, performance.now() - from)
  }
  console.log(`${name}: ${rows} in ${best.toFixed(1)} ms`)
}
const everything = { start: unixMs(0), end: unixMs(Date.now()) }
const select = async (
  querier: typeof store.querier,
  selector: Parameters<typeof store.querier.select>[0],
): Promise<number> => {
  let rows = 0
  const selection = await querier.select(selector, everything, { starts: false }, query())
  for await (const block of selection.read()) rows += block.values.length
  selection.close()
  return rows
}
const name = { name: '__name__', op: '=', value: 'metric_name_7' } as const
async function queries(querier: typeof store.querier): Promise<void> {
  await time('  one metric', () => select(querier, [name]))
  await time('  one series', () => select(querier, [name, { name: 'id', op: '=', value: '3' }]))
  await time('  one metric, regex', () => select(querier, [name, { name: 'pod', op: '=~', value: 'service-.*-1.*7' }]))
  await time('  a pod', () => select(querier, [{ name: 'pod', op: '=', value: 'service-7-7d9f8c6b5-7' }]))
  await time('  a namespace', () => select(querier, [{ name: 'namespace', op: '=', value: 'namespace-7' }]))
  await time(
    '  values of pod',
    async () => (await querier.labelValues('pod', [], everything, { limit: 0 }, query())).length,
  )
}
console.log('from memory')
await queries(store.querier)
await store.stop(AbortSignal.timeout(60_000))
const again = metricsStore(setup)
began = performance.now()
const startCpu = process.cpuUsage()
await again.start(never)
const startUsed = process.cpuUsage(startCpu)
console.log(`start: cpu ${Math.round((startUsed.user + startUsed.system) / 1000)} ms`)
console.log(
  `started again in ${Math.round(performance.now() - began)} ms: ${again.head.series} series, ${again.head.sampleCount} samples`,
)
say('started again')
again.head.raiseWatermark(Date.now())
console.log('from the tables')
await queries(again.querier)
await again.stop(AbortSignal.timeout(60_000))
await engine.stop(AbortSignal.timeout(10_000))
await rm(folder, { recursive: true, force: true })
process.exit(0)
