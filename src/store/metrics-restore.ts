/** Fills the head from the tables at the start: recent samples and histograms, their series, and all metadata. */
import { setImmediate } from 'node:timers/promises'
import { durationMs, unixMs } from '../core/time.ts'
import type { UnixMs } from '../core/time.ts'
import type { TenantId } from '../model/tenant.ts'
import type { MetricType } from '../signals/metrics.ts'
import type { Block, Engine, Sql } from './engine.ts'
import type { Head } from './head/head.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { bucketCondition, dayCondition, timeCondition } from './metrics-sql.ts'
import { BUCKET_MS } from './sample-order.ts'
import { param, sql } from './sql/sql.ts'
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
    const { start, end, hasOlder } = await this.#extent(oldest, maxSamples)
    const histogramTenants = await this.#histogramTenants()
    if (hasOlder) this.#head.raiseWatermark(start)
    if (end > start) {
      await this.#loadSeries(start, end)
      // Bucket by bucket, oldest first, so that each series' samples come in order of time.
      for (let from: number = start; from < end;) {
        const to = Math.min(end, (Math.floor(from / BUCKET_MS) + 1) * BUCKET_MS)
        await this.#loadSamples(unixMs(from), unixMs(to))
        if (histogramTenants.length > 0) await this.#loadHistograms(unixMs(from), unixMs(to))
        from = to
      }
    }
    return { series: this.#series, samples: this.#samples, histogramTenants }
  }

  #read(query: Sql): AsyncIterable<Block> {
    return this.#engine.read(query, { signal: this.#signal, timeout: TIMEOUT })
  }

  /** The newest steps that hold `maxSamples` at most, and whether there is anything before them. */
  async #extent(oldest: UnixMs, maxSamples: number): Promise<{ start: UnixMs; end: UnixMs; hasOlder: boolean }> {
    const counts = new Map<number, number>()
    for (const table of [sql`samples`, sql`histograms`]) {
      const since = sql`ts >= fromUnixTimestamp64Milli(${param('Int64', oldest)}, 'UTC')`
      const query = sql`SELECT toUnixTimestamp(toStartOfFiveMinutes(ts)) AS step, count() AS rows FROM ${table} WHERE ${since} GROUP BY step`
      for await (const { rows, columns } of this.#read(query)) {
        const steps = columns['step'] as Uint32Array
        const sizes = columns['rows'] as BigUint64Array
        for (let i = 0; i < rows; i++) {
          const step = (steps[i] as number) * 1000
          counts.set(step, (counts.get(step) ?? 0) + Number(sizes[i]))
        }
      }
    }
    const newest = Math.max(oldest, ...counts.keys())
    let start = newest + STEP_MS
    let total = 0
    for (; start > oldest; start -= STEP_MS) {
      total += counts.get(start - STEP_MS) ?? 0
      if (total > maxSamples) break
    }
    const isAllRead = start <= oldest
    const hasOlder = !isAllRead || (await this.#hasRowsBefore(oldest))
    return { start: unixMs(Math.max(start, oldest)), end: unixMs(newest + STEP_MS), hasOlder }
  }

  async #hasRowsBefore(t: UnixMs): Promise<boolean> {
    for (const table of [sql`samples`, sql`histograms`]) {
      const before = sql`ts < fromUnixTimestamp64Milli(${param('Int64', t)}, 'UTC')`
      for await (const { rows } of this.#read(sql`SELECT 1 AS one FROM ${table} WHERE ${before} LIMIT 1`)) {
        if (rows > 0) return true
      }
    }
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
  async #loadSeries(start: UnixMs, end: UnixMs): Promise<void> {
    const range = sql`${bucketCondition({ start, end })} AND ${timeCondition({ start, end })}`
    const active = sql`SELECT DISTINCT id FROM samples WHERE ${range} UNION ALL SELECT DISTINCT id FROM histograms WHERE ${range}`
    const query = sql`SELECT tenant, day, labels FROM series WHERE ${dayCondition({ start, end })} AND id IN (${active}) ORDER BY day DESC LIMIT 1 BY tenant, id`
    for await (const block of this.#read(query)) {
      const tenants = block.columns['tenant'] as readonly string[]
      const dates = block.columns['day'] as Uint16Array
      for (const [row, labels] of labelSets(block).entries()) {
        const tenant = this.#head.tenant(tenants[row] as TenantId)
        tenant.storedDays.add(tenant.restore(labels), dates[row] as number)
        this.#series++
        if (this.#series % 10_000 === 0) await setImmediate()
      }
    }
  }

  async #loadSamples(start: UnixMs, end: UnixMs): Promise<void> {
    const range = sql`${bucketCondition({ start, end })} AND ${timeCondition({ start, end })}`
    const query = sql`SELECT tenant, id, ts, val FROM samples WHERE ${range} ORDER BY tenant, metric, id, ts`
    for await (const block of this.#read(query)) {
      const times = timesOf(block)
      const values = block.columns['val'] as Float64Array
      this.#eachRun(block, (tenant, ref, from, to) => {
        for (let row = from; row < to; row++) tenant.restoreSample(ref, times[row] as number, values, row)
      })
      this.#samples += block.rows
    }
  }

  async #loadHistograms(start: UnixMs, end: UnixMs): Promise<void> {
    const range = sql`${bucketCondition({ start, end })} AND ${timeCondition({ start, end })}`
    const query = sql`SELECT * FROM histograms WHERE ${range} ORDER BY tenant, metric, id, ts`
    for await (const block of this.#read(query)) {
      const times = timesOf(block)
      const values = histogramsOf(block)
      this.#eachRun(block, (tenant, ref, from, to) => {
        for (let row = from; row < to; row++) {
          const value = values[row]
          if (value !== undefined) tenant.takeHistogram(ref, times[row] as number, value, Infinity)
        }
      })
      this.#samples += block.rows
    }
  }

  #eachRun(block: Block, visit: (tenant: TenantHead, ref: number, from: number, to: number) => void): void {
    const tenants = block.columns['tenant'] as readonly string[]
    const words = idWords(block)
    for (let row = 0; row < block.rows;) {
      const end = runEnd(words, row, block.rows)
      const tenant = this.#head.tenant(tenants[row] as TenantId)
      const ref = tenant.registry.findById(idAt(words, row))
      if (ref !== undefined) visit(tenant, ref, row, end)
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
