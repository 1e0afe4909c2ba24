/**
 * What the embedded engine costs: durable inserts of the samples' shape by size, small queries, and reading samples back with
 * the longest stall of the event loop. Best of the rounds; CPU is the whole process', merges included.
 *
 *   npx tsx bench/engine.ts [rounds]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { durationMs } from '../src/core/time.ts'
import type { Column } from '../src/store/engine.ts'
import { loadMigrations, migrate } from '../src/store/migrate.ts'
import { int64From } from '../src/store/native-encode.ts'
import { sql } from '../src/store/sql/sql.ts'
import type { SqlPiece } from '../src/store/sql/sql.ts'
import { embeddedEngine } from '../test/support/embedded-store.ts'

const rounds = Number(process.argv[2] ?? 5)
const { signal } = new AbortController()
const folder = await mkdtemp(join(tmpdir(), 'bongsu-bench-'))
const engine = embeddedEngine(folder)
await engine.start(signal)
await migrate(await loadMigrations(), { cluster: undefined }, { engine, clock: systemClock, log: silentLog, signal })

/** Rows as a flush writes them: sorted by series, then time. */
function samples(rows: number, perSeries: number, from: number): Column[] {
  const series = (i: number): number => Math.floor(i / perSeries)
  return [
    { name: 'tenant', type: 'LowCardinality(String)', data: { constant: 'default' } },
    { name: 'metric', type: 'UInt32', data: new Uint32Array(rows).map((_, i) => series(i) / 20) },
    { name: 'id', type: 'UInt64', data: BigUint64Array.from({ length: rows }, (_, i) => BigInt(series(i)) * 7919n) },
    {
      name: 'ts',
      type: "DateTime64(3, 'UTC')",
      data: int64From(new Float64Array(rows).map((_, i) => from + (i % perSeries) * 15_000)),
    },
    { name: 'val', type: 'Float64', data: new Float64Array(rows).map((_, i) => series(i) + (i % perSeries) * 3) },
  ]
}

async function measure(name: string, times: number, run: (round: number) => Promise<string>): Promise<void> {
  let best = { wall: Infinity, cpu: 0, told: '' }
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  for (let round = 0; round < times; round++) {
    const cpu = process.cpuUsage()
    const began = performance.now()
    const told = await run(round)
    const wall = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    if (wall < best.wall) best = { wall, cpu: (user + system) / 1000, told }
  }
  delay.disable()
  const stall = (delay.max / 1e6).toFixed(0)
  console.log(
    `${name.padEnd(36)} ${best.wall.toFixed(1).padStart(8)} ms ${best.cpu.toFixed(1).padStart(8)} ms cpu  longest stall ${stall} ms  ${best.told}`,
  )
}

async function rowsOf(query: SqlPiece): Promise<string> {
  let rows = 0
  for await (const block of engine.read(query, { signal, timeout: durationMs(60_000) })) rows += block.rows
  return `${rows} rows`
}

const start = Math.floor(systemClock.now() / 86_400_000) * 86_400_000 - 86_400_000
for (const rows of [1_000, 20_000, 200_000, 1_000_000]) {
  const columns = samples(rows, 100, start)
  await measure(`write ${rows}`, rounds, async (round) => {
    await engine.write('samples', columns, { rows, dedupToken: `${rows}-${round}`, signal })
    return ''
  })
}
await measure('SELECT 1', rounds * 50, () => rowsOf(sql`SELECT 1`))
await measure('one series', rounds * 10, () =>
  rowsOf(sql`SELECT ts, val FROM samples WHERE metric = 5 AND id = 791900`),
)
await measure('all samples of 1M rows', rounds, () => rowsOf(sql`SELECT id, ts, val FROM samples LIMIT 1000000`))
await measure('an aggregate over all', rounds, () => rowsOf(sql`SELECT id, max(val) FROM samples GROUP BY id`))
await engine.stop(AbortSignal.timeout(10_000))
await rm(folder, { recursive: true, force: true })
