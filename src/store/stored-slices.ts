/**
 * Samples out of the tables, slice by slice: so many series at once that their rows fit well into memory. Such an answer comes as
 * a whole, which takes half the time of a stream; and its rows may come in the order in which they lie, bucket by bucket, as it
 * is put together here: to have the database sort them by series takes longer than all the rest.
 */
import type { TimeRange, UnixMs } from '../core/time.ts'
import { METRIC_NAME } from '../model/labels.ts'
import type { Block } from './engine.ts'
import type { ListedSeries, SeriesScope } from './metrics-sql.ts'
import { clampedTime, slicesQuery } from './metrics-sql.ts'
import type { StoredList } from './stored-list.ts'
import { idWords, int64Words, runEnd } from './stored-rows.ts'
import type { RunColumns } from './stored-samples.ts'
import type { StoredRows } from './stored-series.ts'

/** Rows that a slice should have: more costs new memory each time. */
const SLICE_ROWS = 500_000
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

  learn(rows: number, series: number, span: number): void {
    const found = rows / (series * span)
    this.#rows = Math.max(found, this.#rows / MAX_GROWTH, 1e-9)
  }
}

export type RunVisitor = (columns: RunColumns, from: number, to: number) => void

/** The rows of the series at places `[from, to)` of the list. */
export class StoredSlice {
  readonly from: number
  readonly to: number
  readonly #blocks: RunColumns[] = []
  /** Runs of rows of one series, in the order of time: where they are, and which is the series' next. */
  readonly #blockOf: number[] = []
  readonly #start: number[] = []
  readonly #end: number[] = []
  readonly #next: number[] = []
  readonly #first: Int32Array
  readonly #last: Int32Array

  constructor(list: StoredList, from: number, to: number, blocks: readonly Block[], base: number) {
    this.from = from
    this.to = to
    this.#first = new Int32Array(to - from).fill(-1)
    this.#last = new Int32Array(to - from).fill(-1)
    for (const block of blocks) this.#take(block, list, base)
  }

  /** Calls `visit` for each run of the series at `place`, in order of time; false when it has none. */
  runsOf(place: number, visit: RunVisitor): boolean {
    const first = this.#first[place - this.from] as number
    for (let run = first; run >= 0; run = this.#next[run] as number) {
      visit(this.#blocks[this.#blockOf[run] as number] as RunColumns, this.#start[run] as number, this.#end[run] as number)
    }
    return first >= 0
  }

  #take(block: Block, list: StoredList, base: number): void {
    const words = idWords(block)
    const { t, val, st } = block.columns
    this.#blocks.push({
      times: t as Uint32Array | Float64Array,
      base,
      values: val as Float64Array,
      starts: st === undefined ? undefined : int64Words(block, 'st'),
    })
    let place = -1
    for (let from = 0; from < block.rows;) {
      const end = runEnd(words, from, block.rows)
      const lo = words[2 * from] as number
      const hi = words[2 * from + 1] as number
      // Mostly the next of the list.
      const isNext = list.lo[place + 1] === lo && list.hi[place + 1] === hi
      place = isNext ? place + 1 : (list.placeOf(lo, hi) ?? -1)
      if (place >= this.from && place < this.to) this.#add(place - this.from, from, end)
      from = end
    }
  }

  #add(at: number, from: number, to: number): void {
    const run = this.#start.length
    this.#blockOf.push(this.#blocks.length - 1)
    this.#start.push(from)
    this.#end.push(to)
    this.#next.push(-1)
    const last = this.#last[at] as number
    if (last < 0) this.#first[at] = run
    else this.#next[last] = run
    this.#last[at] = run
  }
}

export interface SliceOptions {
  readonly starts: boolean
  readonly density: Density
}

/** All slices of the list, in its order. The next one is read while the one at hand is used. */
export async function* readSlices(
  scope: SeriesScope,
  list: StoredList,
  rows: StoredRows,
  { starts, density }: SliceOptions,
): AsyncGenerator<StoredSlice, void, undefined> {
  const span = spanOf(scope.range)
  const isByName = scope.selector.every(({ name }) => name === METRIC_NAME)
  const read = async (from: number, to: number): Promise<StoredSlice> => {
    const short = span < MAX_SPAN
    const query = slicesQuery(scope, listed(list, from, to, isByName), { starts, short })
    const blocks: Block[] = []
    let found = 0
    for await (const block of rows.readSmall(query)) {
      blocks.push(block)
      found += block.rows
    }
    density.learn(found, to - from, span)
    return new StoredSlice(list, from, to, blocks, short ? clampedTime(scope.range.start) : 0)
  }
  const after = (from: number): Promise<StoredSlice> | undefined => {
    if (from === list.size) return undefined
    const slice = read(from, endOf(list, from, density.seriesIn(span), isByName))
    slice.catch(() => undefined) // it is told to whoever waits for it, and perhaps nobody will
    return slice
  }
  for (let next = after(0); next !== undefined;) {
    const slice: StoredSlice = await next
    next = after(slice.to)
    yield slice
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
