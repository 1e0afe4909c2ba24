/** Reads the segments that an earlier process left: their rows go back into the head and on to the tables. */
import { constants, copyFile, truncate } from 'node:fs/promises'
import type { Log } from '../core/log.ts'
import { durationMs } from '../core/time.ts'
import type { TenantId } from '../model/tenant.ts'
import type { Engine } from './engine.ts'
import type { Head } from './head/head.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { extremes } from './metrics-part.ts'
import type { MetricsPart, PartExemplar, PartHistogram } from './metrics-part.ts'
import { labelsByIdQuery } from './metrics-sql.ts'
import { labelSets } from './stored-rows.ts'
import { makeCrc32 } from './wal/crc32.ts'
import { readFrames } from './wal/frame.ts'
import { decodeRecords } from './wal/record.ts'
import type { SeriesIdParts, WalRecord } from './wal/record.ts'
import { readSegment } from './wal/segment.ts'
import type { LeftSegment } from './wal/segment.ts'
import type { SealedSegment } from './wal/wal.ts'

const IDS_A_QUERY = 10_000
const TIMEOUT = durationMs(300_000)

export interface ReplayDeps {
  readonly head: Head
  readonly engine: Engine
  readonly log: Log
}

export interface Replayed {
  readonly segment: SealedSegment<MetricsPart>
  readonly rows: number
}

/**
 * One segment as it was before the process ended. Rows that the tables may already have are replayed too: the head knows them
 * again, and the segment's token keeps the tables from taking them twice. Damage costs the rows that it hit, and no others.
 */
export async function replaySegment(left: LeftSegment, deps: ReplayDeps, signal: AbortSignal): Promise<Replayed> {
  const { head, log } = deps
  const bytes = await readSegment(left)
  const frames = readFrames(bytes, makeCrc32())
  await tellDamage(left, { ...frames, torn: bytes.length - frames.end }, log)
  const { payloads, end } = frames
  const records = payloads.flatMap(decodeRecords)
  for (const { tenant, series } of records) for (const labels of series) head.tenant(tenant as TenantId).restore(labels)
  await restoreUnknown(records, deps, signal)
  const parts = records.map((record) => partOf(record, head, log))
  const rows = parts.reduce((sum, part) => sum + part.refs.length + part.histograms.length, 0)
  return { segment: { name: left.name, path: left.path, bytes: end, parts, isLeft: true }, rows }
}

/**
 * A torn tail of the newest segment is what a crash leaves of a write that nobody was told of: it is cut off. Anything else is
 * a fault of the disk, and may have been acknowledged: the file is kept for whoever wants to look.
 */
async function tellDamage(
  { path, name, isNewest }: LeftSegment,
  { damaged, torn, end }: { readonly damaged: number; readonly torn: number; readonly end: number },
  log: Log,
): Promise<void> {
  const isCrash = damaged === 0 && isNewest
  if (damaged + torn === 0) return
  if (isCrash) {
    log.warn('cut a torn tail off the log; it was never acknowledged', { segment: name, bytes: torn })
    await truncate(path, end)
    return
  }
  const copy = `${path}.damaged`
  await copyFile(path, copy, constants.COPYFILE_EXCL).catch(() => undefined) // there is one already, or no room for it
  log.error('the log is damaged: rows in its unreadable part are lost, all others are kept', {
    segment: name,
    bytes: damaged + torn,
    copy,
  })
}

