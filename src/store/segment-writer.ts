/** Writes what a sealed segment holds to the tables. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Column, Engine } from './engine.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { MetricsPart } from './metrics-part.ts'
import {
  dayOf,
  exemplarColumns,
  histogramColumns,
  metadataColumns,
  sampleColumns,
  seriesColumns,
} from './metrics-tables.ts'
import type { SeriesDay } from './metrics-tables.ts'
import { BUCKET_MS, sortSamples } from './sample-order.ts'
import type { SortedBucket } from './sample-order.ts'
import type { SealedSegment } from './wal/wal.ts'

/** Rows of the series table in one insert: label sets are strings, and encoding them holds the event loop. */
const SERIES_ROWS = 20_000

export interface SegmentWriterDeps {
  readonly engine: Engine
  readonly clock: Clock
}

/**
 * Series rows go first, so that no sample is ever in the tables without its labels. Samples and histograms carry the segment's
 * name in their token: writing a segment again, after a failure or a crash, stores none of them twice. The other tables drop
 * repeated rows themselves, and what is left to write of them may differ the second time, so each insert has its own token.
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
    const buckets = await sortSamples(this.#tenant.registry, parts)
    const histograms = parts.flatMap((part) => part.histograms)
    const exemplars = parts.flatMap((part) => part.exemplars)
    const metadata = parts.flatMap((part) => part.metadata)
    await this.#writeSeries(this.#newDays(buckets, parts))
    for (const bucket of buckets) {
      const columns = sampleColumns(this.#tenant.tenant, bucket)
      await this.#insert('samples', columns, bucket.rows, `samples-${bucket.bucket}`)
    }
    await this.#insert('histograms', histogramColumns(this.#tenant, histograms), histograms.length, 'histograms')
    await this.#insert(
      'exemplars',
      exemplarColumns(this.#tenant, exemplars),
      exemplars.length,
      this.#unique('exemplars'),
    )
    const seen = metadataColumns(this.#tenant.tenant, metadata, this.#deps.clock.now())
    await this.#insert('metadata', seen, metadata.length, this.#unique('metadata'))
    return buckets.reduce((sum, { rows }) => sum + rows, 0)
  }

  async #writeSeries(days: readonly SeriesDay[]): Promise<void> {
    for (let from = 0; from < days.length; from += SERIES_ROWS) {
      const rows = days.slice(from, from + SERIES_ROWS)
      await this.#insert('series', seriesColumns(this.#tenant, rows), rows.length, this.#unique(`series-${from}`))
      for (const { ref, day } of rows) this.#tenant.storedDays.add(ref, day)
    }
  }

  /** Series with rows on days for which the table has no row of theirs yet. */
  #newDays(buckets: readonly SortedBucket[], parts: readonly MetricsPart[]): SeriesDay[] {
    const days: SeriesDay[] = []
    const noted = new Map<number, Set<number>>()
    const note = (ref: number, day: number): void => {
      if (this.#tenant.storedDays.has(ref, day)) return
      const refs = noted.get(day) ?? new Set<number>()
      if (refs.has(ref)) return
      noted.set(day, refs.add(ref))
      days.push({ ref, day })
    }
    for (const { bucket, series } of buckets) {
      const day = dayOf(bucket * BUCKET_MS)
      for (const ref of series) note(ref, day)
    }
    for (const part of parts) {
      for (const { ref, timestamp } of part.histograms) note(ref, dayOf(timestamp))
      for (const { ref, stored } of part.exemplars) note(ref, dayOf(stored.exemplar.timestamp))
    }
    return days
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
