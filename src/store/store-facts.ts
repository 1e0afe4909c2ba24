import { durationMs } from '../core/time.ts'
import type { Engine } from './engine.ts'
import { sql } from './sql/sql.ts'

/** What the database says of itself, for the status page. */
export interface StoreFacts {
  readonly version: string
  /** Rows of samples of all tenants. */
  readonly samples: number
  /** Bytes on disk of all tables. */
  readonly diskBytes: number
}

export async function readStoreFacts(engine: Engine, signal: AbortSignal): Promise<StoreFacts> {
  const query = sql`SELECT version() AS version, toFloat64(sumIf(rows, table LIKE 'samples%')) AS samples, toFloat64(sum(bytes_on_disk)) AS bytes
    FROM system.parts WHERE active AND database = currentDatabase()`
  for await (const { columns } of engine.read(query, { signal, timeout: durationMs(10_000) })) {
    const first = (name: string): unknown => (columns[name] as ArrayLike<unknown> | undefined)?.[0]
    return { version: String(first('version')), samples: Number(first('samples')), diskBytes: Number(first('bytes')) }
  }
  return { version: '', samples: 0, diskBytes: 0 }
}
