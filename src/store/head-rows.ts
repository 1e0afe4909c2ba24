/**
 * Copies ranges of the head's series into blocks: values by their bits, and times only when they are not those of the series
 * before. Series of one target were sampled at the same times, and their chunks mostly begin and end together: then comparing
 * the chunks' offsets word by word is all there is to do for the times.
 *
 * Series that arrive together also have their chunks side by side: the first of all, then the second of all, and so on. So the
 * chunks of a group of rows are read in that order, in lockstep: going along one series would miss the caches at each chunk.
 */
import { COUNT, NEXT, OFFSETS, OFFSETS_WORD, VALUES } from './head/chunks.ts'
import type { ChunkArena, ChunkId, Slab } from './head/chunks.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { SampleBlockBuilder, SharedTimes } from './sample-block.ts'

/** Rows that are read in lockstep: their chunks at hand fit the first caches. */
const MAX_GROUP = 256

/** The chunks of one series in the range, and the slots of each that lie in it. */
class ChunkList {
  length = 0
  samples = 0
  ids = new Int32Array(64)
  from = new Int32Array(64)
  until = new Int32Array(64)

  clear(): void {
    this.length = 0
    this.samples = 0
  }

  add(id: ChunkId, from: number, until: number): void {
    if (this.length === this.ids.length) {
      this.ids = doubled(this.ids)
      this.from = doubled(this.from)
      this.until = doubled(this.until)
    }
    this.ids[this.length] = id
    this.from[this.length] = from
    this.until[this.length] = until
    this.length++
    this.samples += until - from
  }
}

/** What of a tenant's head is read. */
export type HeadSeries = Pick<TenantHead, 'samples' | 'histograms' | 'starts'>

export class HeadRows {
  readonly #series: HeadSeries
  readonly #arena: ChunkArena
  readonly #range: { readonly start: number; readonly end: number }
  readonly #withStarts: boolean
  #own = new ChunkList()
  /** The chunks of the row that others are compared with, the leader, and where its times are; undefined without one. */
  #shared = new ChunkList()
  #times: SharedTimes | undefined
  /** How the first of them was found. */
  #steps = 0
  #fromNewest = true
  /** By row of a group: the chunk at hand, 0 once the row turned out to be none of the group. */
  readonly #chunks = new Int32Array(MAX_GROUP)
  #groupSize = 1

  constructor(
    series: HeadSeries,
    options: { readonly range: { readonly start: number; readonly end: number }; readonly starts: boolean },
  ) {
    this.#series = series
    this.#arena = series.samples.arena
    const { start, end } = options.range
    // The head's part of a range that ends before its watermark is less than empty.
    this.#range = { start, end: Math.max(start, end) }
    this.#withStarts = options.starts
  }

  /**
   * Puts rows into an empty or begun block until it is full: `rows` from the `at`-th on, whose refs are `refs[row]`. Returns
   * where it stopped. Rows may come in another order.
   */
  fill(rows: Uint32Array, refs: Uint32Array, at: number, block: SampleBlockBuilder): number {
    // Rows may have been written since the last block: chunks may hold something else now.
    this.#times = undefined
    let next = at
    while (next < rows.length && !block.isFull) {
      const group = this.#times === undefined ? 0 : this.#endGroup(this.#times, rows, refs, next, block)
      if (group === 0) {
        const row = rows[next] as number
        this.#lead(this.endRow(refs[row] as number, row, block))
      }
      next += Math.max(1, group)
    }
    return next
  }

  /** Whether the head may have rows of the series in the range. */
  has(ref: number): boolean {
    return this.#series.samples.lastTime(ref) >= this.#range.start
  }

  /** Ends the builder's open row with what the head has of the series. */
  endRow(ref: number, row: number, block: SampleBlockBuilder): SharedTimes {
    const { histograms } = this.#series
    if (!histograms.isEmpty) this.#addHistograms(ref, block)
    this.#gather(ref)
    const { samples } = this.#own
    if (samples > 0) {
      block.reserve(samples)
      const from = block.valueEnd
      const timesFrom = block.timeEnd
      this.#copyValues(block)
      this.#copyTimes(block)
      this.#copyStarts(ref, from, timesFrom, block)
    }
    return block.endRow(row)
  }

