/**
 * The road in of metrics: rows go into the head at once, into the log with the next group of writers, and the write is
 * acknowledged when the log has them. From there they go to the tables in the background.
 *
 * Rows are in the head before they are durable, so that later writes are checked against them. When the log refuses them, they
 * are taken out again before anybody hears of it; a query of those few milliseconds may have seen them.
 */
import type { Clock } from '../core/clock.ts'
import { defineError } from '../core/errors.ts'
import type { TenantId } from '../model/tenant.ts'
import { overloaded } from '../signals/ingest.ts'
import type { IngestContext, IngestResult, Rejection } from '../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer, SampleColumns, SeriesRef, SeriesTable } from '../signals/metrics.ts'
import { ColumnMemory } from '../store/column-memory.ts'
import { sameExemplar } from '../store/head/exemplars.ts'
import type { StoredExemplar } from '../store/head/exemplars.ts'
import { storeStopped } from '../store/errors.ts'
import type { Head } from '../store/head/head.ts'
import { KEPT, REPEATED } from '../store/head/tenant-head.ts'
import type { TenantHead } from '../store/head/tenant-head.ts'
import { extremes } from '../store/metrics-part.ts'
import type { MetricsPart, PartExemplar, PartHistogram } from '../store/metrics-part.ts'
import type { WalWrite } from '../store/wal/record.ts'
import type { Wal } from '../store/wal/wal.ts'
import type { WriteMetrics } from './write-metrics.ts'

export const staleRefs = defineError<{ tenant: string }>({
  code: 'ingest.stale_refs',
  status: 503,
  blame: 'nobody',
  retry: true,
  message: ({ tenant }) => `series of tenant "${tenant}" were numbered anew while the request was read`,
  advice: 'Send again.',
})

/** Rows further ahead of the clock than this are a sender's fault, as in Prometheus. */
const MAX_FUTURE_MS = 600_000
const MAX_TOLD = 100

export interface MetricsWriterOptions {
  /** Bytes that may wait for the database. */
  readonly maxPendingBytes: number
}

export interface MetricsWriterDeps {
  readonly head: Head
  readonly wal: Wal<MetricsPart>
  readonly clock: Clock
  /** Bytes in sealed segments that the database does not have yet. */
  readonly flushingBytes: () => number
  readonly metrics: WriteMetrics
}

export class MetricsWriter implements MetricsConsumer {
  readonly #options: MetricsWriterOptions
  readonly #deps: MetricsWriterDeps
  readonly #memory = new ColumnMemory()
  #outcomes = new Uint8Array(0)

  constructor(options: MetricsWriterOptions, deps: MetricsWriterDeps) {
    this.#options = options
    this.#deps = deps
  }

  seriesTable(tenant: TenantId): SeriesTable {
    return this.#deps.head.tenant(tenant)
  }

