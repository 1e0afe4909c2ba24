import { BongsuError } from '../core/errors.ts'
import { durationMs } from '../core/time.ts'
import type { Engine } from './engine.ts'
import { sql } from './sql/sql.ts'

/** What the database says of itself, for the status page; null = it does not say, for it does not answer. */
export interface StoreFacts {
  readonly version: string | null
  /** Rows of samples of all tenants. */
  readonly samples: number | null
  /** Bytes on disk of all tables. */
  readonly diskBytes: number | null
}

const UNKNOWN: StoreFacts = { version: null, samples: null, diskBytes: null }

/** Does not reject when the store is away: the rest of the status is wanted most then. */
export async function readStoreFacts(engine: Engine, signal: AbortSignal): Promise<StoreFacts> {
  const query = sql`SELECT version() AS version, toFloat64(sumIf(rows, table LIKE 'samples%')) AS samples, toFloat64(sum(bytes_on_disk)) AS bytes
    FROM system.parts WHERE active AND database = currentDatabase()`
  try {
    for await (const { columns } of engine.read(query, { signal, timeout: durationMs(10_000) })) {
      const first = (name: string): unknown => (columns[name] as ArrayLike<unknown> | undefined)?.[0]
      return { version: String(first('version')), samples: Number(first('samples')), diskBytes: Number(first('bytes')) }
    }
  } catch (error) {
    if (!(error instanceof BongsuError)) throw error
  }
  return UNKNOWN
}
