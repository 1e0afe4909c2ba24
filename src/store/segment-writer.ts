/** Writes what a sealed segment holds to the tables. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Column, Engine } from './engine.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { MetricsPart, PartHistogram } from './metrics-part.ts'
import {
  dayOf,
  exemplarColumns,
  histogramColumns,
  metadataColumns,
  sampleColumns,
  seriesColumns,
} from './metrics-tables.ts'
import type { SeriesDay } from './metrics-tables.ts'
import { BUCKET_MS } from './sample-order.ts'
import type { SampleSorter, SortedBucket } from './sample-order.ts'
import { absentRows } from './stored-check.ts'
import type { RowKeys } from './stored-check.ts'
import type { SeriesAdded } from './stored-index.ts'
import type { SamplesAdded } from './stored-pages.ts'
import type { SealedSegment } from './wal/wal.ts'

/** Rows of the series table in one insert: label sets are strings, and encoding them holds the event loop. */
const SERIES_ROWS = 20_000

export interface SegmentWriterDeps {
  /** Writing the segment was tried before. */
  readonly mayBeStored: boolean
  readonly engine: Engine
  readonly clock: Clock
  /** Works for one segment at a time. */
  readonly sorter: SampleSorter
  /** Told of rows of the table of series once they are there. */
  readonly onSeries: (added: SeriesAdded) => void
  /** The same for the table of samples. */
  readonly onSamples: (added: SamplesAdded) => void
}

/**
 * Series rows go first, so that no sample is ever in the tables without its labels. Samples and histograms carry the segment's
 * name in their token: writing a segment again, after a failure or a crash, stores none of them twice. But ClickHouse notes a
 * token before the rows are in place, and a process that is killed in between leaves a token without rows: so what was tried
 * before is looked for, and what is not there is inserted under another token. The other tables drop repeated rows themselves,
 * and what is left to write of them may differ the second time, so each insert has its own token.
 * Resolves to the number of sample rows.
 */
export async function writeSegment(
  segment: SealedSegment<MetricsPart>,
  deps: SegmentWriterDeps,
  signal: AbortSignal,
): Promise<number> {
  let rows = 0
  const byTenant = grouped(segment.parts)
  for (const [tenant, parts] of byTenant) rows += await new TenantWrite(segment, tenant, deps, signal).write(parts)
  return rows
}

class TenantWrite {
  readonly #segment: SealedSegment<MetricsPart>
  readonly #tenant: TenantHead
  readonly #deps: SegmentWriterDeps
  readonly #signal: AbortSignal

  constructor(segment: SealedSegment<MetricsPart>, tenant: TenantHead, deps: SegmentWriterDeps, signal: AbortSignal) {
    this.#segment = segment
    this.#tenant = tenant
    this.#deps = deps
    this.#signal = signal
  }

  async write(parts: readonly MetricsPart[]): Promise<number> {
    const { registry, tenant } = this.#tenant
    const histograms = parts.flatMap((part) => part.histograms)
    const exemplars = parts.flatMap((part) => part.exemplars)
    const metadata = parts.flatMap((part) => part.metadata)
    let rows = 0
    for await (const bucket of this.#deps.sorter.sort(registry, parts)) {
      rows += bucket.rows
      await this.#writeSeries(this.#missing(bucket.series, dayOf(bucket.bucket * BUCKET_MS)))
      await this.#insertOnce(
        'samples',
        bucket,
        (places) => sampleColumns(tenant, picked(bucket, places)),
        `${bucket.bucket}`,
      )
      this.#deps.onSamples({ tenant, bucket: bucket.bucket })
    }
    const timed = exemplars.map(({ ref, stored }) => ({ ref, timestamp: stored.exemplar.timestamp }))
    await this.#writeSeries(this.#missingOf([...histograms, ...timed]))
    const columns = (places?: Uint32Array): readonly Column[] =>
      histogramColumns(this.#tenant, histogramsAt(histograms, places))
    if (histograms.length > 0) await this.#insertOnce('histograms', keysOf(columns()), columns, 'all')
    await this.#insert(
      'exemplars',
      exemplarColumns(this.#tenant, exemplars),
      exemplars.length,
      this.#unique('exemplars'),
    )
    const seen = metadataColumns(tenant, metadata, this.#deps.clock.now())
    await this.#insert('metadata', seen, metadata.length, this.#unique('metadata'))
    return rows
  }

  /** Writes those for which the table has no row yet. */
  async #writeSeries(days: Iterable<SeriesDay>): Promise<void> {
    let rows: SeriesDay[] = []
    const write = async (): Promise<void> => {
      await this.#insert('series', seriesColumns(this.#tenant, rows), rows.length, this.#unique('series'))
      if (rows.length > 0) this.#stored(rows)
      rows = []
    }
    for (const one of days) if (rows.push(one) === SERIES_ROWS) await write()
    await write()
  }