  /** The series that was read last leads from now on. */
  #lead(times: SharedTimes): void {
    if (this.#own.samples === 0) return
    ;[this.#own, this.#shared] = [this.#shared, this.#own]
    this.#times = times
  }

  /** Ends rows that have the very times of the leader, from the `at`-th on; their number. */
  #endGroup(times: SharedTimes, rows: Uint32Array, refs: Uint32Array, at: number, block: SampleBlockBuilder): number {
    const { count } = times
    const most = Math.min(rows.length - at, this.#groupSize, block.roomFor(count))
    const size = this.#findGroup(rows, refs, at, most)
    this.#groupSize = Math.min(MAX_GROUP, Math.max(1, size * 2))
    if (size === 0) return 0
    block.reserve(count * size)
    this.#copyGroup(size, block)
    const begin = block.valueEnd
    let others: number[] | undefined
    for (let i = 0; i < size; i++) {
      const row = rows[at + i] as number
      if (this.#chunks[i] === 0) {
        others = [...(others ?? []), row]
        continue
      }
      const from = block.valueEnd
      if (others !== undefined) block.values.copyWithin(from, begin + i * count, begin + (i + 1) * count)
      block.valueEnd = from + count
      this.#copyStarts(refs[row] as number, from, times.start, block)
      block.endSharing(row, times)
    }
    for (const row of others ?? []) this.endRow(refs[row] as number, row, block)
    return size
  }

  /** Finds the first chunk of each row in the range, until one of them has other times than the leader's; how many have not. */
  #findGroup(rows: Uint32Array, refs: Uint32Array, at: number, most: number): number {
    const { samples, histograms } = this.#series
    const arena = this.#arena
    const chunks = this.#chunks
    for (let i = 0; i < most; i++) {
      const ref = refs[rows[at + i] as number] as number
      chunks[i] = this.#fromNewest ? samples.lastChunk(ref) : samples.firstChunk(ref)
    }
    for (let step = 0; step < this.#steps; step++) {
      for (let i = 0; i < most; i++) {
        const id = chunks[i] as number
        if (id !== 0) chunks[i] = this.#fromNewest ? arena.previousOf(id) : arena.nextOf(id)
      }
    }
    const first = this.#shared.ids[0] as number
    const slab = arena.slabOf(first)
    const word = arena.wordOf(first)
    const isWhole = this.#shared.from[0] === 0
    for (let i = 0; i < most; i++) {
      const id = chunks[i] as number
      if (id === 0 || !hasSameTimes(arena.slabOf(id), arena.wordOf(id), slab, word) || (isWhole && !this.#isFirst(id)))
        return i
      if (!histograms.isEmpty && histograms.has(refs[rows[at + i] as number] as number)) return i
    }
    return most
  }

  #isFirst(id: ChunkId): boolean {
    const previous = this.#arena.previousOf(id)
    return previous === 0 || this.#arena.endOf(previous) < this.#range.start
  }

  /** Copies the values of a group in lockstep. A row whose further times are others gets 0 for its chunk. */
  #copyGroup(size: number, block: SampleBlockBuilder): void {
    const arena = this.#arena
    const chunks = this.#chunks
    const shared = this.#shared
    const { values } = block
    const last = shared.length - 1
    let hasNaN = false
    let to = block.valueEnd
    for (let k = 0; k <= last; k++) {
      const leader = shared.ids[k] as number
      const leaderSlab = arena.slabOf(leader)
      const leaderWord = arena.wordOf(leader)
      const from = shared.from[k] as number
      const until = shared.until[k] as number
      for (let i = 0, row = to; i < size; i++, row += shared.samples) {
        const id = chunks[i] as number
        if (id === 0) continue
        const slab = arena.slabOf(id)
        const word = arena.wordOf(id)
        if (k > 0 && !hasSameTimes(slab, word, leaderSlab, leaderWord)) {
          chunks[i] = 0
          continue
        }
        const { f64 } = slab
        const shift = row - word - VALUES - from
        const end = word + VALUES + until
        for (let at = word + VALUES + from; at < end; at++) {
          const value = f64[at] as number
          if (value !== value) hasNaN = true
          values[at + shift] = value
        }
        if (k < last) chunks[i] = slab.i32[word * 2 + NEXT] as number
        else if (this.#goesOn(id, until)) chunks[i] = 0
      }
      to += until - from
    }
    if (hasNaN) block.hasNaN = true
  }

  /** Whether the series has more in the range than the leader, whose last chunk ends here. */
  #goesOn(id: ChunkId, until: number): boolean {
    if (until < this.#arena.countOf(id)) return false
    const next = this.#arena.nextOf(id)
    return next !== 0 && this.#arena.timeAt(next, 0) < this.#range.end
  }

  /** Lists the series' chunks. */
  #gather(ref: number): void {
    const { start, end } = this.#range
    const arena = this.#arena
    const own = this.#own
    own.clear()
    const way = this.#series.samples.chunkFrom(ref, start)
    this.#steps = way.steps
    this.#fromNewest = way.fromNewest
    for (let { id } = way; id !== 0 && arena.timeAt(id, 0) < end; id = arena.nextOf(id)) {
      own.add(id, arena.lowerBound(id, start), arena.lowerBound(id, end))
    }
  }

