/**
 * Chunks: runs of up to 32 samples of one series. A chunk is a cell of its values; its times are a column that it mostly shares
 * with other series. 8.5 bytes a sample when full, and as much again where its times are its own.
 */
import { CELL_VALUES, CellArena, COUNT, KIND as PREVIOUS, LINK as NEXT, OTHER as TIMES, VALUES } from './cells.ts'
import type { CellId } from './cells.ts'
import type { HeadMemory } from './head-memory.ts'
import { TimeColumns } from './time-columns.ts'

export const CHUNK_SAMPLES = CELL_VALUES

/** Number of a chunk; 0 is none. */
export type ChunkId = CellId

export class ChunkArena extends CellArena {
  readonly times: TimeColumns
  #chunks = 0

  constructor(memory?: HeadMemory) {
    super(memory)
    this.times = new TimeColumns(this)
  }

  /** Chunks in use. */
  get chunks(): number {
    return this.#chunks
  }

  /** An empty chunk without neighbours that has the column of times, which must be for it. */
  allocate(times: CellId): ChunkId {
    const id = this.take()
    this.slabOf(id).i32[this.wordOf(id) * 2 + TIMES] = times
    this.#chunks++
    return id
  }

  nextOf(id: ChunkId): ChunkId {
    return this.slabOf(id).i32[this.wordOf(id) * 2 + NEXT] as number
  }

  previousOf(id: ChunkId): ChunkId {
    return this.slabOf(id).i32[this.wordOf(id) * 2 + PREVIOUS] as number
  }

  /** Makes `next` follow `id`; either may be 0, the end of a chain. */
  link(id: ChunkId, next: ChunkId): void {
    if (id !== 0) this.slabOf(id).i32[this.wordOf(id) * 2 + NEXT] = next
    if (next !== 0) this.slabOf(next).i32[this.wordOf(next) * 2 + PREVIOUS] = id
  }

  countOf(id: ChunkId): number {
    return this.slabOf(id).i32[this.wordOf(id) * 2 + COUNT] as number
  }

  /** The column of its times. */
  timesOf(id: ChunkId): CellId {
    return this.slabOf(id).i32[this.wordOf(id) * 2 + TIMES] as number
  }

  timeAt(id: ChunkId, slot: number): number {
    return this.times.timeAt(this.timesOf(id), slot)
  }

  /** Time of the newest sample. */
  endOf(id: ChunkId): number {
    return this.timeAt(id, this.countOf(id) - 1)
  }

  /** Slot of the first sample at `t` or later; the chunk's count when there is none. */
  lowerBound(id: ChunkId, t: number): number {
    const column = this.timesOf(id)
    const { f64 } = this.slabOf(column)
    const times = this.wordOf(column) + VALUES
    let low = 0
    let high = this.countOf(id)
    // Whole chunks are the common case: both ends are looked at first.
    if (high > 0 && (f64[times] as number) >= t) return 0
    if (high > 0 && (f64[times + high - 1] as number) < t) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((f64[times + middle] as number) < t) low = middle + 1
      else high = middle
    }
    return low
  }

  free(id: ChunkId): void {
    this.times.release(this.timesOf(id))
    this.give(id)
    this.#chunks--
  }
}