  #stored(rows: readonly SeriesDay[]): void {
    const { registry, storedDays, tenant } = this.#tenant
    for (const { ref, day } of rows) storedDays.add(ref, day)
    const metrics = new Set(rows.map(({ ref }) => registry.columns.metric[ref] as number))
    this.#deps.onSeries({ tenant, days: new Set(rows.map(({ day }) => day)), metrics })
  }

  *#missing(series: Iterable<number>, day: number): Generator<SeriesDay> {
    for (const ref of series) if (!this.#tenant.storedDays.has(ref, day)) yield { ref, day }
  }

  /** Of rows that are not sorted. */
  *#missingOf(rows: readonly { readonly ref: number; readonly timestamp: number }[]): Generator<SeriesDay> {
    const days = new Map<number, Set<number>>()
    for (const { ref, timestamp } of rows) {
      const day = dayOf(timestamp)
      days.set(day, (days.get(day) ?? new Set()).add(ref))
    }
    for (const [day, series] of days) yield* this.#missing(series, day)
  }

  /** `columns`: of all rows, or of those at some places. */
  async #insertOnce(
    table: 'samples' | 'histograms',
    keys: RowKeys,
    columns: (places?: Uint32Array) => readonly Column[],
    part: string,
  ): Promise<void> {
    const token = `${table}-${part}`
    await this.#insert(table, columns(), keys.ids.length, token)
    const { mayBeStored, engine } = this.#deps
    if (!mayBeStored) return
    const absent = await absentRows(engine, table, { tenant: this.#tenant.tenant, keys }, this.#signal)
    await this.#insert(table, columns(absent), absent.length, this.#unique(token))
  }

  async #insert(table: string, columns: readonly Column[], rows: number, token: string): Promise<void> {
    if (rows === 0) return
    const dedupToken = `${this.#segment.name}-${this.#tenant.tenant}-${token}`
    await this.#deps.engine.write(table, columns, { rows, dedupToken, signal: this.#signal })
  }

  #unique(name: string): string {
    return `${name}-${randomUUID()}`
  }
}

function grouped(parts: readonly MetricsPart[]): Map<TenantHead, MetricsPart[]> {
  const groups = new Map<TenantHead, MetricsPart[]>()
  for (const part of parts) {
    const group = groups.get(part.tenant)
    if (group === undefined) groups.set(part.tenant, [part])
    else group.push(part)
  }
  return groups
}

function histogramsAt(all: readonly PartHistogram[], places: Uint32Array | undefined): readonly PartHistogram[] {
  return places === undefined ? all : Array.from(places, (place) => all[place] as PartHistogram)
}

/** The rows of a bucket at some places, or all. */
function picked(bucket: SortedBucket, rows: Uint32Array | undefined): SortedBucket {
  if (rows === undefined) return bucket
  const { metrics, ids, timestamps, values, starts } = bucket
  const kept = new Float64Array(rows.length)
  // By their bits: see model/stale.ts.
  for (const [to, row] of rows.entries()) kept.set(values.subarray(row, row + 1), to)
  return {
    ...bucket,
    rows: rows.length,
    metrics: Uint32Array.from(rows, (row) => metrics[row] as number),
    ids: BigUint64Array.from(rows, (row) => ids[row] as bigint),
    timestamps: BigInt64Array.from(rows, (row) => timestamps[row] as bigint),
    values: kept,
    starts: starts && BigInt64Array.from(rows, (row) => starts[row] as bigint),
  }
}

function keysOf(columns: readonly Column[]): RowKeys {
  const of = (name: string): unknown => columns.find((column) => column.name === name)?.data
  return {
    metrics: of('metric') as Uint32Array,
    ids: of('id') as BigUint64Array,
    timestamps: of('ts') as BigInt64Array,
  }
}
