import { Buffer } from 'node:buffer'

const FREE = -1

/**
 * Remembers the series of one target by the bytes of their keys, as dense slots (0, 1, 2, ...). Whoever scrapes keeps what it
 * knows of a series in arrays of its own, by slot.
 *
 * Pages list their series in the same order again and again: so the cache guesses the slot that follows the last one and
 * compares bytes (`guess`), and hashes (`find`) only where the order changed. Keys are copied.
 */
export class SeriesCache {
  #arena: Buffer
  #view: DataView
  #used = 0
  #garbage = 0

  /** By slot: place, length and hash of the key; the slot seen after it last time. Slot -1 (a page's start) is kept at 0. */
  #starts = new Int32Array(64)
  #lengths = new Int32Array(64).fill(FREE)
  #hashes = new Int32Array(64)
  #successors = new Int32Array(65).fill(FREE)
  #versions = new Int32Array(64)
  #notes = new Float64Array(64)
  /** Slots given out so far, and the free ones among them. */
  #slots = 0
  #free: number[] = []

  /** Open addressing: slot + 1, 0 = empty. Length is a power of two, at least twice the number of slots. */
  #table = new Int32Array(128)
  #last = -1

  constructor() {
    this.#arena = Buffer.allocUnsafeSlow(4096)
    this.#view = viewOf(this.#arena)
  }

  /** Slots are below this number. */
  get slots(): number {
    return this.#slots
  }

  /** Number of series remembered. */
  get size(): number {
    return this.#slots - this.#free.length
  }

  /** Call at the start of each page, so that guesses start over. */
  rewind(): void {
    this.#last = -1
  }

  /**
   * The slot whose key stands at `at`, if it is the one that followed the last slot before; else -1. `view` is over all bytes;
   * `keyLength` where it is known already.
   */
  guess(view: DataView, at: number, keyLength?: number): number {
    const slot = this.#successors[this.#last + 1] as number
    if (slot < 0) return -1
    const length = this.#lengths[slot] as number
    if (keyLength !== undefined && keyLength !== length) return -1
    if (length < 0 || at + length > view.byteLength || !this.#equals(slot, view, at, length)) return -1
    this.#last = slot
    return slot
  }

  lengthOf(slot: number): number {
    return this.#lengths[slot] as number
  }

  /** Changes when the slot is given to another key: what was known of it by an older version is void. */
  versionOf(slot: number): number {
    return this.#versions[slot] as number
  }

  /** A number that a cursor keeps with a series, 0 at first. */
  noteOf(slot: number): number {
    return this.#notes[slot] as number
  }

  setNote(slot: number, note: number): void {
    this.#notes[slot] = note
  }

  /** The slot of the key `[start, end)`, or -1. */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const mask = this.#table.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (this.#table[at] as number) - 1
      if (slot < 0) return -1
      if (this.#hashes[slot] !== hash || this.#lengths[slot] !== end - start) continue
      if (!this.#equals(slot, view, start, end - start)) continue
      this.#follow(slot)
      return slot
    }
  }

  /** Remembers a key that is not there yet, and returns its slot: a freed one, or the next number. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#free.pop() ?? this.#slots++
    if (slot >= this.#starts.length) this.#growSlots()
    this.#reserve(end - start)
    this.#arena.set(bytes.subarray(start, end), this.#used)
    this.#starts[slot] = this.#used
    this.#lengths[slot] = end - start
    this.#hashes[slot] = hashOf(bytes, start, end)
    this.#successors[slot + 1] = FREE
    this.#versions[slot] = (this.#versions[slot] as number) + 1
    this.#notes[slot] = 0
    this.#used += end - start
    if (this.size * 2 > this.#table.length) this.#rehash(this.#table.length * 2)
    else this.#enter(slot)
    this.#follow(slot)
    return slot
  }

  /** Forgets series (those that vanished). Their slots will be given out again. */
  remove(slots: Iterable<number>): void {
    let removed = 0
    for (const slot of slots) {
      const length = this.#lengths[slot] as number
      if (length < 0) continue
      this.#garbage += length
      this.#lengths[slot] = FREE
      this.#free.push(slot)
      removed++
    }
    if (removed === 0) return
    this.#last = -1
    this.#rehash(this.#table.length)
    if (this.#garbage > 4096 && this.#garbage * 2 > this.#used) this.#compact()
  }

  #follow(slot: number): void {
    if (slot === this.#last) return
    this.#successors[this.#last + 1] = slot
    this.#last = slot
  }

  #equals(slot: number, view: DataView, at: number, length: number): boolean {
    const mine = this.#view
    const start = this.#starts[slot] as number
    const words = length & ~3
    // From the end, where keys of one family differ. Reads of four bytes need no alignment.
    for (let i = length - 1; i >= words; i--) if (mine.getUint8(start + i) !== view.getUint8(at + i)) return false
    for (let i = words - 4; i >= 0; i -= 4) if (mine.getInt32(start + i) !== view.getInt32(at + i)) return false
    return true
  }

  #enter(slot: number): void {
    const mask = this.#table.length - 1
    let at = (this.#hashes[slot] as number) & mask
    while (this.#table[at] !== 0) at = (at + 1) & mask
    this.#table[at] = slot + 1
  }

  #rehash(length: number): void {
    this.#table = new Int32Array(length)
    for (let slot = 0; slot < this.#slots; slot++) if ((this.#lengths[slot] as number) >= 0) this.#enter(slot)
  }

  #growSlots(): void {
    const length = this.#starts.length * 2
    this.#starts = grown(this.#starts, length)
    this.#lengths = grown(this.#lengths, length)
    this.#hashes = grown(this.#hashes, length)
    this.#successors = grown(this.#successors, length + 1)
    this.#versions = grown(this.#versions, length)
    const notes = new Float64Array(length)
    notes.set(this.#notes)
    this.#notes = notes
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#arena.length) return
    this.#moveTo(Buffer.allocUnsafeSlow(Math.max(this.#arena.length * 2, this.#used + length)))
  }

  #moveTo(arena: Buffer): void {
    this.#arena.copy(arena, 0, 0, this.#used)
    this.#arena = arena
    this.#view = viewOf(arena)
  }

  #compact(): void {
    const arena = Buffer.allocUnsafeSlow(Math.max(4096, (this.#used - this.#garbage) * 2))
    let used = 0
    for (let slot = 0; slot < this.#slots; slot++) {
      const length = this.#lengths[slot] as number
      if (length < 0) continue
      const start = this.#starts[slot] as number
      this.#arena.copy(arena, used, start, start + length)
      this.#starts[slot] = used
      used += length
    }
    this.#used = used
    this.#garbage = 0
    this.#arena = arena
    this.#view = viewOf(arena)
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function grown(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length).fill(FREE)
  copy.set(column)
  return copy
}

// FNV-1a with a last mix, so that the low bits, which choose the place, depend on every byte.
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}
