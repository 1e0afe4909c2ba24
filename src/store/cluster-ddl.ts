/**
 * From one machine's DDL to a cluster's: each table becomes `<name>_local`, replicated within a shard, behind a `Distributed`
 * table of the plain name, so that queries and inserts name the same tables everywhere. Rows are spread by the expression that
 * the file's `-- shard by:` line names. Needs the macros {shard} and {replica} on the servers, as ClickHouse's own guide has it.
 */
import { Bug } from '../core/errors.ts'

export interface Placement {
  /** Name of the cluster in the servers' configuration; undefined = a single server. */
  readonly cluster: string | undefined
}

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+)\b/
const ALTER = /^ALTER TABLE (\w+)\b/
const ENGINE = /\bENGINE = ((?:Replacing|Aggregating|Summing)?MergeTree)(?:\(([^()]*)\))?/
/** Where replicas agree; the UUID in it lets a table be dropped and made again. */
const REPLICA_PATH = `'/clickhouse/tables/{uuid}/{shard}', '{replica}'`

/** The statements that do on `placement` what `text` (one statement, comments in front) does on a single server. */
export function placed(text: string, { cluster }: Placement): readonly string[] {
  const statement = text.replace(/^(?:--[^\n]*\n|\s)+/, '').trim()
  if (cluster === undefined) return [statement]
  const created = CREATE.exec(statement)?.[1]
  if (created !== undefined) return [local(statement, created, cluster), distributed(text, created, cluster)]
  const altered = ALTER.exec(statement)?.[1]
  if (altered === undefined) throw new Bug(`no rule to run this on a cluster: ${statement.slice(0, 80)}`)
  return [statement.replace(ALTER, `ALTER TABLE ${altered}_local ON CLUSTER '${cluster}'`)]
}

function local(statement: string, table: string, cluster: string): string {
  return statement
    .replace(CREATE, `CREATE TABLE IF NOT EXISTS ${table}_local ON CLUSTER '${cluster}'`)
    .replace(ENGINE, (_, engine: string, args: string | undefined) => {
      return `ENGINE = Replicated${engine}(${[REPLICA_PATH, ...(args === undefined || args === '' ? [] : [args])].join(', ')})`
    })
    .replace('non_replicated_deduplication_window', 'replicated_deduplication_window')
}

function distributed(text: string, table: string, cluster: string): string {
  const key = /^-- shard by: (.+)$/m.exec(text)?.[1]
  if (key === undefined) throw new Bug(`table ${table} does not say what to shard by`)
  return (
    `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '${cluster}' AS ${table}_local\n` +
    `ENGINE = Distributed('${cluster}', currentDatabase(), '${table}_local', ${key})`
  )
}
