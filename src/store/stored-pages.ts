/**
 * Samples of the tables that were read lately, in memory: the rows of a selector's series in one bucket are a page. Old buckets
 * are never written to again but by late samples, so a dashboard that asks for the same series reads each of them once.
 */
import type { TimeRange, UnixMs } from '../core/time.ts'
import { unixMs } from '../core/time.ts'
import { BUCKET_MS } from './sample-order.ts'
import type { StoredList } from './stored-list.ts'
import type { RunColumns } from './stored-samples.ts'
import type { RunVisitor, SeriesRuns, StoredSlice } from './stored-slices.ts'

/** A time and a value. */
const ROW_BYTES = 12
/** A selection that needs a larger part of the memory would drive out all others. */
const MAX_SHARE = 0.4
/** Buckets of a selection: each that is missing is a query. */
const MAX_BUCKETS = 40
/** Buckets whose last write is remembered. */
const MAX_WRITTEN = 20_000

/** Rows that were added to the table of samples. */
export interface SamplesAdded {
  readonly tenant: string
  readonly bucket: number
}

interface Page {
  readonly key: string
  readonly tenant: string
  readonly bucket: number
  readonly slice: StoredSlice
}

/** Good for as long as all rows are written by this process, and told of by `added` once they are in the table. */
export class StoredPages {
  /** The one that was used least recently comes first. */
  readonly #pages = new Map<string, Page>()
  readonly #maxBytes: number
  #bytes = 0
  #version = 0
  /** By tenant and bucket: the version of its last write; what is forgotten is as new as `#floor`. */
  readonly #written = new Map<string, number>()
  #floor = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The pages of the list for a range, read by `read` where they are missing; undefined when they would be too large. */
  async of(
    { list, tenant, range, starts, rowsIn }: PagesWanted,
    read: (range: TimeRange<UnixMs>) => Promise<StoredSlice>,
  ): Promise<SeriesRuns | undefined> {
    const buckets = bucketsOf(range)
    if (buckets === undefined) return undefined
    const rows = rowsIn(buckets.length * BUCKET_MS)
    if (rows * ROW_BYTES > this.#maxBytes * MAX_SHARE) return undefined
    const pages = buckets.map(async (bucket) => {
      const key = `${list.number} ${bucket} ${starts}`
      return this.#use(key) ?? (await this.#read({ key, tenant, bucket }, read))
    })
    return new PagedRuns(list, await Promise.all(pages), range)
  }

  added({ tenant, bucket }: SamplesAdded): void {
    if (this.#written.size >= MAX_WRITTEN) {
      this.#written.clear()
      this.#floor = this.#version
    }
    this.#written.set(`${tenant} ${bucket}`, ++this.#version)
    for (const page of this.#pages.values()) if (page.bucket === bucket && page.tenant === tenant) this.#forget(page)
  }

  #use(key: string): StoredSlice | undefined {
    const known = this.#pages.get(key)
    if (known === undefined) return undefined
    this.#pages.delete(key)
    this.#pages.set(key, known)
    return known.slice
  }

  async #read(
    place: Omit<Page, 'slice'>,
    read: (range: TimeRange<UnixMs>) => Promise<StoredSlice>,
  ): Promise<StoredSlice> {
    const { key, tenant, bucket } = place
    const version = this.#version
    const slice = await read({ start: unixMs(bucket * BUCKET_MS), end: unixMs((bucket + 1) * BUCKET_MS) })
    const isChanged = (this.#written.get(`${tenant} ${bucket}`) ?? this.#floor) > version
    if (!isChanged && !this.#pages.has(key)) {
      this.#pages.set(key, { ...place, slice })
      this.#bytes += slice.bytes
      for (const oldest of this.#pages.values()) {
        if (this.#bytes <= this.#maxBytes) break
        this.#forget(oldest)
      }
    }
    return slice
  }

  #forget(page: Page): void {
    if (this.#pages.delete(page.key)) this.#bytes -= page.slice.bytes
  }
}

export interface PagesWanted {
  readonly list: StoredList
  readonly tenant: string
  readonly range: TimeRange<UnixMs>
  readonly starts: boolean
  /** About the rows of the series in so many ms. */
  readonly rowsIn: (span: number) => number
}

function bucketsOf({ start, end }: TimeRange<UnixMs>): number[] | undefined {
  const first = Math.floor(start / BUCKET_MS)
  const last = Math.floor((end - 1) / BUCKET_MS)
  // Around 1970 a bucket of the table is not the bucket of its time.
  if (first < 1 || last - first >= MAX_BUCKETS) return undefined
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** What of some pages lies in a range. */
class PagedRuns implements SeriesRuns {
  readonly from = 0
  readonly to: number
  readonly #pages: readonly StoredSlice[]
  readonly #range: TimeRange<UnixMs>

  constructor(list: StoredList, pages: readonly StoredSlice[], range: TimeRange<UnixMs>) {
    this.to = list.size
    this.#pages = pages
    this.#range = range
  }

  runsOf(place: number, visit: RunVisitor): boolean {
    const { start, end } = this.#range
    let isAny = false
    const within: RunVisitor = (columns, from, to) => {
      const first = lowerBound(columns, from, to, start)
      const behind = lowerBound(columns, first, to, end)
      if (behind === first) return
      isAny = true
      visit(columns, first, behind)
    }
    for (const page of this.#pages) page.runsOf(place, within)
    return isAny
  }
}

/** The first of the rows `[from, to)` that is not before `t`. */
function lowerBound({ times, base }: RunColumns, from: number, to: number, t: number): number {
  if (from === to || base + (times[from] as number) >= t) return from
  if (base + (times[to - 1] as number) < t) return to
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (base + (times[middle] as number) < t) low = middle + 1
    else high = middle
  }
  return low
}
