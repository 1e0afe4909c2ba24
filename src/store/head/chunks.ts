/**
 * Memory for chunks: runs of up to 32 samples of one series. All chunks have one size and live in big slabs, so a chunk costs
 * no JS object, freeing one is a link in a list, and eviction never fragments. 12.75 bytes a sample when full.
 *
 * A chunk is 51 words of 8 bytes:
 *   word 0        base timestamp (UnixMs, Float64)
 *   word 1        count (Int32), next chunk of the series (Int32; 0 = none)
 *   word 2        previous chunk of the series (Int32; 0 = none), 4 bytes unused
 *   words 3..18   32 timestamps as Int32 offsets from the base
 *   words 19..50  32 values (Float64)
 *
 * With a `HeadMemory` the slabs lie there as long as there is room, and beyond it in buffers of their own.
 */
import { HeadMemory } from './head-memory.ts'

export const CHUNK_SAMPLES = 32
export const OFFSETS_WORD = 3
const VALUES_WORD = OFFSETS_WORD + CHUNK_SAMPLES / 2
const CHUNK_WORDS = VALUES_WORD + CHUNK_SAMPLES
export const CHUNK_BYTES = CHUNK_WORDS * 8

const SLAB_BITS = 12
const SLAB_MASK = (1 << SLAB_BITS) - 1
const SLAB_BYTES = (SLAB_MASK + 1) * CHUNK_BYTES

/** Places within a slab, given the chunk's first word: in its `f64` view or its `i32` view. */
export const COUNT = 2
export const NEXT = 3
export const PREVIOUS = 4
export const OFFSETS = OFFSETS_WORD * 2
export const VALUES = VALUES_WORD

/** 4096 chunks. The views share one buffer. */
export interface Slab {
  readonly f64: Float64Array
  readonly i32: Int32Array
}

/** Number of a chunk; 0 is none. */
export type ChunkId = number

/** Memory for `bytes` of chunks that the kernel can read; see `HeadMemory`. */
export function openHeadMemory(bytes: number): HeadMemory {
  return HeadMemory.open(bytes, { bytes: SLAB_BYTES, chunks: SLAB_MASK + 1 })
}

export class ChunkArena {
  /** Where chunks lie that `isBulk`; undefined when none are. */
  readonly memory: HeadMemory | undefined
  readonly #slabs: Slab[] = []
  /** Chunks of lower number are all in the memory. */
  #bulkEnd = 0
  #freeList: ChunkId = 0
  #unused = 1
  #live = 0

  constructor(memory?: HeadMemory) {
    this.memory = memory
  }

  /** Whether the kernel can read the chunk. */
  isBulk(id: ChunkId): boolean {
    return id < this.#bulkEnd
  }

  /** Chunks in use. */
  get live(): number {
    return this.#live
  }

  /** Bytes taken from the system: the slabs, which are kept for reuse. */
  get bytes(): number {
    return this.#slabs.length * SLAB_BYTES
  }

  slabOf(id: ChunkId): Slab {
    return this.#slabs[id >>> SLAB_BITS] as Slab
  }

  /** First word of the chunk in its slab's `f64`; twice that in `i32`. */
  wordOf(id: ChunkId): number {
    return (id & SLAB_MASK) * CHUNK_WORDS
  }

  /** An empty chunk without neighbours. */
  allocate(base: number): ChunkId {
    let id = this.#freeList
    if (id === 0) {
      id = this.#unused++
      if (id >>> SLAB_BITS >= this.#slabs.length) this.#addSlab()
    } else {
      this.#freeList = this.slabOf(id).i32[this.wordOf(id) * 2 + NEXT] as number
    }
    const { f64, i32 } = this.slabOf(id)
    const word = this.wordOf(id)
    f64[word] = base
    i32[word * 2 + COUNT] = 0
    i32[word * 2 + NEXT] = 0
    i32[word * 2 + PREVIOUS] = 0
    this.#live++
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

  timeAt(id: ChunkId, slot: number): number {
    const { f64, i32 } = this.slabOf(id)
    const word = this.wordOf(id)
    return (f64[word] as number) + (i32[word * 2 + OFFSETS + slot] as number)
  }

  /** Time of the newest sample. */
  endOf(id: ChunkId): number {
    return this.timeAt(id, this.countOf(id) - 1)
  }

  /** Slot of the first sample at `t` or later; the chunk's count when there is none. */
  lowerBound(id: ChunkId, t: number): number {
    const { f64, i32 } = this.slabOf(id)
    const word = this.wordOf(id)
    const offset = t - (f64[word] as number)
    const offsets = word * 2 + OFFSETS
    let low = 0
    let high = i32[word * 2 + COUNT] as number
    // Whole chunks are the common case: both ends are looked at first.
    if (high > 0 && (i32[offsets] as number) >= offset) return 0
    if (high > 0 && (i32[offsets + high - 1] as number) < offset) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((i32[offsets + middle] as number) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  free(id: ChunkId): void {
    this.slabOf(id).i32[this.wordOf(id) * 2 + NEXT] = this.#freeList
    this.#freeList = id
    this.#live--
  }

  #addSlab(): void {
    const bulk = this.memory?.slab(this.#slabs.length)
    const { buffer, at } = bulk ?? { buffer: new ArrayBuffer(SLAB_BYTES), at: 0 }
    this.#slabs.push({
      f64: new Float64Array(buffer, at, SLAB_BYTES / 8),
      i32: new Int32Array(buffer, at, SLAB_BYTES / 4),
    })
    if (bulk !== undefined) this.#bulkEnd = this.#slabs.length << SLAB_BITS
  }
}
