/**
 * Samples out of the tables, slice by slice: so many series at once that their rows fit well into memory. Rows may come in the
 * order in which they lie then, bucket by bucket, as it is put together here: to have the database sort them by series takes
 * longer than all the rest.
 */
import type { TimeRange, UnixMs } from '../core/time.ts'
import { METRIC_NAME } from '../model/labels.ts'
import type { SelectOptions } from '../signals/metrics.ts'
import type { Block } from './engine.ts'
import type { ListedSeries, SeriesScope } from './metrics-sql.ts'
import { clampedTime, slicesQuery } from './metrics-sql.ts'
import type { StoredList } from './stored-list.ts'
import { idWords, int64Words, runEnd } from './stored-rows.ts'
import type { RunColumns } from './stored-samples.ts'
import type { StoredRows } from './stored-series.ts'

/** Rows that a slice should have: more costs new memory each time. */
const SLICE_ROWS = 500_000
/** An answer of fewer rows comes as a whole. */
const SMALL_ROWS = 20_000
/** Memory of more rows is not kept for the next slice. */
const MAX_KEPT_ROWS = 2_000_000
/** Selections that are read at the same time. */
const MAX_FREE = 2
/** Series of a slice that is filtered by a list of them. */
const MAX_LISTED = 5_000
/** How many times more rows than expected a slice may turn out to have before the next is made smaller at once. */
const MAX_GROWTH = 4
/** A series is taken to have a row in this time, as long as nothing is known. */
const FIRST_INTERVAL_MS = 5_000
/** Times are 32-bit numbers after the start of a range that is shorter. */
const MAX_SPAN = 2 ** 32

/** How densely series were found to be sampled: makes slices of the right size, and no answer wrong. */
export class Density {
  /** Rows of a series in a ms. */
  #rows = 1 / FIRST_INTERVAL_MS

