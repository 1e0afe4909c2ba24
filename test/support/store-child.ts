/**
 * A process with an embedded store, for tests of what happens between processes and at their end:
 * `store-child.ts <folder> <hold|query|write>`. Says `open` once it is, and stops when its stdin ends.
 */
import { durationMs } from '../../src/core/time.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { embeddedEngine } from './embedded-store.ts'

const [folder = '', mode = ''] = process.argv.slice(2)
const engine = embeddedEngine(folder)
const { signal } = new AbortController()
const options = { signal, timeout: durationMs(600_000) }

async function query(): Promise<void> {
  for (const text of [
    sql`SELECT sum(sipHash64(number)) FROM numbers(100000000000)`,
    sql`SELECT number FROM numbers(100000000000)`,
  ]) {
    const blocks = engine.read(text, options)
    blocks.next().catch((error: unknown) => console.log(`query ended: ${(error as { code?: string }).code}`))
  }
  await engine.define('CREATE TABLE IF NOT EXISTS busy (n UInt64) ENGINE = MergeTree ORDER BY n')
  void write('busy', 100_000).catch((error: unknown) =>
    console.log(`write ended: ${(error as { code?: string }).code}`),
  )
}

/** Writes batches for ever, saying which were acknowledged. */
async function write(table: string, rows: number): Promise<void> {
  for (let batch = 0; ; batch++) {
    const n = new BigUint64Array(rows).fill(BigInt(batch))
    await engine.write(table, [{ name: 'n', type: 'UInt64', data: n }], { rows, dedupToken: `${batch}`, signal })
    console.log(`acknowledged ${batch}`)
  }
}

process.stdin.resume().on('end', () => {
  void engine.stop(AbortSignal.timeout(10_000)).then(() => process.exit(0))
})
try {
  await engine.start(signal)
  if (mode === 'query') await query()
  console.log('open')
  if (mode === 'write') {
    await engine.define(
      'CREATE TABLE IF NOT EXISTS kept (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1',
    )
    await write('kept', 1000)
  }
} catch (error) {
  console.log(`failed: ${(error as { code?: string }).code}: ${(error as Error).message}`)
  process.exit(3)
}
