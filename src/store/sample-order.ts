/**
 * Brings the samples of a segment into the order of their table, so that the database need not sort: by two-hour bucket,
 * metric hash, id, time. Rows are counted into place by series; only the distinct series are sorted. Gives the event loop
 * back every `SLICE` rows.
 */
import { setImmediate } from 'node:timers/promises'
import type { SeriesRegistry } from './head/registry.ts'
import type { MetricsPart } from './metrics-part.ts'

export const BUCKET_MS = 7_200_000
const SLICE = 100_000

/** Rows of one tenant in one two-hour bucket, by column, in the table's order. */
export interface SortedBucket {
  readonly bucket: number
  /** The distinct series, in the order of their rows. */
  readonly series: Uint32Array
  readonly rows: number
  readonly metrics: Uint32Array
  readonly ids: BigUint64Array
  readonly timestamps: BigInt64Array
  readonly values: Float64Array
  readonly starts: BigInt64Array | undefined
}

interface Rows {
  readonly refs: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
}

/** The sorted samples of `parts`, all of one tenant, by bucket. */
export async function sortSamples(registry: SeriesRegistry, parts: readonly MetricsPart[]): Promise<SortedBucket[]> {
  const sorted: SortedBucket[] = []
  for (const [bucket, rows] of byBucket(joined(parts))) sorted.push(await sortBucket(registry, bucket, rows))
  return sorted
}

function joined(parts: readonly MetricsPart[]): Rows {
  const total = parts.reduce((sum, { refs }) => sum + refs.length, 0)
  const hasStarts = parts.some(({ starts }) => starts !== undefined)
  const rows: Rows = {
    refs: new Uint32Array(total),
    timestamps: new Float64Array(total),
    values: new Float64Array(total),
    starts: hasStarts ? new Float64Array(total) : undefined,
  }
  let at = 0
  for (const part of parts) {
    rows.refs.set(part.refs, at)
    rows.timestamps.set(part.timestamps, at)
    rows.values.set(part.values, at)
    if (part.starts !== undefined) rows.starts?.set(part.starts, at)
    at += part.refs.length
  }
  return rows
}