/** Brings back the labels of series that the log names by id only, and that were idle for too long to be restored. */
async function restoreUnknown(
  records: readonly WalRecord[],
  { head, engine }: ReplayDeps,
  signal: AbortSignal,
): Promise<void> {
  const unknown = new Map<TenantHead, Set<bigint>>()
  for (const record of records) {
    const tenant = head.tenant(record.tenant as TenantId)
    const note = (id: SeriesIdParts): void => {
      if (tenant.registry.findById(id) !== undefined) return
      const ids = unknown.get(tenant) ?? new Set<bigint>()
      unknown.set(tenant, ids.add((BigInt(id.hi) << 32n) | BigInt(id.lo)))
    }
    for (let i = 0; i < record.ids.length; i += 2)
      note({ lo: record.ids[i] as number, hi: record.ids[i + 1] as number })
    record.histograms.forEach(note)
    record.exemplars.forEach(note)
  }
  for (const [tenant, ids] of unknown) {
    const all = [...ids]
    for (let from = 0; from < all.length; from += IDS_A_QUERY) {
      const query = labelsByIdQuery(tenant.tenant, all.slice(from, from + IDS_A_QUERY))
      for await (const block of engine.read(query, { signal, timeout: TIMEOUT })) {
        for (const labels of labelSets(block)) tenant.restore(labels)
      }
    }
  }
}

function partOf(record: WalRecord, head: Head, log: Log): MetricsPart {
  const tenant = head.tenant(record.tenant as TenantId)
  const refOf = (id: SeriesIdParts): number | undefined => tenant.registry.findById(id)
  const samples = knownSamples(record, tenant)
  const lost = record.timestamps.length - samples.refs.length
  if (lost > 0) log.error('rows of unknown series in the log were left out', { rows: lost, tenant: tenant.tenant })
  for (let i = 0; i < samples.refs.length; i++) {
    tenant.restoreSample(
      samples.refs[i] as number,
      samples.timestamps[i] as number,
      samples.values,
      i,
      samples.starts?.[i],
    )
  }
  const histograms: PartHistogram[] = []
  for (const { timestamp, start, value, ...id } of record.histograms) {
    const ref = refOf(id)
    if (ref === undefined) continue
    tenant.restoreHistogram(ref, timestamp, value, start)
    histograms.push({ ref, timestamp, start, value })
  }
  for (const row of record.metadata) tenant.metadata.add(row)
  const { min, max } = extremes(samples.timestamps)
  const minTime = histograms.reduce((least, { timestamp }) => Math.min(least, timestamp), min)
  tenant.changes.note(minTime)
  const pin = head.pinLabels()
  return {
    ...samples,
    tenant,
    release: () => pin.release(),
    histograms,
    exemplars: exemplarsOf(record, tenant, head),
    metadata: record.metadata,
    defined: [],
    minTime,
    maxTime: max,
  }
}

function knownSamples(
  { ids, timestamps, values, starts }: WalRecord,
  { registry }: TenantHead,
): Pick<MetricsPart, 'refs' | 'timestamps' | 'values' | 'starts'> {
  const refs = Array.from(timestamps, (_, i) => {
    return registry.findById({ lo: ids[2 * i] as number, hi: ids[2 * i + 1] as number })
  })
  if (!refs.includes(undefined)) return { refs: Uint32Array.from(refs as number[]), timestamps, values, starts }
  const kept = [...refs.keys()].filter((i) => refs[i] !== undefined)
  const keptValues = new Float64Array(kept.length)
  for (const [to, from] of kept.entries()) keptValues.set(values.subarray(from, from + 1), to)
  return {
    refs: Uint32Array.from(kept, (i) => refs[i] as number),
    timestamps: Float64Array.from(kept, (i) => timestamps[i] as number),
    values: keptValues,
    starts: starts === undefined ? undefined : Float64Array.from(kept, (i) => starts[i] as number),
  }
}

function exemplarsOf(record: WalRecord, tenant: TenantHead, head: Head): PartExemplar[] {
  const exemplars: PartExemplar[] = []
  for (const { hi, lo, labels, value, timestamp } of record.exemplars) {
    const ref = tenant.registry.findById({ hi, lo })
    if (ref === undefined) continue
    const stored = {
      tenant: tenant.tenant,
      key: `${tenant.tenant}/${hi}/${lo}`,
      series: tenant.labelsOf(ref),
      exemplar: { labels, value, timestamp },
    }
    head.exemplars.add(stored)
    exemplars.push({ ref, stored })
  }
  return exemplars
}
