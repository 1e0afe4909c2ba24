/** Fills the head from the tables at the start: recent samples and histograms, their series, and all metadata. */
import { setImmediate } from 'node:timers/promises'
import { durationMs, unixMs } from '../core/time.ts'
import type { TimeRange, UnixMs } from '../core/time.ts'
import { withTrueHint } from '../model/histogram-continuity.ts'
import type { TenantId } from '../model/tenant.ts'
import type { MetricType } from '../signals/metrics.ts'
import type { Block, Engine, Sql } from './engine.ts'
import type { Head } from './head/head.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { bucketCondition, dayCondition, timeCondition } from './metrics-sql.ts'
import { BUCKET_MS } from './sample-order.ts'
import { param, sql } from './sql/sql.ts'
import type { SqlPiece } from './sql/sql.ts'
import { histogramsOf, idAt, idWords, labelSets, runEnd, timesOf } from './stored-rows.ts'

const STEP_MS = 300_000
const TIMEOUT = durationMs(600_000)

export interface RestoreOptions {
  readonly now: UnixMs
  /** Older rows stay in the tables. */
  readonly maxAge: number
  /** Rows to read at most: bounds the time of a start. */
  readonly maxSamples: number
}

interface Extent {
  /** From here on all rows are read back. */
  readonly start: UnixMs
  readonly hasOlder: boolean
  /** Two-hour buckets with rows, in order. */
  readonly buckets: readonly number[]
}

export interface Restored {
  readonly series: number
  readonly samples: number
  /** Tenants that have native histograms in the tables. */
  readonly histogramTenants: readonly string[]
}

