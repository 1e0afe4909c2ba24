/**
 * Copies ranges of the head's series into blocks: values by their bits, and times only when they are not those of the series
 * before. Series of one target were sampled at the same times, and their chunks mostly begin and end together: then comparing
 * the chunks' offsets word by word is all there is to do for the times.
 */
import { COUNT, OFFSETS, VALUES } from './head/chunks.ts'
import type { ChunkArena, ChunkId } from './head/chunks.ts'
import type { TenantHead } from './head/tenant-head.ts'
import type { SampleBlockBuilder } from './sample-block.ts'

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
  readonly #tenant: HeadSeries
  readonly #arena: ChunkArena
  readonly #range: { readonly start: number; readonly end: number }
  readonly #withStarts: boolean
  #own = new ChunkList()
  /** The chunks whose times are the builder's times to share, as long as its `leader` is this. */
  #shared = new ChunkList()
  #leader = -1

  constructor(
    tenant: HeadSeries,
    options: { readonly range: { readonly start: number; readonly end: number }; readonly starts: boolean },
  ) {
    this.#tenant = tenant
    this.#arena = tenant.samples.arena
    this.#range = options.range
    this.#withStarts = options.starts
  }

  /** To be called when rows may have been written since the last row: chunks may hold something else now. */
  forget(): void {
    this.#leader = -1
  }

  /** Ends the builder's open row with what the head has of the series; the number of samples that were added. */
  endRow(ref: number, row: number, block: SampleBlockBuilder): number {
    const { histograms } = this.#tenant
    const held = histograms.isEmpty ? 0 : this.#addHistograms(ref, block)
    const isAlone = block.openValues === 0
    const isShared = this.#gather(ref, isAlone && block.leader === this.#leader)
    const { samples } = this.#own
    if (samples > 0) {
      block.reserve(samples)
      const at = block.valueEnd
      this.#copyValues(block)
      if (this.#withStarts && !this.#tenant.starts.isEmpty) this.#copyStarts(ref, at, block)
    }
    if (isShared && samples > 0) {
      block.endSharing(row)
      return samples + held
    }
    if (samples > 0) this.#copyTimes(block)
    block.endRow(row)
    if (isAlone && samples > 0) {
      ;[this.#own, this.#shared] = [this.#shared, this.#own]
      this.#leader = block.leader
    }
    return samples + held
  }

  /** Lists the series' chunks; whether all have the times of the shared ones. */
  #gather(ref: number, mayShare: boolean): boolean {
    const { start, end } = this.#range
    const arena = this.#arena
    const own = this.#own
    const shared = this.#shared
    own.clear()
    let same = mayShare
    for (let id = this.#tenant.samples.chunkFrom(ref, start); id !== 0; id = arena.nextOf(id)) {
      const at = own.length
      same = same && at < shared.length && hasSameTimes(arena, id, shared.ids[at] as number)
      if (same) {
        own.add(id, shared.from[at] as number, shared.until[at] as number)
        continue
      }
      if (arena.timeAt(id, 0) >= end) break
      own.add(id, arena.lowerBound(id, start), arena.lowerBound(id, end))
    }
    return same && own.length === shared.length
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

  #copyStarts(ref: number, from: number, block: SampleBlockBuilder): void {
    const { starts } = this.#tenant
    if (!starts.has(ref)) return
    const column = block.startsAt(from, block.valueEnd)
    let out = from
    const own = this.#own
    for (let at = 0; at < own.length; at++) {
      const id = own.ids[at] as number
      for (let slot = own.from[at] as number; slot < (own.until[at] as number); slot++) {
        column[out++] = starts.at(ref, this.#arena.timeAt(id, slot))
      }
    }
  }

  #addHistograms(ref: number, block: SampleBlockBuilder): number {
    const rows = this.#tenant.histograms.range(ref, this.#range.start, this.#range.end)
    for (const { t, start, value } of rows) block.addHistogram(t, this.#withStarts ? start : 0, value)
    return rows.length
  }
}

/** Whether two chunks have the same times in all slots: compared two offsets at once, as the doubles that share their words. */
function hasSameTimes(arena: ChunkArena, a: ChunkId, b: ChunkId): boolean {
  const one = arena.slabOf(a)
  const other = arena.slabOf(b)
  const wordA = arena.wordOf(a)
  const wordB = arena.wordOf(b)
  const count = one.i32[wordA * 2 + COUNT] as number
  if (count !== other.i32[wordB * 2 + COUNT] || one.f64[wordA] !== other.f64[wordB]) return false
  const offsetsA = wordA * 2 + OFFSETS
  const offsetsB = wordB * 2 + OFFSETS
  for (let i = 0; i < count; i++) if (one.i32[offsetsA + i] !== other.i32[offsetsB + i]) return false
  return true
}

function doubled(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2)
  larger.set(column)
  return larger
}
