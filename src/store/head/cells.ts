/**
 * Memory for what the head holds of samples: cells of one size in big slabs, so that a cell costs no JS object, freeing one is a
 * link in a list, and eviction never fragments. Chunks (chunks.ts) and the columns of their times (time-columns.ts) are cells of
 * 34 words of 8 bytes: a head of two words, and 32 numbers.
 *
 * With a `HeadMemory` the slabs lie there as long as there is room, and beyond it in buffers of their own.
 */
import { HeadMemory } from './head-memory.ts'

/** Numbers of a cell. */
export const CELL_VALUES = 32
/** Place of the first one, in words. */
export const VALUES = 2
const CELL_WORDS = VALUES + CELL_VALUES
export const CELL_BYTES = CELL_WORDS * 8

const SLAB_BITS = 12
const SLAB_MASK = (1 << SLAB_BITS) - 1
const SLAB_BYTES = (SLAB_MASK + 1) * CELL_BYTES

/** Places of 32-bit numbers in a cell's head: how many of its numbers are in use, and three whose meaning is the user's. */
export const COUNT = 0
export const LINK = 1
export const KIND = 2
export const OTHER = 3

/** 4096 cells. The views share one buffer. */
export interface Slab {
  readonly f64: Float64Array
  readonly i32: Int32Array
}

/** Number of a cell; 0 is none. */
export type CellId = number

/** Memory for `bytes` of cells that the kernel can read; see `HeadMemory`. */
export function openHeadMemory(bytes: number): HeadMemory {
  return HeadMemory.open(bytes, { bytes: SLAB_BYTES, cells: SLAB_MASK + 1 })
}

export class CellArena {
  /** Where cells lie that `isBulk`; undefined when none are. */
  readonly memory: HeadMemory | undefined
  readonly #slabs: Slab[] = []
  /** Cells of lower number are all in the memory. */
  #bulkEnd = 0
  #freeList: CellId = 0
  #unused = 1
  #live = 0

  constructor(memory?: HeadMemory) {
    this.memory = memory
  }

  /** Whether the kernel can read the cell. */
  isBulk(id: CellId): boolean {
    return id < this.#bulkEnd
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#live * CELL_BYTES
  }

  /** Bytes taken from the system: the slabs, which are kept for reuse. */
  get reserved(): number {
    return this.#slabs.length * SLAB_BYTES
  }

  slabOf(id: CellId): Slab {
    return this.#slabs[id >>> SLAB_BITS] as Slab
  }

  /** First word of the cell in its slab's `f64`; twice that in `i32`. */
  wordOf(id: CellId): number {
    return (id & SLAB_MASK) * CELL_WORDS
  }

  /** A cell with a head of zeros. */
  take(): CellId {
    let id = this.#freeList
    if (id === 0) {
      id = this.#unused++
      if (id >>> SLAB_BITS >= this.#slabs.length) this.#addSlab()
    } else {
      this.#freeList = this.slabOf(id).i32[this.wordOf(id) * 2 + LINK] as number
    }
    const { f64 } = this.slabOf(id)
    const word = this.wordOf(id)
    f64[word] = 0
    f64[word + 1] = 0
    this.#live++
    return id
  }

  give(id: CellId): void {
    const { i32 } = this.slabOf(id)
    const head = this.wordOf(id) * 2
    i32[head + LINK] = this.#freeList
    i32[head + KIND] = 0
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
