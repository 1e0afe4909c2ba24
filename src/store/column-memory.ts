/**
 * Memory for the rows of writes until they are in the tables. It is used again and again: typed arrays of their own, made by each
 * write and thrown away by each flush, are memory outside V8's heap, and every 64 MiB of it set off a marking of the whole heap.
 */
import type { SampleColumns } from '../signals/metrics.ts'

const SLAB_BYTES = 1 << 20
/** A larger batch gets memory of its own. */
const MAX_SHARED_BYTES = SLAB_BYTES / 4
/** Slabs that are kept when nobody needs them: about what one segment of the log fills. */
const MAX_FREE = 64

interface Slab {
  readonly buffer: ArrayBuffer
  used: number
  /** Batches that hold a part of it. */
  holders: number
}

/** Rows in memory of ours. */
export interface KeptColumns {
  readonly columns: SampleColumns
  /** Gives the memory back, once; the columns must not be looked at any more. */
  readonly release: () => void
}

export class ColumnMemory {
  readonly #free: Slab[] = []
  #filling: Slab = newSlab()

  /** A copy of the rows, values by their bits. */
  keep({ refs, timestamps, values, startTimestamps }: SampleColumns): KeptColumns {
    const rows = refs.length
    const bytes = align(rows * 4) + rows * (startTimestamps === undefined ? 16 : 24)
    const slab =
      bytes > MAX_SHARED_BYTES ? { buffer: new ArrayBuffer(bytes), used: 0, holders: 0 } : this.#roomFor(bytes)
    let at = slab.used
    const place = (length: number): number => {
      const start = at
      at += align(length)
      return start
    }
    const doubles = (column: Float64Array): Float64Array => {
      const copy = new Float64Array(slab.buffer, place(rows * 8), rows)
      copy.set(column)
      return copy
    }
    const ownRefs = new Uint32Array(slab.buffer, place(rows * 4), rows)
    ownRefs.set(refs)
    const own = { refs: ownRefs, timestamps: doubles(timestamps), values: doubles(values) }
    const columns = startTimestamps === undefined ? own : { ...own, startTimestamps: doubles(startTimestamps) }
    slab.used = at
    slab.holders++
    return { columns, release: () => this.#release(slab) }
  }

  #roomFor(bytes: number): Slab {
    if (this.#filling.used + bytes > SLAB_BYTES) {
      const full = this.#filling
      this.#filling = this.#free.pop() ?? newSlab()
      this.#reuse(full)
    }
    return this.#filling
  }

  #release(slab: Slab): void {
    slab.holders--
    this.#reuse(slab)
  }

  #reuse(slab: Slab): void {
    if (slab.holders > 0 || slab === this.#filling || slab.buffer.byteLength !== SLAB_BYTES) return
    slab.used = 0
    if (this.#free.length < MAX_FREE) this.#free.push(slab)
  }
}

function newSlab(): Slab {
  return { buffer: new ArrayBuffer(SLAB_BYTES), used: 0, holders: 0 }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
