/**
 * What it costs to read many samples: from memory, from the tables, from both; by range and at an instant; and matchers alone.
 * 50 targets of 200 series, sampled every 15 s, each target at its own times.
 *
 *   npx tsx --expose-gc bench/metrics-select.ts [hours] [memory|tables|matchers]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { durationMs, unixMs } from '../src/core/time.ts'
import { LabelSet } from '../src/model/labels.ts'
import type { Selector } from '../src/model/matcher.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { NO_HISTOGRAMS } from '../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../src/store/migrate.ts'
import { embeddedEngine } from '../test/support/embedded-store.ts'
import { ingest, metricsStore, never, query } from '../test/support/metrics-store.ts'

const hours = Number(process.argv[2] ?? 4)
const only = process.argv[3]
const TARGETS = 50
const SERIES = 200
const STEP = 15_000

const folder = await mkdtemp(join(tmpdir(), 'bongsu-bench-'))
const engine = embeddedEngine(join(folder, 'data'))
await engine.start(never)
await migrate(
  await loadMigrations(),
  { cluster: undefined },
  { engine, clock: systemClock, log: silentLog, signal: never },
)
const store = metricsStore({
  engine,
  walFolder: join(folder, 'wal'),
  head: { max_bytes: 2 ** 32, max_pending_bytes: 2 ** 32, flush_interval: durationMs(10_000) },
  limits: { max_global_series_per_user: 0 },
})
await store.start(never)
const table = store.consumer.seriesTable(DEFAULT_TENANT)
const refs = Array.from({ length: TARGETS }, (_, target) =>
  Uint32Array.from(
    { length: SERIES },
    (__, i) =>
      table.resolve(
        LabelSet.of({
          __name__: `metric_${i % 100}`,
          job: `service-${target % 10}`,
          namespace: `namespace-${target % 5}`,
          instance: `10.0.0.${target}:9090`,
          pod: `service-${target % 10}-${target}`,
          le: String(Math.floor(i / 100)),
        }),
      ) as number,
  ),
)
const end = Math.floor(Date.now() / STEP) * STEP
const start = end - hours * 3_600_000
const rounds = Math.floor((end - start) / STEP)
let loaded = 0
for (let round = 0; round < rounds; round++) {
  for (const [target, own] of refs.entries()) {
    const t = start + round * STEP + target * 250 + ((round * 7919 + target * 31) % 11) - 5
    const values = Float64Array.from(own, (_, i) => (i % 3 === 0 ? round * 7 + i : Math.sin(round + i)))
    const samples = { refs: own, timestamps: new Float64Array(own.length).fill(t), values }
    await store.consumer.consumeMetrics(
      { generation: table.generation, samples, histograms: NO_HISTOGRAMS, exemplars: [], metadata: [] },
      ingest(),
    )
    loaded += own.length
  }
}
console.log(`${loaded} samples of ${TARGETS * SERIES} series, ${Math.round(store.head.bytes / 2 ** 20)} MiB in memory`)

/** The least CPU and wall time of several runs. */
async function time(name: string, runs: number, run: () => Promise<string>): Promise<void> {
  let [cpu, wall, said] = [Infinity, Infinity, '']
  for (let i = 0; i < runs; i++) {
    const used = process.cpuUsage()
    const from = performance.now()
    said = await run()
    wall = Math.min(wall, performance.now() - from)
    const { user, system } = process.cpuUsage(used)
    cpu = Math.min(cpu, (user + system) / 1000)
  }
  console.log(`  ${name}: ${cpu.toFixed(1)} ms cpu, ${wall.toFixed(1)} ms wall; ${said}`)
}

const everything: Selector = [{ name: '__name__', op: '=~', value: '.+' }]
const metric: Selector = [{ name: '__name__', op: '=', value: 'metric_7' }]
async function read(selector: Selector, from: number, to: number): Promise<string> {
  const range = { start: unixMs(from), end: unixMs(to) }
  const selection = await store.querier.select(selector, range, { starts: false }, query())
  let [samples, times, blocks] = [0, 0, 0]
  for await (const { values, times: own } of selection.read()) {
    samples += values.length
    times += own.length
    blocks++
  }
  selection.close()
  return `${samples} samples of ${selection.labels.size} series with ${times} times, ${blocks} blocks`
}

async function selections(): Promise<void> {
  await time('all series, whole range', 5, () => read(everything, start, end + 1))
  await time('100 series, whole range', 20, () => read(metric, start, end + 1))
  await time('all series, last 5 min', 20, () => read(everything, end - 299_999, end + 1))
  await time('all series, 5 min in the middle', 20, () =>
    read(everything, (start + end) / 2 - 299_999, (start + end) / 2),
  )
}

if (only === undefined || only === 'memory') {
  console.log('from memory')
  await selections()
}
if (only === undefined || only === 'tables') {
  await store.flush()
  store.head.raiseWatermark(start + (end - start) / 2)
  console.log('from both')
  await time('all series, whole range', 3, () => read(everything, start, end + 1))
  store.head.raiseWatermark(end + 60_000)
  console.log('from the tables')
  await selections()
}
if (only === 'matchers') {
  const tenant = store.head.tenant(DEFAULT_TENANT)
  for (let i = 0; i < 90_000; i++) {
    table.resolve(LabelSet.of({ __name__: `other_${i % 50}`, job: 'other', pod: `p-${i % 5_000}`, id: String(i) }))
  }
  const cases: Record<string, Selector> = {
    'name and job': [...metric, { name: 'job', op: '=', value: 'service-3' }],
    'job, 90,000 series': [{ name: 'job', op: '=', value: 'other' }],
    'job and name': [
      { name: 'job', op: '=', value: 'other' },
      { name: '__name__', op: '=', value: 'other_7' },
    ],
    'any name, 100,000 series': everything,
    'any name of 10,000': [...everything, { name: 'namespace', op: '=~', value: '.+' }],
    'name by regex': [{ name: '__name__', op: '=~', value: 'metric_.*7' }],
    'pod by regex': [{ name: 'pod', op: '=~', value: '(service|p)-.*1.?7' }],
    'not a pod': [
      { name: 'job', op: '=', value: 'other' },
      { name: 'pod', op: '!=', value: 'p-7' },
    ],
  }
  for (const [name, selector] of Object.entries(cases)) {
    await time(name, 20, () => Promise.resolve(`${tenant.match(selector).length} series`))
  }
}
await store.stop(AbortSignal.timeout(60_000))
await engine.stop(AbortSignal.timeout(10_000))
await rm(folder, { recursive: true, force: true })
process.exit(0)
