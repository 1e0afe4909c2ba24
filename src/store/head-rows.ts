/**
 * Copies ranges of the head's series into blocks: values by their bits, and times only when they are not those of a series
 * before. Series of one target were sampled at the same times, and their chunks share the columns of these: the kernel of
 * `HeadMemory` reads a group of them at once, after a leader that was read before.
 */
import { VALUES } from './head/cells.ts'
import type { ChunkArena, ChunkId } from './head/chunks.ts'
import { FELL, HAS_NAN, MAX_GROUP } from './head/head-memory.ts'
import type { HeadMemory, Leader } from './head/head-memory.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { SampleBlockBuilder, SharedTimes } from './sample-block.ts'

/** The chunks of one series in the range, and the slots of each that lie in it. */
class ChunkList {
  length = 0
  samples = 0
  /** The kernel can read all of them. */
  isBulk = true
  ids = new Int32Array(64)
  from = new Int32Array(64)
  until = new Int32Array(64)

  clear(): void {
    this.length = 0
    this.samples = 0
    this.isBulk = true
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

/** Rows that are looked at to bring together those with the same times. */
const WINDOW = 1_024
/** Leaders that are kept. */
const MAX_LEADERS = 4_096

/** A series that others are compared with, the place of its times, and how the first of its chunks was found. */
interface Leading extends Leader {
  readonly times: SharedTimes
  readonly steps: number
  readonly fromNewest: boolean
}

/** What of a tenant's head is read. */
export type HeadSeries = Pick<TenantHead, 'samples' | 'histograms' | 'starts'>

export class HeadRows {
  readonly #series: HeadSeries
  readonly #arena: ChunkArena
  readonly #range: { readonly start: number; readonly end: number }
  readonly #withStarts: boolean
  readonly #own = new ChunkList()
  /** How the first chunk of the row that was read last was found. */
  #way = { steps: 0, fromNewest: true }
  /** By the column of their newest times. */
  readonly #leaders = new Map<number, Leading>()
  /** The state of samples and times for which the leaders hold. */
  #version = -1
  #timesGeneration = -1
  #groupSize = 1
  /** Rows before this place were brought in order. */
  #arranged = 0

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
   * where it stopped. Rows from there on may lie in another order then.
   */
  fill(rows: Uint32Array, refs: Uint32Array, at: number, block: SampleBlockBuilder): number {
    const { memory } = this.#arena
    const canGroup = memory?.holds(block.values) === true
    this.#forgetLeaders(block)
    let next = at
    while (next < rows.length && !block.isFull) {
      if (canGroup && next >= this.#arranged) this.#arrange(rows, refs, next)
      const group = canGroup ? this.#endGroup(memory, rows, refs, next, block) : 0
      if (group === 0) {
        const row = rows[next] as number
        const ref = refs[row] as number
        this.#lead(ref, this.endRow(ref, row, block))
      }
      next += Math.max(1, group)
    }
    return next
  }

  /** Rows may have been written since the last block, and times left: chunks and leaders may hold something else now. */
  #forgetLeaders(block: SampleBlockBuilder): void {
    const { version } = this.#series.samples
    if (version === this.#version && block.timesGeneration === this.#timesGeneration) return
    this.#version = version
    this.#timesGeneration = block.timesGeneration
    this.#leaders.clear()
  }

  /** Brings together rows whose newest times are the same, for they mostly have all of them in common. */
  #arrange(rows: Uint32Array, refs: Uint32Array, at: number): void {
    const end = Math.min(rows.length, at + WINDOW)
    this.#arranged = end
    const together = new Map<number, number[]>()
    let switches = 0
    let previous = -1
    for (let i = at; i < end; i++) {
      const row = rows[i] as number
      const column = this.#columnOf(refs[row] as number)
      if (column !== previous) switches++
      previous = column
      const others = together.get(column)
      if (others === undefined) together.set(column, [row])
      else others.push(row)
    }
    if (switches === together.size) return
    let to = at
    for (const some of together.values()) for (const row of some) rows[to++] = row
  }

  /** The column of a series' newest times, 0 without one. */
  #columnOf(ref: number): number {
    const tail = this.#series.samples.lastChunk(ref)
    return tail === 0 ? 0 : this.#arena.timesOf(tail)
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
    if (samples === 0) return block.endRow(row)
    const isWhole = block.openValues === 0
    block.reserve(samples)
    const from = block.valueEnd
    const timesFrom = block.timeEnd
    const notes = this.#copyValues(block)
    this.#copyTimes(block)
    this.#copyStarts(ref, from, timesFrom, block)
    if ((notes & HAS_NAN) !== 0) block.hasNaN = true
    return block.endRow(row, isWhole && (notes & FELL) === 0)
  }

  /** The series that was read last leads from now on those that have their newest times in common, if the kernel can read it. */
  #lead(ref: number, times: SharedTimes): void {
    const { ids, from, until, length, samples, isBulk } = this.#own
    if (samples === 0 || !isBulk) return
    const { steps, fromNewest } = this.#way
    if (this.#leaders.size >= MAX_LEADERS) this.#leaders.clear()
    this.#leaders.set(this.#columnOf(ref), {
      id: ids[0] as number,
      from: from[0] as number,
      until: until[length - 1] as number,
      length,
      samples,
      times,
      steps,
      fromNewest,
    })
  }

  /** Ends rows that have the very times of a leader, from the `at`-th on; their number. */
  #endGroup(memory: HeadMemory, rows: Uint32Array, refs: Uint32Array, at: number, block: SampleBlockBuilder): number {
    const column = this.#columnOf(refs[rows[at] as number] as number)
    const leader = this.#leaders.get(column)
    if (leader === undefined) return 0
    const { times, samples } = leader
    const most = Math.min(rows.length - at, this.#groupSize, block.roomFor(samples))
    const size = this.#findGroup(memory, leader, column, rows, refs, at, most)
    this.#groupSize = Math.min(MAX_GROUP, Math.max(8, size * 2))
    if (size === 0) return 0
    const { group, notes } = memory
    const begin = block.valueEnd
    memory.copyGroup(size, leader, block.values, begin, this.#range.end)
    let others: number[] | undefined
    for (let i = 0; i < size; i++) {
      const row = rows[at + i] as number
      if (group[i] === 0) {
        others = [...(others ?? []), row]
        continue
      }
      const from = block.valueEnd
      if (others !== undefined) block.values.copyWithin(from, begin + i * samples, begin + (i + 1) * samples)
      block.valueEnd = from + samples
      this.#copyStarts(refs[row] as number, from, times.start, block)
      const note = notes[i] as number
      if ((note & HAS_NAN) !== 0) block.hasNaN = true
      block.endSharing(row, times, (note & FELL) === 0)
    }
    for (const row of others ?? []) this.endRow(refs[row] as number, row, block)
    return size
  }

  /** How many of the next rows, at most `most`, begin with a chunk that has the times of the leader's first. */
  #findGroup(
    memory: HeadMemory,
    leader: Leading,
    column: number,
    rows: Uint32Array,
    refs: Uint32Array,
    at: number,
    most: number,
  ): number {
    const { samples, histograms } = this.#series
    const { steps, fromNewest } = leader
    const { group } = memory
    let size = 0
    for (; size < most; size++) {
      const ref = refs[rows[at + size] as number] as number
      if (this.#columnOf(ref) !== column || (!histograms.isEmpty && histograms.has(ref))) break
      group[size] = fromNewest ? samples.lastChunk(ref) : samples.firstChunk(ref)
    }
    return memory.findGroup(size, leader, {
      steps,
      back: fromNewest,
      isWhole: leader.from === 0,
      start: this.#range.start,
    })
  }

  /** Lists the series' chunks. */
  #gather(ref: number): void {
    const { start, end } = this.#range
    const arena = this.#arena
    const own = this.#own
    own.clear()
    const way = this.#series.samples.chunkFrom(ref, start)
    this.#way = { steps: way.steps, fromNewest: way.fromNewest }
    for (let { id } = way; id !== 0 && arena.timeAt(id, 0) < end; id = arena.nextOf(id)) {
      own.add(id, arena.lowerBound(id, start), arena.lowerBound(id, end))
      if (!arena.isBulk(id)) own.isBulk = false
    }
  }

  /** What is to know of the values: FELL and HAS_NAN, as bits. */
  #copyValues(block: SampleBlockBuilder): number {
    const { values } = block
    const own = this.#own
    let out = block.valueEnd
    let notes = 0
    let previous = -Infinity
    for (let at = 0; at < own.length; at++) {
      const id = own.ids[at] as number
      const { f64 } = this.#arena.slabOf(id)
      const base = this.#arena.wordOf(id) + VALUES
      const until = base + (own.until[at] as number)
      for (let i = base + (own.from[at] as number); i < until; i++) {
        const value = f64[i] as number
        if (value < previous) notes |= FELL
        if (value !== value) notes |= HAS_NAN
        previous = value
        values[out++] = value
      }
    }
    block.valueEnd = out
    return notes
  }

  #copyTimes(block: SampleBlockBuilder): void {
    const { times } = block
    const own = this.#own
    let out = block.timeEnd
    for (let at = 0; at < own.length; at++) {
      const id = own.ids[at] as number
      const column = this.#arena.timesOf(id)
      const { f64 } = this.#arena.slabOf(column)
      const word = this.#arena.wordOf(column) + VALUES
      const until = own.until[at] as number
      for (let slot = own.from[at] as number; slot < until; slot++) times[out++] = f64[word + slot] as number
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

function doubled(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2)
  larger.set(column)
  return larger
}