  /** So many series should make a slice. */
  seriesIn(span: number): number {
    return Math.max(1, Math.floor(SLICE_ROWS / Math.max(1, this.#rows * span)))
  }

  rowsOf(series: number, span: number): number {
    return series * span * this.#rows
  }

  learn(rows: number, series: number, span: number): void {
    const found = rows / (series * span)
    this.#rows = Math.max(found, this.#rows / MAX_GROWTH, 1e-9)
  }
}

/** Rows by series, for the places `[from, to)` of a list. */
export interface SeriesRuns {
  readonly from: number
  readonly to: number
  /** Calls `visit` for each run of the series at `place`, in order of time; false when it has none. */
  runsOf(place: number, visit: RunVisitor): boolean
}

export type RunVisitor = (columns: RunColumns, from: number, to: number) => void

/** Columns of slices, used again by one after the other: new ones would be garbage of megabytes. */
export class SliceMemory {
  #free: SliceColumns[] = []

  take(): SliceColumns {
    return this.#free.pop() ?? new SliceColumns()
  }

  give(columns: SliceColumns): void {
    if (columns.size <= MAX_KEPT_ROWS && this.#free.length < MAX_FREE) this.#free.push(columns)
  }
}

/** Rows of a slice as they came. */
class SliceColumns implements RunColumns {
  base = 0
  values: Float64Array<ArrayBuffer> = new Float64Array(0)
  times: Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer> = new Uint32Array(0)
  starts: Int32Array<ArrayBuffer> | undefined
  used = 0

  get size(): number {
    return this.values.length
  }

  get bytes(): number {
    return this.values.byteLength + this.times.byteLength + (this.starts?.byteLength ?? 0)
  }

  /** Gives back what is not used of the memory. */
  trim(): void {
    if (this.used === this.size) return
    this.values = this.values.slice(0, this.used)
    this.times = this.times.slice(0, this.used)
    this.starts = this.starts?.slice(0, 2 * this.used)
  }

  add({ rows, columns }: Block, starts: Int32Array | undefined): void {
    const times = columns['t'] as Uint32Array | Float64Array
    const end = this.used + rows
    this.#reserve(end, times instanceof Uint32Array ? Uint32Array : Float64Array, starts !== undefined)
    this.values.set(columns['val'] as Float64Array, this.used)
    this.times.set(times, this.used)
    if (starts !== undefined) this.starts?.set(starts, 2 * this.used)
    this.used = end
  }

  #reserve(rows: number, times: Uint32ArrayConstructor | Float64ArrayConstructor, starts: boolean): void {
    const size = rows <= this.size ? this.size : Math.max(rows, 2 * this.size, 1024)
    if (size > this.size) this.values = grown(this.values, new Float64Array(size), this.used)
    if (!(this.times instanceof times) || this.times.length < size) {
      this.times = grown(this.times, new times(size), this.used)
    }
    if (starts && (this.starts === undefined || this.starts.length < 2 * size)) {
      this.starts = grown(this.starts ?? NO_STARTS, new Int32Array(2 * size), 2 * this.used)
    }
  }
}

const NO_STARTS = new Int32Array(0)

function grown<T extends Float64Array | Uint32Array | Int32Array>(
  from: ArrayLike<number> & Pick<T, 'subarray'>,
  into: T,
  used: number,
): T {
  if (used > 0) into.set(from.subarray(0, used))
  return into
}

/** The rows of the series at places `[from, to)` of the list. */
export class StoredSlice implements SeriesRuns {
  readonly from: number
  readonly to: number
  readonly #list: StoredList
  readonly #columns: SliceColumns
  /** Runs of rows of one series, in the order of time: where they are, and which is the series' next. */
  readonly #start: number[] = []
  readonly #end: number[] = []
  readonly #next: number[] = []
  readonly #first: Int32Array
  readonly #last: Int32Array

  constructor(list: StoredList, from: number, to: number, columns: SliceColumns) {
    this.from = from
    this.to = to
    this.#list = list
    this.#columns = columns
    this.#first = new Int32Array(to - from).fill(-1)
    this.#last = new Int32Array(to - from).fill(-1)
  }

  /** About what it takes in memory. */
  get bytes(): number {
    return this.#columns.bytes + 8 * (this.to - this.from) + 24 * this.#start.length + 500
  }

  runsOf(place: number, visit: RunVisitor): boolean {
    const first = this.#first[place - this.from] as number
    for (let run = first; run >= 0; run = this.#next[run] as number) {
      visit(this.#columns, this.#start[run] as number, this.#end[run] as number)
    }
    return first >= 0
  }

  add(block: Block): void {
    const words = idWords(block)
    const { lo: allLo, hi: allHi } = this.#list
    const base = this.#columns.used
    this.#columns.add(block, block.columns['st'] === undefined ? undefined : int64Words(block, 'st'))
    let place = -1
    for (let from = 0; from < block.rows;) {
      const end = runEnd(words, from, block.rows)
      const lo = words[2 * from] as number
      const hi = words[2 * from + 1] as number
      // Mostly the next of the list.
      const isNext = allLo[place + 1] === lo && allHi[place + 1] === hi
      place = isNext ? place + 1 : (this.#list.placeOf(lo, hi) ?? -1)
      if (place >= this.from && place < this.to) this.#addRun(place - this.from, base + from, base + end)
      from = end
    }
  }

  #addRun(at: number, from: number, to: number): void {
    const run = this.#start.length
    this.#start.push(from)
    this.#end.push(to)
    this.#next.push(-1)
    const last = this.#last[at] as number
    if (last < 0) this.#first[at] = run
    else this.#next[last] = run
    this.#last[at] = run
  }
}

export interface SliceOptions extends SelectOptions {
  readonly density: Density
  readonly memory: SliceMemory
}

/** Reads samples of a list of series. */
export class SliceReader {
  readonly #scope: SeriesScope
  readonly #list: StoredList
  readonly #rows: StoredRows
  readonly #options: SliceOptions
  readonly #isByName: boolean

  constructor(scope: SeriesScope, list: StoredList, rows: StoredRows, options: SliceOptions) {
    this.#scope = scope
    this.#list = list
    this.#rows = rows
    this.#options = options
    this.#isByName = scope.selector.every(({ name }) => name === METRIC_NAME)
  }

  /** About the rows of all series in so many ms. */
  rowsIn(span: number): number {
    return this.#options.density.rowsOf(this.#list.size, span)
  }

  /** All slices of the list, in its order, each valid until the next pull. */
  async *slices(): AsyncGenerator<StoredSlice, void, undefined> {
    const { density, memory } = this.#options
    const columns = memory.take()
    try {
      for (let from = 0; from < this.#list.size;) {
        columns.used = 0
        const most = density.seriesIn(this.#seenOf(this.#scope.range))
        const slice = await this.#read(this.#scope.range, from, endOf(this.#list, from, most, this.#isByName), columns)
        yield slice
        from = slice.to
      }
    } finally {
      memory.give(columns)
    }
  }

  /** All series at once, with memory of its own. */
  async whole(range: TimeRange<UnixMs>): Promise<StoredSlice> {
    const columns = new SliceColumns()
    const slice = await this.#read(range, 0, this.#list.size, columns)
    columns.trim()
    return slice
  }

  async #read(range: TimeRange<UnixMs>, from: number, to: number, columns: SliceColumns): Promise<StoredSlice> {
    const { starts, windows, density } = this.#options
    const short = spanOf(range) < MAX_SPAN
    columns.base = short ? clampedTime(range.start) : 0
    const slice = new StoredSlice(this.#list, from, to, columns)
    const seen = this.#seenOf(range)
    const chosen = listed(this.#list, from, to, this.#isByName)
    const query = slicesQuery({ ...this.#scope, range }, chosen, { starts, windows, short })
    const isSmall = density.rowsOf(to - from, seen) < SMALL_ROWS
    for await (const block of this.#rows.read(query, isSmall)) slice.add(block)
    density.learn(columns.used, to - from, seen)
    return slice
  }

  /** ms of a range in which samples are looked at. */
  #seenOf(range: TimeRange<UnixMs>): number {
    const { windows } = this.#options
    return windows === undefined ? spanOf(range) : (spanOf(range) * windows.span) / windows.every
  }
}

function endOf(list: StoredList, from: number, most: number, isByName: boolean): number {
  if (!isByName) return Math.min(list.size, from + Math.min(most, MAX_LISTED))
  const end = Math.min(list.size, from + most)
  let whole = end
  while (whole < list.size && whole > from && list.metric[whole] === list.metric[whole - 1]) whole--
  return whole - from > (end - from) / 2 ? whole : end
}

/** The places `[from, to)` by name. Ids may be left out when names alone choose, and all series of the metrics are among them. */
function listed(list: StoredList, from: number, to: number, isByName: boolean): ListedSeries {
  const isWhole = isEdge(list, from) && isEdge(list, to)
  return { metrics: list.metrics(from, to), ids: isByName && isWhole ? undefined : list.ids(from, to) }
}

function isEdge({ metric, size }: StoredList, place: number): boolean {
  return place === 0 || place === size || metric[place] !== metric[place - 1]
}

function spanOf({ start, end }: TimeRange<UnixMs>): number {
  return Math.max(1, clampedTime(end) - clampedTime(start))
}
