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

/** The sorted samples of `parts`, all of one tenant, by bucket. */
export async function sortSamples(registry: SeriesRegistry, parts: readonly MetricsPart[]): Promise<SortedBucket[]> {
  const sorted: SortedBucket[] = []
  for (const bucket of bucketsOf(parts)) {
    const own = parts.filter(({ minTime, maxTime }) => bucketOf(minTime) <= bucket && bucketOf(maxTime) >= bucket)
    const rows = await new BucketSort(registry, bucket, own).run()
    if (rows.rows > 0) sorted.push(rows)
  }
  return sorted
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

class BucketSort {
  readonly #registry: SeriesRegistry
  readonly #bucket: number
  readonly #parts: readonly MetricsPart[]
  /** First the rows of each series, then where its next row goes. */
  readonly #next: Uint32Array
  readonly #distinct: number[] = []
  #rows = 0
  #sinceBreak = 0

  constructor(registry: SeriesRegistry, bucket: number, parts: readonly MetricsPart[]) {
    this.#registry = registry
    this.#bucket = bucket
    this.#parts = parts
    this.#next = new Uint32Array(registry.size)
  }

  async run(): Promise<SortedBucket> {
    for (const part of this.#parts) {
      this.#count(part)
      await this.#breathe(part.refs.length)
    }
    const series = sortedByKey(this.#registry, new Uint32Array(this.#distinct))
    await setImmediate()
    const starts = this.#layOut(series)
    const times = new Float64Array(this.#rows)
    const values = new Float64Array(this.#rows)
    const hasStarts = this.#parts.some((part) => part.starts !== undefined)
    const created = hasStarts ? new Float64Array(this.#rows) : undefined
    for (const part of this.#parts) {
      this.#scatter(part, starts, times, values, created)
      await this.#breathe(part.refs.length)
    }
    const { metrics, ids } = await this.#identities(series)
    return {
      bucket: this.#bucket,
      series,
      rows: this.#rows,
      metrics,
      ids,
      timestamps: await toInt64(times),
      values,
      starts: created === undefined ? undefined : await toInt64(created),
    }
  }

  #isAllInside({ minTime, maxTime }: MetricsPart): boolean {
    return bucketOf(minTime) === this.#bucket && bucketOf(maxTime) === this.#bucket
  }

  #count(part: MetricsPart): void {
    const { refs, timestamps } = part
    const isAll = this.#isAllInside(part)
    const counts = this.#next
    for (let i = 0; i < refs.length; i++) {
      if (!isAll && bucketOf(timestamps[i] as number) !== this.#bucket) continue
      const ref = refs[i] as number
      const count = counts[ref] as number
      if (count === 0) this.#distinct.push(ref)
      counts[ref] = count + 1
      this.#rows++
    }
  }

  /** Gives each series its run of rows; the starts of the runs by ref. */
  #layOut(series: Uint32Array): Uint32Array {
    let total = 0
    for (const ref of series) {
      const count = this.#next[ref] as number
      this.#next[ref] = total
      total += count
    }
    return this.#next.slice()
  }

  #scatter(
    part: MetricsPart,
    starts: Uint32Array,
    outTimes: Float64Array,
    outValues: Float64Array,
    outCreated: Float64Array | undefined,
  ): void {
    const { refs, timestamps, values } = part
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
        const from = starts[ref] as number
        const end = at
        while (at > from && (outTimes[at - 1] as number) > t) at--
        outTimes.copyWithin(at + 1, at, end)
        outValues.copyWithin(at + 1, at, end)
        outCreated?.copyWithin(at + 1, at, end)
      }
      outTimes[at] = t
      const value = values[i] as number
      if (value === value) outValues[at] = value
      else outValues.set(values.subarray(i, i + 1), at) // a NaN keeps its bits
      if (outCreated !== undefined) outCreated[at] = part.starts?.[i] ?? 0
    }
  }

  /** Metric hashes and ids of all rows: each series' over its run. */
  async #identities(series: Uint32Array): Promise<{ metrics: Uint32Array; ids: BigUint64Array }> {
    const metrics = new Uint32Array(this.#rows)
    const ids = new BigUint64Array(this.#rows)
    const words = new Uint32Array(ids.buffer)
    let row = 0
    for (let from = 0; from < series.length;) {
      const to = this.#sliceEnd(series, from, row)
      row = this.#fillIdentities(series.subarray(from, to), row, metrics, words)
      from = to
      await setImmediate()
    }
    return { metrics, ids }
  }

  /** As many series from `from` on as have about `SLICE` rows. `next` stands at the end of each run now. */
  #sliceEnd(series: Uint32Array, from: number, row: number): number {
    let to = from
    while (to < series.length && (this.#next[series[to] as number] as number) - row <= SLICE) to++
    return Math.max(to, from + 1)
  }

  #fillIdentities(series: Uint32Array, row: number, metrics: Uint32Array, words: Uint32Array): number {
    const { idHi, idLo, metric } = this.#registry.columns
    let at = row
    for (let i = 0; i < series.length; i++) {
      const ref = series[i] as number
      const end = this.#next[ref] as number
      const hi = idHi[ref] as number
      const lo = idLo[ref] as number
      const hash = metric[ref] as number
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
  const words = new Int32Array(column.buffer)
  for (let from = 0; from < column.length; from += SLICE) {
    const to = Math.min(column.length, from + SLICE)
    for (let i = from; i < to; i++) {
      const t = column[i] as number
      words[2 * i] = t // ToInt32 keeps the low word
      words[2 * i + 1] = Math.floor(t / 4_294_967_296)
    }
    await setImmediate()
  }
  return new BigInt64Array(column.buffer)
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
