/** The store's schema over time: numbered files in schema/, run once each, in order, forward only. */
import { randomUUID } from 'node:crypto'
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { Bug } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { durationMs } from '../core/time.ts'
import { placed } from './placement.ts'
import type { Placement } from './placement.ts'
import type { Engine } from './engine.ts'
import { migrationChanged, storeTooNew } from './errors.ts'
import { sql } from './sql/sql.ts'

export interface Migration {
  readonly version: number
  /** The file's name without `.sql`. */
  readonly name: string
  /** One statement, which must do no harm when it runs twice: a crash may come between it and its record. */
  readonly text: string
}

const HISTORY = `-- shard by: version
CREATE TABLE IF NOT EXISTS migrations (
  version UInt32,
  name String,
  checksum String,
  applied DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY version
SETTINGS non_replicated_deduplication_window = 1000`

/** The migrations of this program, in order. */
export async function loadMigrations(
  folder: string = join(import.meta.dirname, 'schema'),
): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const migrations = files.map(async (file, i) => {
    const name = file.slice(0, -'.sql'.length)
    if (Number(/^(\d{4})-[a-z0-9-]+$/.exec(name)?.[1]) !== i + 1) throw new Bug(`schema/${file} is not number ${i + 1}`)
    return { version: i + 1, name, text: await readFile(join(folder, file), 'utf8') }
  })
  return Promise.all(migrations)
}

/**
 * Brings the store up to `migrations`. Does nothing when it is there. Rejects with `store.too_new` when a newer program has been
 * at work on it, with `store.migration_changed` when its history is another one than this program's.
 */
export async function migrate(
  migrations: readonly Migration[],
  placement: Placement,
  deps: { readonly engine: Engine; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const { engine, clock, log, signal } = deps
  for (const statement of placed(HISTORY, placement)) await engine.define(statement)
  const done = await history(engine, signal)
  checkHistory(done, migrations)
  for (const migration of migrations.slice(done.length)) {
    signal.throwIfAborted()
    for (const statement of placed(migration.text, placement)) await engine.define(statement)
    await record(migration, deps)
    log.info('migrated the store', { migration: migration.name, at: clock.now() })
  }
}

interface Done {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

async function history(engine: Engine, signal: AbortSignal): Promise<readonly Done[]> {
  const query = sql`SELECT version, name, checksum FROM migrations ORDER BY version LIMIT 1 BY version`
  const done: Done[] = []
  for await (const { rows, columns } of engine.read(query, { signal, timeout: durationMs(60_000) })) {
    const versions = columns['version'] as Uint32Array
    const names = columns['name'] as readonly string[]
    const checksums = columns['checksum'] as readonly string[]
    for (let i = 0; i < rows; i++)
      done.push({ version: versions[i] ?? 0, name: names[i] ?? '', checksum: checksums[i] ?? '' })
  }
  return done
}

function checkHistory(done: readonly Done[], migrations: readonly Migration[]): void {
  for (const [i, { version, name, checksum }] of done.entries()) {
    const own = migrations[i]
    if (own === undefined) throw storeTooNew({ found: name, known: migrations.at(-1)?.name ?? 'nothing' })
    if (own.version !== version || own.name !== name || checksumOf(own) !== checksum) throw migrationChanged({ name })
  }
}

async function record(
  migration: Migration,
  { engine, clock, signal }: { engine: Engine; clock: Clock; signal: AbortSignal },
): Promise<void> {
  const columns = [
    { name: 'version', type: 'UInt32', data: Uint32Array.of(migration.version) },
    { name: 'name', type: 'String', data: [migration.name] },
    { name: 'checksum', type: 'String', data: [checksumOf(migration)] },
    { name: 'applied', type: "DateTime64(3, 'UTC')", data: BigInt64Array.of(BigInt(clock.now())) },
  ]
  // Twice is as good as once. A token used again might belong to a row that never got there: see segment-writer.ts.
  await engine.write('migrations', columns, { rows: 1, dedupToken: `${migration.name}-${randomUUID()}`, signal })
}

/** Comments may be reworded; the statement may not. */
function checksumOf({ text }: Migration): string {
  const statement = text.replace(/^--[^\n]*\n/gm, '').trim()
  return createHash('sha256').update(statement).digest('hex')
}
