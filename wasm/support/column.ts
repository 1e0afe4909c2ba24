/** Bytes that may be read (never written) beyond the end of a column, so that wide loads need no check. */
const SLACK: u32 = 64

/** A growable run of memory. Grows by doubling and keeps its size: what one message needed, the next one finds. */
@final
@unmanaged
export class Column {
  at: usize = 0
  capacity: u32 = 0

  /** Makes room for `bytes` in all, and tells where the column starts now. */
  @inline
  ensure(bytes: u32): usize {
    if (bytes > this.capacity) this.grow(bytes)
    return this.at
  }

  private grow(bytes: u32): void {
    const capacity = max<u32>(max<u32>(bytes, 4096), this.capacity * 2)
    const fresh = heap.alloc(capacity + SLACK)
    if (this.at !== 0) {
      memory.copy(fresh, this.at, this.capacity)
      heap.free(this.at)
    }
    this.at = fresh
    this.capacity = capacity
  }
}