  async consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult> {
    const { head, wal, flushingBytes, metrics } = this.#deps
    if (!wal.isOpen) throw storeStopped()
    const tenant = head.tenant(ctx.tenant)
    if (batch.generation !== tenant.generation) throw staleRefs({ tenant: ctx.tenant })
    const limitBytes = this.#options.maxPendingBytes
    if (flushingBytes() + wal.bytes > limitBytes) throw overloaded({ queue: 'metrics', limitBytes })
    const intake = new Intake(tenant, this.#deps.clock.now() + MAX_FUTURE_MS)
    const part = this.#take(batch, tenant, intake)
    const durable = isEmpty(part) ? wal.settled() : wal.append(recordOf(part), part)
    if (isEmpty(part)) part.release()
    await durable
    metrics.taken(intake.accepted, intake.codes)
    return { accepted: intake.accepted, rejected: intake.rejected, rejections: intake.told }
  }

  /** Takes rows out of the head again that the log refused; called by the log, the latest write first. */
  undo(parts: readonly MetricsPart[]): void {
    const exemplars = new Set<StoredExemplar>()
    for (const part of parts) {
      const { tenant, refs, timestamps } = part
      for (const { ref, timestamp } of part.histograms) tenant.histograms.remove(ref, timestamp)
      for (let i = refs.length - 1; i >= 0; i--) {
        const ref = refs[i] as number
        tenant.samples.remove(ref, timestamps[i] as number)
        if (tenant.histograms.has(ref)) tenant.samples.raiseLastTime(ref, tenant.histograms.lastTime(ref))
      }
      tenant.changes.note(part.minTime)
      for (const row of part.metadata) tenant.metadata.remove(row)
      for (const ref of part.defined) tenant.setDefined(ref, false)
      for (const { stored } of part.exemplars) exemplars.add(stored)
      part.release()
    }
    if (exemplars.size > 0) this.#deps.head.exemplars.remove(exemplars)
  }

  #take(batch: MetricsBatch, tenant: TenantHead, intake: Intake): MetricsPart {
    const { columns: samples, release } = this.#memory.keep(this.#takeSamples(batch.samples, tenant, intake))
    const histograms = takeHistograms(batch, tenant, intake)
    const exemplars = takeExemplars(batch, tenant, this.#deps.head)
    const { min, max } = extremes(samples.timestamps)
    const minTime = histograms.reduce((least, { timestamp }) => Math.min(least, timestamp), min)
    tenant.changes.note(minTime)
    const metadata = batch.metadata.filter((row) => tenant.metadata.add(row))
    const pin = this.#deps.head.pinLabels()
    return {
      tenant,
      release: () => {
        pin.release()
        release()
      },
      refs: samples.refs,
      timestamps: samples.timestamps,
      values: samples.values,
      starts: samples.startTimestamps,
      histograms,
      exemplars,
      metadata,
      defined: definedBy(tenant, samples.refs, histograms, exemplars),
      minTime,
      maxTime: max,
    }
  }

  /** The rows that are new; the batch's own columns when all are. */
  #takeSamples(samples: SampleColumns, tenant: TenantHead, intake: Intake): SampleColumns {
    const rows = samples.refs.length
    if (this.#outcomes.length < rows) this.#outcomes = new Uint8Array(rows * 2)
    const outcomes = this.#outcomes
    tenant.takeSamples(samples, intake.latest, outcomes)
    let kept = 0
    for (let i = 0; i < rows; i++) if (outcomes[i] === KEPT) kept++
    if (kept === rows) {
      intake.accepted += rows
      return samples
    }
    for (let i = 0; i < rows; i++) {
      intake.note(outcomes[i] as number, i, samples.refs[i] as number, samples.timestamps[i] as number)
    }
    return keptOf(samples, outcomes, kept)
  }
}

/** What became of a batch's rows so far. */
class Intake {
  readonly latest: number
  readonly told: (Rejection & { readonly row: number })[] = []
  readonly codes = new Map<string, number>()
  accepted = 0
  rejected = 0
  readonly #tenant: TenantHead

  constructor(tenant: TenantHead, latest: number) {
    this.#tenant = tenant
    this.latest = latest
  }

