/**
 * Memory of the head that a kernel in WebAssembly works on: cells, and the columns that their values are copied to. Its source
 * is wasm/head-samples.ts.
 *
 * All of it is reserved at once, so that it never moves and views of it last; the system gives memory only for what is written.
 */
import { readFileSync } from 'node:fs'
import { Bug } from '../../core/errors.ts'

/** The part of the global that is needed here; its types belong to the browser's library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  reserve(pages: number): boolean
  place(group: number, notes: number, cells: number, cellLimit: number): void
  findGroup(most: number, steps: number, back: boolean, leader: number, isWhole: boolean, start: number): number
  copyGroup(
    size: number,
    leader: number,
    length: number,
    from: number,
    until: number,
    to: number,
    stride: number,
    end: number,
  ): void
}

/** Rows that are read in lockstep: their chunks at hand fit the first caches. */
export const MAX_GROUP = 256
/** What is noted of a row's values: some is less than the one before it, some is a NaN. */
export const FELL = 1
export const HAS_NAN = 2

/** Values of a column. */
export const COLUMN_VALUES = 73_728
/** Blocks that are being read at the same time; further ones are filled without the kernel. */
const MAX_COLUMNS = 64

const PAGE = 65_536
const MAX_BYTES = 3.5 * 2 ** 30
const NOTES = MAX_GROUP * 4
const COLUMNS = NOTES + MAX_GROUP
const CELLS = COLUMNS + MAX_COLUMNS * COLUMN_VALUES * 8

/** The chunks of a leader, whose times the rows of a group are to have. */
export interface Leader {
  readonly id: number
  /** Number of its chunks; of the first one the slots from `from` on count, of the last one those before `until`. */
  readonly length: number
  readonly from: number
  readonly until: number
  readonly samples: number
}

export class HeadMemory {
  readonly #kernel: Kernel
  readonly #buffer: ArrayBuffer
  readonly #freeColumns: Float64Array<ArrayBuffer>[] = []
  #columns = 0
  readonly #slabs: number
  readonly #slabBytes: number
  /** By row of a group: the chunk at hand, 0 once the row turned out to be none of the group. */
  readonly group: Uint32Array
  /** By row of a group: FELL and HAS_NAN, as bits. */
  readonly notes: Uint8Array

  private constructor(kernel: Kernel, slabs: number, slab: { readonly bytes: number; readonly cells: number }) {
    this.#kernel = kernel
    this.#buffer = kernel.memory.buffer
    this.#slabs = slabs
    this.#slabBytes = slab.bytes
    this.group = new Uint32Array(this.#buffer, 0, MAX_GROUP)
    this.notes = new Uint8Array(this.#buffer, NOTES, MAX_GROUP)
    kernel.place(0, NOTES, CELLS, slabs * slab.cells)
  }

  /**
   * Loads and compiles the kernel (a few milliseconds, blocking) with room for `bytes` of cells, or for as many as one memory
   * takes and the system lets it reserve. From source, scripts/wasm.mjs must have built it.
   */
  static open(bytes: number, slab: { readonly bytes: number; readonly cells: number }): HeadMemory {
    const module = new WebAssembly.Module(readFileSync(new URL('../../../wasm/head-samples.wasm', import.meta.url)))
    const abort = (): never => {
      throw new Bug('the kernel of the head failed')
    }
    const kernel = new WebAssembly.Instance(module, { env: { abort } }).exports as Kernel
    let slabs = Math.floor(Math.min(bytes, MAX_BYTES - CELLS) / slab.bytes)
    while (!kernel.reserve(Math.ceil((CELLS + slabs * slab.bytes) / PAGE))) {
      if (slabs === 0) throw new Bug('there is no memory for the kernel of the head')
      slabs = slabs >>> 1
    }
    return new HeadMemory(kernel, slabs, slab)
  }

  /** Where the slab of this number lies: its buffer and its first byte; undefined when it lies elsewhere. */
  slab(index: number): { readonly buffer: ArrayBuffer; readonly at: number } | undefined {
    return index < this.#slabs ? { buffer: this.#buffer, at: CELLS + index * this.#slabBytes } : undefined
  }

  /** A column to copy values to, undefined when all are in use. */
  takeColumn(): Float64Array<ArrayBuffer> | undefined {
    const free = this.#freeColumns.pop()
    if (free !== undefined || this.#columns === MAX_COLUMNS) return free
    return new Float64Array(this.#buffer, COLUMNS + this.#columns++ * COLUMN_VALUES * 8, COLUMN_VALUES)
  }

  giveColumn(column: Float64Array<ArrayBuffer>): void {
    this.#freeColumns.push(column)
  }

  /** Whether groups can be copied to a column. */
  holds(column: Float64Array): boolean {
    return column.buffer === this.#buffer
  }

  /**
   * Goes `steps` chunks, towards older ones if `back`, from those in `group`, and tells how many of its first `most` rows, up to
   * the first that does not, have a chunk with the times of the leader's first. With `isWhole` the row must have nothing
   * between `start` and that chunk.
   */
  findGroup(
    most: number,
    leader: Leader,
    way: { readonly steps: number; readonly back: boolean; readonly isWhole: boolean; readonly start: number },
  ): number {
    return this.#kernel.findGroup(most, way.steps, way.back, leader.id, way.isWhole, way.start)
  }

  /**
   * Copies the values of the first `size` rows of the group behind one another to `column`, from `to` on, and notes what is to
   * know of them. A row whose further times are not the leader's, or that has more before `end`, gets 0 for its chunk.
   */
  copyGroup(size: number, leader: Leader, column: Float64Array, to: number, end: number): void {
    const { id, length, from, until, samples } = leader
    this.#kernel.copyGroup(size, id, length, from, until, column.byteOffset + to * 8, samples * 8, end)
  }
}
