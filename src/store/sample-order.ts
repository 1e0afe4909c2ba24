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
/** A run of this many rows is filled as a whole. */
const LONG_RUN = 32
/** What a sorter keeps for a column: room for what a segment of the usual size holds, in entries of eight bytes. */
const MAX_KEPT_ROWS = 4_000_000
const MAX_KEPT_SERIES = 1_000_000
const SCRATCH_STEP = 1 << 20
const GROWTH = 1.25

/** Rows of one tenant in one two-hour bucket, by column, in the table's order. Columns are valid until the sorter's next bucket. */
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

/** Sorts one bucket at a time, in memory that it keeps for the next one. */
export class SampleSorter {
  readonly #next = new Scratch(MAX_KEPT_SERIES)
  readonly #first = new Scratch(MAX_KEPT_SERIES)
  readonly #metrics = new Scratch(MAX_KEPT_ROWS)
  readonly #ids = new Scratch(MAX_KEPT_ROWS)
  readonly #times = new Scratch(MAX_KEPT_ROWS)
  readonly #values = new Scratch(MAX_KEPT_ROWS)
  readonly #starts = new Scratch(MAX_KEPT_ROWS)

  /** The sorted samples of `parts`, all of one tenant, bucket by bucket. */
  async *sort(registry: SeriesRegistry, parts: readonly MetricsPart[]): AsyncGenerator<SortedBucket, void, undefined> {
    for (const bucket of bucketsOf(parts)) {
      const own = parts.filter(({ minTime, maxTime }) => bucketOf(minTime) <= bucket && bucketOf(maxTime) >= bucket)
      const sorted = await this.#sortBucket(registry, bucket, own)
      if (sorted.rows > 0) yield sorted
    }
  }