  note(outcome: number, row: number, ref: SeriesRef, t: number): void {
    if (outcome === KEPT || outcome === REPEATED) {
      this.accepted++
      return
    }
    this.rejected++
    const code = this.#tenant.codeOf(outcome)
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1)
    if (this.told.length < MAX_TOLD) this.told.push({ row, ...this.#tenant.refusalOf(outcome, ref, t) })
  }
}

function takeHistograms({ samples, histograms }: MetricsBatch, tenant: TenantHead, intake: Intake): PartHistogram[] {
  const kept: PartHistogram[] = []
  for (const [i, value] of histograms.values.entries()) {
    const ref = histograms.refs[i] as number
    const timestamp = histograms.timestamps[i] as number
    const start = histograms.startTimestamps?.[i] ?? 0
    const outcome = tenant.takeHistogram(ref, timestamp, value, start, intake.latest)
    intake.note(outcome, samples.refs.length + i, ref, timestamp)
    // With what the head adds to it.
    if (outcome === KEPT) kept.push({ ref, timestamp, start, value: tenant.histograms.at(ref, timestamp) ?? value })
  }
  return kept
}

// An exemplar never fails a write: one that is older than what its series has, or the same again, is left out.
function takeExemplars({ exemplars }: MetricsBatch, tenant: TenantHead, { exemplars: ring }: Head): PartExemplar[] {
  const kept: PartExemplar[] = []
  for (const { ref, labels, value, timestamp } of exemplars) {
    if (!tenant.registry.isAlive(ref) || !Number.isInteger(timestamp)) continue
    const { hi, lo } = tenant.registry.idOf(ref)
    const key = `${tenant.tenant}/${hi}/${lo}`
    const exemplar = { labels, value, timestamp }
    const newest = ring.newest(key)
    if (newest !== undefined) {
      const isOlder = timestamp < newest.exemplar.timestamp
      if (isOlder || sameExemplar(newest.exemplar, exemplar)) continue
    }
    const stored = { tenant: tenant.tenant, key, series: newest?.series ?? tenant.labelsOf(ref), exemplar }
    ring.add(stored)
    kept.push({ ref, stored })
  }
  return kept
}

/** Series whose labels the log does not have yet; they count as defined from here on. */
function definedBy(
  tenant: TenantHead,
  refs: Uint32Array,
  histograms: readonly PartHistogram[],
  exemplars: readonly PartExemplar[],
): SeriesRef[] {
  if (!tenant.hasUndefined) return []
  const defined: SeriesRef[] = []
  const define = (ref: SeriesRef): void => {
    if (!tenant.isUndefined(ref)) return
    tenant.setDefined(ref, true)
    defined.push(ref)
  }
  for (const ref of refs) define(ref)
  for (const { ref } of histograms) define(ref)
  for (const { ref } of exemplars) define(ref)
  return defined
}

function keptOf(samples: SampleColumns, outcomes: Uint8Array, kept: number): SampleColumns {
  const { startTimestamps } = samples
  const refs = new Uint32Array(kept)
  const timestamps = new Float64Array(kept)
  const values = new Float64Array(kept)
  const starts = startTimestamps === undefined ? undefined : new Float64Array(kept)
  let to = 0
  for (let i = 0; i < samples.refs.length; i++) {
    if (outcomes[i] !== KEPT) continue
    refs[to] = samples.refs[i] as number
    timestamps[to] = samples.timestamps[i] as number
    values.set(samples.values.subarray(i, i + 1), to) // not through a number: staleness markers keep their bits
    if (starts !== undefined && startTimestamps !== undefined) starts[to] = startTimestamps[i] as number
    to++
  }
  return { refs, timestamps, values, ...(starts === undefined ? {} : { startTimestamps: starts }) }
}

function isEmpty({ refs, histograms, exemplars, metadata }: MetricsPart): boolean {
  return refs.length + histograms.length + exemplars.length + metadata.length === 0
}

function recordOf(part: MetricsPart): WalWrite {
  const { registry } = part.tenant
  const { idHi, idLo } = registry.columns
  return {
    tenant: part.tenant.tenant,
    fillIds: (words) => {
      for (let i = 0; i < part.refs.length; i++) {
        const ref = part.refs[i] as number
        words[2 * i] = idLo[ref] as number
        words[2 * i + 1] = idHi[ref] as number
      }
    },
    timestamps: part.timestamps,
    values: part.values,
    starts: part.starts,
    series: part.defined.map((ref) => registry.labelsOf(ref)),
    histograms: part.histograms.map((one) => ({ ...registry.idOf(one.ref), ...one })),
    exemplars: part.exemplars.map(({ ref, stored }) => ({ ...registry.idOf(ref), ...stored.exemplar })),
    metadata: part.metadata,
  }
}
