/** Which rows of an insert that was tried before are in the database. */
import { durationMs, unixMs } from '../core/time.ts'
import type { TenantId } from '../model/tenant.ts'
import type { Engine } from './engine.ts'
import { bucketCondition, timeCondition } from './metrics-sql.ts'
import { param, sql } from './sql/sql.ts'

const TIMEOUT = durationMs(600_000)

/** What names a row of the tables of samples and histograms. Columns of one length. */
export interface RowKeys {
  readonly metrics: Uint32Array
  readonly ids: BigUint64Array
  /** UnixMs. */
  readonly timestamps: BigInt64Array
}

interface Key {
  readonly metric: number
  readonly id: bigint
  readonly t: bigint
}

/** Places of the rows whose series has no row at their time in `table`. Throws what the engine throws. */
export async function absentRows(
  engine: Engine,
  table: 'samples' | 'histograms',
  { tenant, keys }: { readonly tenant: TenantId; readonly keys: RowKeys },
  signal: AbortSignal,
): Promise<Uint32Array> {
  const order = orderOf(keys)
  const absent: number[] = []
  let next = 0
  for await (const { rows, columns } of engine.read(keysQuery(table, tenant, keys), { signal, timeout: TIMEOUT })) {
    const stored = {
      metrics: columns['metric'] as Uint32Array,
      ids: columns['id'] as BigUint64Array,
      timestamps: columns['t'] as BigInt64Array,
    }
    // Both sides are in the same order, and are walked along together.
    for (let row = 0; row < rows && next < order.length; row++) {
      const key = keyAt(stored, row)
      let way = compare(keyAt(keys, order[next] as number), key)
      for (; way <= 0; way = compare(keyAt(keys, order[next] as number), key)) {
        if (way < 0) absent.push(order[next] as number)
        if (++next === order.length) break
      }
    }
  }
  return Uint32Array.from([...absent, ...order.subarray(next)]).sort()
}

function keysQuery(table: 'samples' | 'histograms', tenant: TenantId, { metrics, timestamps }: RowKeys) {
  const [start, end] = extent(timestamps)
  const range = { start: unixMs(start), end: unixMs(end + 1) }
  const from = table === 'samples' ? sql`samples` : sql`histograms`
  return sql`SELECT metric, id, toUnixTimestamp64Milli(ts) AS t FROM ${from}
WHERE ${bucketCondition(range)} AND tenant = ${param('String', tenant)} AND ${timeCondition(range)}
AND metric IN ${param('Array(UInt32)', [...new Set(metrics)])} ORDER BY metric, id, t`
}

function extent(timestamps: BigInt64Array): readonly [first: number, last: number] {
  let [first, last] = [Infinity, -Infinity]
  for (const timestamp of timestamps) {
    first = Math.min(first, Number(timestamp))
    last = Math.max(last, Number(timestamp))
  }
  return [first, last]
}

function orderOf(keys: RowKeys): Uint32Array {
  const order = Uint32Array.from(keys.ids, (_, row) => row)
  return order.sort((a, b) => compare(keyAt(keys, a), keyAt(keys, b)))
}

function keyAt({ metrics, ids, timestamps }: RowKeys, row: number): Key {
  return { metric: metrics[row] as number, id: ids[row] as bigint, t: timestamps[row] as bigint }
}

function compare(a: Key, b: Key): number {
  if (a.metric !== b.metric) return a.metric - b.metric
  if (a.id !== b.id) return a.id < b.id ? -1 : 1
  return a.t === b.t ? 0 : a.t < b.t ? -1 : 1
}