/** Afterwards the head is complete from its watermark on, for what the tables hold. */
export async function restoreHead(
  head: Head,
  engine: Engine,
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<Restored> {
  return new Restore(head, engine, signal).run(options)
}

class Restore {
  readonly #head: Head
  readonly #engine: Engine
  readonly #signal: AbortSignal
  #samples = 0
  #series = 0

  constructor(head: Head, engine: Engine, signal: AbortSignal) {
    this.#head = head
    this.#engine = engine
    this.#signal = signal
  }

  async run({ now, maxAge, maxSamples }: RestoreOptions): Promise<Restored> {
    await this.#metadata()
    const oldest = unixMs(Math.floor((now - maxAge) / STEP_MS) * STEP_MS)
    const { start, hasOlder, buckets } = await this.#extent(oldest, maxSamples)
    const histogramTenants = await this.#histogramTenants()
    if (hasOlder) this.#head.raiseWatermark(start)
    const last = buckets.at(-1)
    if (last !== undefined) await this.#loadSeries({ start, end: unixMs((last + 1) * BUCKET_MS) })
    // Oldest first, so that each series' samples come in order of time.
    for (const bucket of buckets) {
      const range = { start: unixMs(Math.max(start, bucket * BUCKET_MS)), end: unixMs((bucket + 1) * BUCKET_MS) }
      await this.#loadSamples(range)
      if (histogramTenants.length > 0) await this.#loadHistograms(range)
    }
    return { series: this.#series, samples: this.#samples, histogramTenants }
  }

  #read(query: Sql): AsyncIterable<Block> {
    return this.#engine.read(query, { signal: this.#signal, timeout: TIMEOUT })
  }

  /** The newest steps that hold `maxSamples` at most. */
  async #extent(oldest: UnixMs, maxSamples: number): Promise<Extent> {
    const counts = new Map<number, number>()
    for (const table of [sql`samples`, sql`histograms`]) {
      const since = sql`ts >= fromUnixTimestamp64Milli(${param('Int64', oldest)}, 'UTC')`
      const query = sql`SELECT intDiv(toUnixTimestamp64Milli(ts), 300000) * 300000 AS step, count() AS rows FROM ${table} WHERE ${since} GROUP BY step`
      for await (const { rows, columns } of this.#read(query)) {
        const steps = columns['step'] as BigInt64Array
        const sizes = columns['rows'] as BigUint64Array
        for (let i = 0; i < rows; i++) {
          const step = Number(steps[i])
          counts.set(step, (counts.get(step) ?? 0) + Number(sizes[i]))
        }
      }
    }
    let start: number = oldest
    let total = 0
    const buckets = new Set<number>()
    for (const [step, rows] of [...counts].sort(([a], [b]) => b - a)) {
      total += rows
      if (total > maxSamples) {
        start = step + STEP_MS
        break
      }
      buckets.add(Math.floor(step / BUCKET_MS))
    }
    const hasOlder = start > oldest || (await this.#hasRowsBefore(oldest))
    return { start: unixMs(start), hasOlder, buckets: [...buckets].sort((a, b) => a - b) }
  }

  async #hasRowsBefore(t: UnixMs): Promise<boolean> {
    for (const table of [sql`samples`, sql`histograms`]) {
      const before = sql`ts < fromUnixTimestamp64Milli(${param('Int64', t)}, 'UTC')`
      if (await this.#hasRows(sql`SELECT 1 AS one FROM ${table} WHERE ${before} LIMIT 1`)) return true
    }
    return false
  }

  async #hasRows(query: Sql): Promise<boolean> {
    for await (const { rows } of this.#read(query)) if (rows > 0) return true
    return false
  }

  async #histogramTenants(): Promise<string[]> {
    const tenants: string[] = []
    for await (const { columns } of this.#read(sql`SELECT DISTINCT tenant FROM histograms`)) {
      tenants.push(...(columns['tenant'] as readonly string[]))
    }
    return tenants
  }

  /** Registers the series that have rows in the range; others stay inactive. */
  async #loadSeries(range: TimeRange<UnixMs>): Promise<void> {
    const rows = sql`${bucketCondition(range)} AND ${timeCondition(range)}`
    const active = sql`SELECT DISTINCT id FROM samples WHERE ${rows} UNION ALL SELECT DISTINCT id FROM histograms WHERE ${rows}`
    const query = sql`SELECT tenant, day, labels FROM series WHERE ${dayCondition(range)} AND id IN (${active}) ORDER BY day DESC LIMIT 1 BY tenant, id`
    for await (const block of this.#read(query)) {
      const tenants = block.columns['tenant'] as readonly string[]
      const dates = block.columns['day'] as Uint16Array
      for (const [row, labels] of labelSets(block).entries()) {
        const tenant = this.#head.tenant(tenants[row] as TenantId)
        tenant.storedDays.add(tenant.restore(labels), dates[row] as number)
      }
      this.#series += block.rows
      await setImmediate() // label sets are strings: a block of them holds the event loop for a while
    }
  }

  async #loadSamples(range: TimeRange<UnixMs>): Promise<void> {
    const rows = sql`FROM samples WHERE ${bucketCondition(range)} AND ${timeCondition(range)}`
    const withStarts = await this.#hasRows(sql`SELECT 1 AS one ${rows} AND st != 0 LIMIT 1`)
    const st = withStarts ? sql`, st` : sql``
    const query = sql`SELECT ${this.#owner()}, id, ts, val${st} ${rows} ORDER BY tenant, metric, id, ts`
    for await (const block of this.#read(query)) {
      const times = timesOf(block)
      const values = block.columns['val'] as Float64Array
      const starts = withStarts ? timesOf(block, 'st') : undefined
      this.#eachRun(block, (tenant, ref, from, to) => {
        for (let row = from; row < to; row++) {
          tenant.restoreSample(ref, times[row] as number, values, row, starts?.[row])
        }
      })
      this.#samples += block.rows
    }
  }

  async #loadHistograms(range: TimeRange<UnixMs>): Promise<void> {
    const query = sql`SELECT ${this.#owner()}, * FROM histograms WHERE ${bucketCondition(range)} AND ${timeCondition(range)} ORDER BY tenant, metric, id, ts`
    for await (const block of this.#read(query)) {
      const times = timesOf(block)
      const values = histogramsOf(block)
      const starts = timesOf(block, 'st')
      this.#eachRun(block, (tenant, ref, from, to) => {
        for (const [i, value] of values.slice(from, to).entries()) {
          const hinted = withTrueHint(tenant.histograms.newest(ref)?.value, value)
          tenant.restoreHistogram(ref, times[from + i] as number, hinted, starts[from + i] as number)
        }
      })
      this.#samples += block.rows
    }
  }

  /** The tenant's number among the head's, from 1 on: a number a row is read far faster than a string a row. */
  #owner(): SqlPiece {
    const names = [...this.#head.tenants].map(({ tenant }) => tenant)
    return sql`toUInt32(indexOf(${param('Array(String)', names)}, tenant)) AS owner`
  }

  /** Calls `visit` for each run of rows of one series that the head knows. */
  #eachRun(block: Block, visit: (tenant: TenantHead, ref: number, from: number, to: number) => void): void {
    const tenants = [...this.#head.tenants]
    const owners = block.columns['owner'] as Uint32Array
    const words = idWords(block)
    for (let row = 0; row < block.rows;) {
      const owner = owners[row] as number
      let end = runEnd(words, row, block.rows)
      while (owners[end - 1] !== owner) end-- // two tenants may have the same series, one behind the other
      const tenant = tenants[owner - 1]
      const ref = tenant?.registry.findById(idAt(words, row))
      if (tenant !== undefined && ref !== undefined) visit(tenant, ref, row, end)
      row = end
    }
  }

  async #metadata(): Promise<void> {
    const query = sql`SELECT tenant, family, type, unit, help FROM metadata ORDER BY seen`
    for await (const { rows, columns } of this.#read(query)) {
      const text = (name: string, row: number): string => (columns[name] as readonly string[])[row] as string
      for (let row = 0; row < rows; row++) {
        this.#head.tenant(text('tenant', row) as TenantId).metadata.add({
          metric: text('family', row),
          type: text('type', row) as MetricType,
          help: text('help', row),
          unit: text('unit', row),
        })
      }
    }
  }
}
