/** How long each signal is kept: a TTL on its tables, set at the start when it is not what the configuration says. */
import type { Log } from '../core/log.ts'
import { durationMs, printDuration } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import { placed } from './cluster-ddl.ts'
import type { Placement } from './cluster-ddl.ts'
import type { Engine } from './engine.ts'
import { param, sql } from './sql/sql.ts'

export interface Retention {
  readonly metrics: DurationMs
}

/** Rows go in whole parts, once the youngest in them is too old: nothing is rewritten to forget. */
interface Kept {
  readonly table: string
  readonly signal: keyof Retention
  /** The row's time as DateTime. */
  readonly time: string
  /** Seconds by which a row's meaning reaches beyond its time. */
  readonly extra: number
}

const DAY = 86_400

const TABLES: readonly Kept[] = [
  { table: 'samples', signal: 'metrics', time: 'toDateTime(ts)', extra: 0 },
  { table: 'histograms', signal: 'metrics', time: 'toDateTime(ts)', extra: 0 },
  { table: 'exemplars', signal: 'metrics', time: 'toDateTime(ts)', extra: 0 },
  { table: 'series', signal: 'metrics', time: 'toDateTime(day)', extra: DAY },
]

/** Applies `retention` to every table whose TTL is another. Parts that are too old then go within minutes, in the background. */
export async function applyRetention(
  retention: Retention,
  placement: Placement,
  deps: { readonly engine: Engine; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  for (const { table, signal, time, extra } of TABLES) {
    const keep = retention[signal]
    // As ClickHouse prints it, so that it can be found in the table's definition.
    const ttl = `${time} + toIntervalSecond(${Math.ceil(keep / 1000) + extra})`
    if ((await definitionOf(table, placement, deps)).includes(`TTL ${ttl} `)) continue
    for (const statement of placed(`ALTER TABLE ${table} MODIFY TTL ${ttl}`, placement))
      await deps.engine.define(statement)
    deps.log.info('set the retention', { table, keep: printDuration(keep) })
  }
}

async function definitionOf(
  table: string,
  { cluster }: Placement,
  { engine, signal }: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<string> {
  const name = cluster === undefined ? table : `${table}_local`
  const query = sql`SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = ${param('String', name)}`
  for await (const { columns } of engine.read(query, { signal, timeout: durationMs(60_000) }))
    return `${(columns['engine_full'] as readonly string[])[0]} `
  return ''
}
