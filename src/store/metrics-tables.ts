/** Columns of the metrics tables (schema/000*.sql) from what the head and the log hold. */
import { STALE_HI, STALE_LO } from '../model/stale.ts'
import type { BucketSpans, NativeHistogram } from '../model/histogram.ts'
import type { LabelSet } from '../model/labels.ts'
import type { MetadataRow } from '../signals/metrics.ts'
import type { ArrayColumnData, Column, ColumnData } from './engine.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { PartExemplar, PartHistogram } from './metrics-part.ts'
import type { SortedBucket } from './sample-order.ts'

export const TIME_TYPE = "DateTime64(3, 'UTC')"
const STRING = 'LowCardinality(String)'
const LABELS = 'Map(LowCardinality(String), String)'

/** `Date` is an unsigned 16-bit number of days. */
const MAX_DAY = 65_535

/** A series on a UTC day on which it has rows. */
export interface SeriesDay {
  readonly ref: number
  readonly day: number
}

/** The UTC day of a time, as ClickHouse's `Date` holds it. */
export function dayOf(t: number): number {
  return Math.min(MAX_DAY, Math.max(0, Math.floor(t / 86_400_000)))
}

export function sampleColumns(tenant: string, rows: SortedBucket): Column[] {
  const columns: Column[] = [
    { name: 'tenant', type: STRING, data: { constant: tenant } },
    { name: 'metric', type: 'UInt32', data: rows.metrics },
    { name: 'id', type: 'UInt64', data: rows.ids },
    { name: 'ts', type: TIME_TYPE, data: rows.timestamps },
    { name: 'val', type: 'Float64', data: rows.values },
  ]
  if (rows.starts !== undefined) columns.push({ name: 'st', type: 'Int64', data: rows.starts })
  return columns
}

export function seriesColumns(tenant: TenantHead, rows: readonly SeriesDay[]): Column[] {
  const labels = rows.map(({ ref }) => tenant.labelsOf(ref))
  return [
    { name: 'day', type: 'Date', data: Uint16Array.from(rows, ({ day }) => day) },
    { name: 'tenant', type: STRING, data: { constant: tenant.tenant } },
    { name: 'metric_name', type: STRING, data: labels.map(({ name }) => name) },
    ...identityColumns(
      tenant,
      rows.map(({ ref }) => ref),
    ),
    { name: 'labels', type: LABELS, data: mapColumn(labels) },
  ]
}

export function histogramColumns(tenant: TenantHead, rows: readonly PartHistogram[]): Column[] {
  const number = (of: (value: NativeHistogram) => number): Float64Array =>
    Float64Array.from(rows, ({ value }) => of(value))
  const values = rows.map(({ value }) => value)
  return [
    { name: 'tenant', type: STRING, data: { constant: tenant.tenant } },
    ...identityColumns(
      tenant,
      rows.map(({ ref }) => ref),
    ),
    { name: 'ts', type: TIME_TYPE, data: BigInt64Array.from(rows, ({ timestamp }) => BigInt(timestamp)) },
    { name: 'st', type: 'Int64', data: BigInt64Array.from(rows, ({ start }) => BigInt(start)) },
    { name: 'flags', type: 'UInt8', data: Uint8Array.from(rows, ({ value }) => flagsOf(value)) },
    { name: 'schema', type: 'Int8', data: Int8Array.from(rows, ({ value }) => value.schema) },
    { name: 'zero_threshold', type: 'Float64', data: number((one) => one.zeroThreshold) },
    { name: 'zero_count', type: 'Float64', data: number((one) => one.zeroCount) },
    { name: 'count', type: 'Float64', data: number((one) => one.count) },
    { name: 'sum', type: 'Float64', data: sums(values) },
    ...spanColumns(
      'pos',
      values.map(({ positive }) => positive),
    ),
    ...spanColumns(
      'neg',
      values.map(({ negative }) => negative),
    ),
    { name: 'custom_values', type: 'Array(Float64)', data: floats(values.map(({ customValues }) => customValues)) },
  ]
}

export function exemplarColumns(tenant: TenantHead, rows: readonly PartExemplar[]): Column[] {
  const exemplars = rows.map(({ stored }) => stored.exemplar)
  return [
    { name: 'tenant', type: STRING, data: { constant: tenant.tenant } },
    ...identityColumns(
      tenant,
      rows.map(({ ref }) => ref),
    ),
    { name: 'ts', type: TIME_TYPE, data: BigInt64Array.from(exemplars, ({ timestamp }) => BigInt(timestamp)) },
    { name: 'val', type: 'Float64', data: Float64Array.from(exemplars, ({ value }) => value) },
    { name: 'labels', type: LABELS, data: mapColumn(exemplars.map(({ labels }) => labels)) },
  ]
}