  #copyValues(block: SampleBlockBuilder): void {
    const { values } = block
    const own = this.#own
    let out = block.valueEnd
    let hasNaN = false
    for (let at = 0; at < own.length; at++) {
      const id = own.ids[at] as number
      const { f64 } = this.#arena.slabOf(id)
      const base = this.#arena.wordOf(id) + VALUES
      const until = base + (own.until[at] as number)
      for (let i = base + (own.from[at] as number); i < until; i++) {
        const value = f64[i] as number
        if (value !== value) hasNaN = true
        values[out++] = value
      }
    }
    block.valueEnd = out
    if (hasNaN) block.hasNaN = true
  }

  #copyTimes(block: SampleBlockBuilder): void {
    const { times } = block
    const own = this.#own
    let out = block.timeEnd
    for (let at = 0; at < own.length; at++) {
      const id = own.ids[at] as number
      const { f64, i32 } = this.#arena.slabOf(id)
      const word = this.#arena.wordOf(id)
      const base = f64[word] as number
      const offsets = word * 2 + OFFSETS
      const until = own.until[at] as number
      for (let slot = own.from[at] as number; slot < until; slot++) {
        times[out++] = base + (i32[offsets + slot] as number)
      }
    }
    block.timeEnd = out
  }

  /** For the values from `from` on, whose times begin at `timesFrom`. */
  #copyStarts(ref: number, from: number, timesFrom: number, block: SampleBlockBuilder): void {
    const { starts } = this.#series
    if (!this.#withStarts || starts.isEmpty || !starts.has(ref)) return
    const { times, valueEnd } = block
    let column: Float64Array | undefined
    for (let i = from; i < valueEnd; i++) {
      const start = starts.at(ref, times[timesFrom + i - from] as number)
      if (start === 0 && column === undefined) continue
      column ??= block.startsAt(i, valueEnd)
      column[i] = start
    }
  }

  #addHistograms(ref: number, block: SampleBlockBuilder): void {
    const rows = this.#series.histograms.range(ref, this.#range.start, this.#range.end)
    for (const { t, start, value } of rows) block.addHistogram(t, this.#withStarts ? start : 0, value)
  }
}

/** Whether the chunks at two words have the same times in all slots. */
function hasSameTimes(one: Slab, a: number, other: Slab, b: number): boolean {
  const count = one.i32[a * 2 + COUNT] as number
  if (count !== other.i32[b * 2 + COUNT] || one.f64[a] !== other.f64[b]) return false
  // Two offsets at once, as the doubles whose words they are. Offsets that make a NaN are compared as what they are.
  const pairs = count >>> 1
  for (let i = OFFSETS_WORD; i < OFFSETS_WORD + pairs; i++) {
    if (one.f64[a + i] !== other.f64[b + i]) return hasSameOffsets(one, a, other, b, count)
  }
  return (count & 1) === 0 || one.i32[a * 2 + OFFSETS + count - 1] === other.i32[b * 2 + OFFSETS + count - 1]
}

function hasSameOffsets(one: Slab, a: number, other: Slab, b: number, count: number): boolean {
  const [from, otherFrom] = [a * 2 + OFFSETS, b * 2 + OFFSETS]
  for (let i = 0; i < count; i++) if (one.i32[from + i] !== other.i32[otherFrom + i]) return false
  return true
}

function doubled(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2)
  larger.set(column)
  return larger
}