function byBucket(rows: Rows): [bucket: number, rows: Rows][] {
  const { timestamps } = rows
  const counts = new Map<number, number>()
  let bucket = NaN
  let count = 0
  for (const t of timestamps) {
    const own = Math.floor(t / BUCKET_MS)
    if (own !== bucket) {
      if (count > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
      bucket = own
      count = 0
    }
    count++
  }
  if (count > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  if (counts.size <= 1) return [...counts].map(([only]) => [only, rows])
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([one, size]): [number, Rows] => [one, pick(rows, (t) => Math.floor(t / BUCKET_MS) === one, size)])
}

function pick(rows: Rows, belongs: (t: number) => boolean, size: number): Rows {
  const at = new Uint32Array(size)
  let count = 0
  for (let i = 0; i < rows.timestamps.length; i++) if (belongs(rows.timestamps[i] as number)) at[count++] = i
  const values = new Float64Array(size)
  copyWords(rows.values, at, values)
  const column = (from: Float64Array): Float64Array => Float64Array.from(at, (i) => from[i] as number)
  return {
    refs: Uint32Array.from(at, (i) => rows.refs[i] as number),
    timestamps: column(rows.timestamps),
    values,
    starts: rows.starts === undefined ? undefined : column(rows.starts),
  }
}

// Through words: values keep their exact bits.
function copyWords(from: Float64Array, at: Uint32Array, to: Float64Array): void {
  const source = new Uint32Array(from.buffer, from.byteOffset, from.length * 2)
  const target = new Uint32Array(to.buffer)
  for (let i = 0; i < at.length; i++) {
    const row = at[i] as number
    target[2 * i] = source[2 * row] as number
    target[2 * i + 1] = source[2 * row + 1] as number
  }
}

async function sortBucket(registry: SeriesRegistry, bucket: number, rows: Rows): Promise<SortedBucket> {
  const counts = new Uint32Array(registry.size)
  for (const ref of rows.refs) counts[ref] = (counts[ref] as number) + 1
  await setImmediate()
  const series = sortedSeries(registry, rows.refs, counts)
  await setImmediate()
  // From here on `counts` tells each series' next place.
  let total = 0
  for (const ref of series) {
    const count = counts[ref] as number
    counts[ref] = total
    total += count
  }
  const order = new Uint32Array(total)
  for (let from = 0; from < total; from += SLICE) {
    place(rows, counts, order, from, Math.min(total, from + SLICE))
    await setImmediate()
  }
  return columnsOf(registry, bucket, rows, series, order)
}

function place(rows: Rows, next: Uint32Array, order: Uint32Array, from: number, to: number): void {
  const { refs, timestamps } = rows
  for (let i = from; i < to; i++) {
    const ref = refs[i] as number
    let at = next[ref] as number
    next[ref] = at + 1
    // Late rows sink to their place among those of their series: they are few.
    const t = timestamps[i] as number
    while (at > 0) {
      const before = order[at - 1] as number
      if (refs[before] !== ref || (timestamps[before] as number) <= t) break
      order[at--] = before
    }
    order[at] = i
  }
}

async function columnsOf(
  registry: SeriesRegistry,
  bucket: number,
  rows: Rows,
  series: Uint32Array,
  order: Uint32Array,
): Promise<SortedBucket> {
  const count = order.length
  const metrics = new Uint32Array(count)
  const ids = new BigUint64Array(count)
  const timestamps = new BigInt64Array(count)
  const values = new Float64Array(count)
  const starts = rows.starts === undefined ? undefined : new BigInt64Array(count)
  copyWords(rows.values, order, values)
  await setImmediate()
  for (let from = 0; from < count; from += SLICE) {
    const slice = order.subarray(from, from + SLICE)
    fillIds(registry, rows.refs, slice, metrics.subarray(from), ids.subarray(from))
    fillTimes(rows.timestamps, slice, timestamps.subarray(from))
    if (rows.starts !== undefined && starts !== undefined) fillTimes(rows.starts, slice, starts.subarray(from))
    await setImmediate()
  }
  return { bucket, series, rows: count, metrics, ids, timestamps, values, starts }
}

function fillIds(
  { columns: { idHi, idLo, metric } }: SeriesRegistry,
  refs: Uint32Array,
  order: Uint32Array,
  metrics: Uint32Array,
  ids: BigUint64Array,
): void {
  const words = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)
  for (let i = 0; i < order.length; i++) {
    const ref = refs[order[i] as number] as number
    metrics[i] = metric[ref] as number
    words[2 * i] = idLo[ref] as number
    words[2 * i + 1] = idHi[ref] as number
  }
}

// Whole numbers below 2^53 as Int64, without a bigint a row.
function fillTimes(from: Float64Array, order: Uint32Array, to: BigInt64Array): void {
  const words = new Int32Array(to.buffer, to.byteOffset, to.length * 2)
  for (let i = 0; i < order.length; i++) {
    const t = from[order[i] as number] as number
    words[2 * i] = t // ToInt32 keeps the low word
    words[2 * i + 1] = Math.floor(t / 4_294_967_296)
  }
}

/** The distinct refs, by metric hash and id. */
function sortedSeries(registry: SeriesRegistry, refs: Uint32Array, counts: Uint32Array): Uint32Array {
  const seen = new Uint8Array(counts.length)
  const distinct = new Uint32Array(Math.min(refs.length, counts.length))
  let size = 0
  for (const ref of refs) {
    if (seen[ref] === 1) continue
    seen[ref] = 1
    distinct[size++] = ref
  }
  const { idLo, idHi, metric } = registry.columns
  let from: Uint32Array = distinct.subarray(0, size)
  let to: Uint32Array = new Uint32Array(size)
  for (const key of [idLo, idHi, metric]) {
    for (const shift of [0, 16]) {
      radixPass(key, shift, from, to)
      ;[from, to] = [to, from]
    }
  }
  return from
}

/** One stable pass of a least-significant-digit radix sort over 16 bits of `key`. */
function radixPass(key: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): void {
  const starts = new Uint32Array(65_537)
  for (const ref of from) {
    const digit = ((key[ref] as number) >>> shift) & 0xffff
    starts[digit + 1] = (starts[digit + 1] as number) + 1
  }
  for (let digit = 0; digit < 65_536; digit++)
    starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number)
  for (const ref of from) {
    const digit = ((key[ref] as number) >>> shift) & 0xffff
    const at = starts[digit] as number
    starts[digit] = at + 1
    to[at] = ref
  }
}