  async #sortBucket(registry: SeriesRegistry, bucket: number, parts: readonly MetricsPart[]): Promise<SortedBucket> {
    const next = new Uint32Array(this.#next.take(registry.size * 4), 0, registry.size).fill(0)
    const sort = new BucketSort(registry, bucket, parts, next)
    const rows = await sort.count()
    const first = new Uint32Array(this.#first.take(registry.size * 4), 0, registry.size)
    const series = await sort.layOut(first)
    const doubles = (scratch: Scratch): Float64Array<ArrayBuffer> => new Float64Array(scratch.take(rows * 8), 0, rows)
    const times = doubles(this.#times)
    const values = doubles(this.#values)
    const starts = parts.some((part) => part.starts !== undefined) ? doubles(this.#starts) : undefined
    await sort.scatter(first, { times, values, starts })
    const metrics = new Uint32Array(this.#metrics.take(rows * 4), 0, rows)
    const ids = new BigUint64Array(this.#ids.take(rows * 8), 0, rows)
    await sort.identities(series, metrics, ids)
    return {
      bucket,
      series,
      rows,
      metrics,
      ids,
      timestamps: await toInt64(times),
      values,
      starts: starts === undefined ? undefined : await toInt64(starts),
    }
  }
}

/** One column's memory, kept between uses unless one use was beyond `maxKept` entries of eight bytes. */
class Scratch {
  readonly #maxKept: number
  #buffer = new ArrayBuffer(0)

  constructor(maxKept: number) {
    this.#maxKept = maxKept * 8
  }

  take(bytes: number): ArrayBuffer {
    if (bytes <= this.#buffer.byteLength) return this.#buffer
    const steps = Math.ceil((bytes * GROWTH) / SCRATCH_STEP)
    const grown = new ArrayBuffer(bytes > this.#maxKept ? bytes : Math.min(steps * SCRATCH_STEP, this.#maxKept))
    if (grown.byteLength <= this.#maxKept) this.#buffer = grown
    return grown
  }
}

function bucketOf(t: number): number {
  return Math.floor(t / BUCKET_MS)
}

/** The buckets that the parts touch, in order. */
function bucketsOf(parts: readonly MetricsPart[]): number[] {
  const buckets = new Set<number>()
  for (const { minTime, maxTime, timestamps } of parts) {
    if (timestamps.length === 0) continue
    const first = bucketOf(minTime)
    const last = bucketOf(maxTime)
    if (last - first < 2) for (const bucket of [first, last]) buckets.add(bucket)
    else for (const t of timestamps) buckets.add(bucketOf(t))
  }
  return [...buckets].sort((a, b) => a - b)
}

interface Columns {
  readonly times: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
}

/** The steps, in their order: `count`, `layOut`, `scatter`, `identities`. */
class BucketSort {
  readonly #registry: SeriesRegistry
  readonly #bucket: number
  readonly #parts: readonly MetricsPart[]
  /** First the rows of each series, then where its next row goes. */
  readonly #next: Uint32Array
  readonly #distinct: number[] = []
  #sinceBreak = 0

  constructor(registry: SeriesRegistry, bucket: number, parts: readonly MetricsPart[], next: Uint32Array) {
    this.#registry = registry
    this.#bucket = bucket
    this.#parts = parts
    this.#next = next
  }

  /** The number of rows. */
  async count(): Promise<number> {
    let rows = 0
    for (const part of this.#parts) {
      rows += this.#count(part)
      await this.#breathe(part.refs.length)
    }
    return rows
  }

  /** The distinct series in order. Gives each its run of rows, whose starts go to `first`, by ref. */
  async layOut(first: Uint32Array): Promise<Uint32Array> {
    const series = sortedByKey(this.#registry, new Uint32Array(this.#distinct))
    await setImmediate()
    let total = 0
    for (const ref of series) {
      const count = this.#next[ref] as number
      first[ref] = total
      this.#next[ref] = total
      total += count
    }
    return series
  }

  async scatter(first: Uint32Array, out: Columns): Promise<void> {
    for (const part of this.#parts) {
      this.#scatter(part, first, out)
      await this.#breathe(part.refs.length)
    }
  }

  /** Metric hashes and ids of all rows: each series' over its run. */
  async identities(series: Uint32Array, metrics: Uint32Array, ids: BigUint64Array): Promise<void> {
    let row = 0
    for (let from = 0; from < series.length;) {
      const to = this.#sliceEnd(series, from, row)
      row = this.#fillIdentities(series.subarray(from, to), row, metrics, ids)
      from = to
      await setImmediate()
    }
  }

  #isAllInside({ minTime, maxTime }: MetricsPart): boolean {
    return bucketOf(minTime) === this.#bucket && bucketOf(maxTime) === this.#bucket
  }

  #count(part: MetricsPart): number {
    const { refs, timestamps } = part
    const isAll = this.#isAllInside(part)
    const counts = this.#next
    let rows = 0
    for (let i = 0; i < refs.length; i++) {
      if (!isAll && bucketOf(timestamps[i] as number) !== this.#bucket) continue
      const ref = refs[i] as number
      const count = counts[ref] as number
      if (count === 0) this.#distinct.push(ref)
      counts[ref] = count + 1
      rows++
    }
    return rows
  }

  #scatter(part: MetricsPart, first: Uint32Array, out: Columns): void {
    const { refs, timestamps, values } = part
    const { times: outTimes, values: outValues, starts: outStarts } = out
    const isAll = this.#isAllInside(part)
    const next = this.#next
    for (let i = 0; i < refs.length; i++) {
      const t = timestamps[i] as number
      if (!isAll && bucketOf(t) !== this.#bucket) continue
      const ref = refs[i] as number
      let at = next[ref] as number
      next[ref] = at + 1
      // A late row sinks to its place among those of its series: such rows are few.
      if (at > 0 && (outTimes[at - 1] as number) > t) {
        const from = first[ref] as number
        const end = at
        while (at > from && (outTimes[at - 1] as number) > t) at--
        outTimes.copyWithin(at + 1, at, end)
        outValues.copyWithin(at + 1, at, end)
        outStarts?.copyWithin(at + 1, at, end)
      }
      outTimes[at] = t
      const value = values[i] as number
      if (value === value) outValues[at] = value
      else outValues.set(values.subarray(i, i + 1), at) // a NaN keeps its bits
      if (outStarts !== undefined) outStarts[at] = part.starts?.[i] ?? 0
    }
  }

  /** As many series from `from` on as have about `SLICE` rows. `next` stands at the end of each run now. */
  #sliceEnd(series: Uint32Array, from: number, row: number): number {
    let to = from
    while (to < series.length && (this.#next[series[to] as number] as number) - row <= SLICE) to++
    return Math.max(to, from + 1)
  }

  #fillIdentities(series: Uint32Array, row: number, metrics: Uint32Array, ids: BigUint64Array): number {
    const { idHi, idLo, metric } = this.#registry.columns
    const words = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)
    let at = row
    for (let i = 0; i < series.length; i++) {
      const ref = series[i] as number
      const end = this.#next[ref] as number
      const hi = idHi[ref] as number
      const lo = idLo[ref] as number
      const hash = metric[ref] as number
      if (end - at >= LONG_RUN) {
        words[2 * at] = lo
        words[2 * at + 1] = hi
        ids.fill(ids[at] as bigint, at + 1, end)
        metrics.fill(hash, at, end)
        at = end
      }
      for (; at < end; at++) {
        metrics[at] = hash
        words[2 * at] = lo
        words[2 * at + 1] = hi
      }
    }
    return at
  }

  /** Gives the event loop back once `SLICE` rows were worked on. */
  async #breathe(rows: number): Promise<void> {
    this.#sinceBreak += rows
    if (this.#sinceBreak < SLICE) return
    this.#sinceBreak = 0
    await setImmediate()
  }
}

/** Whole numbers below 2^53 as Int64, in the same memory and without a bigint a row. */
async function toInt64(column: Float64Array<ArrayBuffer>): Promise<BigInt64Array> {
  const words = new Int32Array(column.buffer, column.byteOffset, column.length * 2)
  for (let from = 0; from < column.length; from += SLICE) {
    const to = Math.min(column.length, from + SLICE)
    for (let i = from; i < to; i++) {
      const t = column[i] as number
      words[2 * i] = t // ToInt32 keeps the low word
      words[2 * i + 1] = Math.floor(t / 4_294_967_296)
    }
    await setImmediate()
  }
  return new BigInt64Array(column.buffer, column.byteOffset, column.length)
}

/** `refs` by metric hash and id. */
function sortedByKey(registry: SeriesRegistry, refs: Uint32Array): Uint32Array {
  const { idLo, idHi, metric } = registry.columns
  let from = refs
  let to: Uint32Array = new Uint32Array(refs.length)
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