export function metadataColumns(tenant: string, rows: readonly MetadataRow[], seen: number): Column[] {
  return [
    { name: 'tenant', type: STRING, data: { constant: tenant } },
    { name: 'family', type: 'String', data: rows.map(({ metric }) => metric) },
    { name: 'type', type: STRING, data: rows.map(({ type }) => type) },
    { name: 'unit', type: STRING, data: rows.map(({ unit }) => unit) },
    { name: 'help', type: 'String', data: rows.map(({ help }) => help) },
    { name: 'seen', type: TIME_TYPE, data: new BigInt64Array(rows.length).fill(BigInt(Math.floor(seen))) },
  ]
}

function identityColumns({ registry }: TenantHead, refs: readonly number[]): Column[] {
  const { idHi, idLo, metric } = registry.columns
  const ids = new BigUint64Array(refs.length)
  const words = new Uint32Array(ids.buffer)
  for (const [i, ref] of refs.entries()) {
    words[2 * i] = idLo[ref] as number
    words[2 * i + 1] = idHi[ref] as number
  }
  return [
    { name: 'metric', type: 'UInt32', data: Uint32Array.from(refs, (ref) => metric[ref] as number) },
    { name: 'id', type: 'UInt64', data: ids },
  ]
}

function mapColumn(labels: readonly LabelSet[]): ArrayColumnData {
  const names: string[] = []
  const values: string[] = []
  const ends = new BigUint64Array(labels.length)
  for (const [i, { pairs }] of labels.entries()) {
    for (let at = 0; at < pairs.length; at += 2) {
      names.push(pairs[at] as string)
      values.push(pairs[at + 1] as string)
    }
    ends[i] = BigInt(names.length)
  }
  return { ends, items: [names, values] }
}

function spanColumns(prefix: 'pos' | 'neg', spans: readonly BucketSpans[]): Column[] {
  const offsets = spans.map((one) => one.offsets)
  const lengths = spans.map((one) => one.lengths)
  return [
    { name: `${prefix}_offsets`, type: 'Array(Int32)', data: arrays(offsets, (flat) => Int32Array.from(flat)) },
    { name: `${prefix}_lengths`, type: 'Array(UInt32)', data: arrays(lengths, (flat) => Uint32Array.from(flat)) },
    { name: `${prefix}_counts`, type: 'Array(Float64)', data: floats(spans.map((one) => one.counts)) },
  ]
}

function floats(rows: readonly (readonly number[])[]): ArrayColumnData {
  return arrays(rows, (flat) => Float64Array.from(flat))
}

type Items = Exclude<ColumnData, { readonly constant: string }>

function arrays(rows: readonly (readonly number[])[], of: (flat: number[]) => Items): ArrayColumnData {
  let end = 0
  const ends = BigUint64Array.from(rows, ({ length }) => BigInt((end += length)))
  return { ends, items: [of(rows.flat())] }
}

// A staleness marker keeps its very bits.
function sums(values: readonly NativeHistogram[]): Float64Array {
  const column = Float64Array.from(values, ({ sum }) => sum)
  const words = new Uint32Array(column.buffer)
  for (const [i, { stale }] of values.entries()) {
    if (!stale) continue
    words[2 * i] = STALE_LO
    words[2 * i + 1] = STALE_HI
  }
  return column
}

const STALE = 1
const INTEGER = 2
const HINTS: readonly [NativeHistogram['resetHint'], number][] = [
  ['unknown', 0],
  ['reset', 4],
  ['not_reset', 8],
  ['gauge', 12],
]

/** `flags` of the histograms table. */
export function flagsOf({ stale, integer, resetHint }: NativeHistogram): number {
  const hint = HINTS.find(([name]) => name === resetHint)?.[1] ?? 0
  return (stale ? STALE : 0) | (integer ? INTEGER : 0) | hint
}

export function fromFlags(flags: number): Pick<NativeHistogram, 'stale' | 'integer' | 'resetHint'> {
  const resetHint = HINTS.find(([, bits]) => bits === (flags & 12))?.[0] ?? 'unknown'
  return { stale: (flags & STALE) !== 0, integer: (flags & INTEGER) !== 0, resetHint }
}
