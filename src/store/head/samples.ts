/**
 * The samples of one tenant's series: for each series a chain of chunks in order of time, the newest at its tail.
 * Values keep their exact bits (staleness markers): NaNs are copied as words, never through a number.
 */
import { isStale } from '../../model/stale.ts'
import { COUNT, OTHER as TIMES, VALUES } from './cells.ts'
import { CHUNK_SAMPLES } from './chunks.ts'
import type { ChunkArena, ChunkId } from './chunks.ts'
import { grownFloat64, grownUint32 } from './columns.ts'

/** A place in a chunk: `slot` of chunk `id`. Found by `locate`; valid until the next change. */
interface Place {
  id: ChunkId
  slot: number
}

/** A chunk, and how many steps it lies from the series' newest chunk, or from its oldest. */
export interface Way {
  /** 0 when there is no such chunk. */
  id: ChunkId
  steps: number
  fromNewest: boolean
}

export class SeriesSamples {
  /** For readers of chunks. */
  readonly arena: ChunkArena
  #first: Uint32Array = new Uint32Array(0)
  #tail: Uint32Array = new Uint32Array(0)
  #last: Float64Array = new Float64Array(0)
  readonly #place: Place = { id: 0, slot: 0 }
  readonly #way: Way = { id: 0, steps: 0, fromNewest: true }
  #count = 0
  #version = 0

  constructor(arena: ChunkArena) {
    this.arena = arena
  }

  /** Samples held. */
  get count(): number {
    return this.#count
  }

  /** Another one after each change of what is held. */
  get version(): number {
    return this.#version
  }

  /** Makes room for refs below `size`. */
  reserve(size: number): void {
    this.#first = grownUint32(this.#first, size)
    this.#tail = grownUint32(this.#tail, size)
    this.#last = grownFloat64(this.#last, size, -Infinity)
  }

  /** Time of the newest row that the series ever took (in the head or not), -Infinity when none. */
  lastTime(ref: number): number {
    return this.#last[ref] as number
  }

  /** Notes a row that the head itself does not keep (histograms, rows older than the watermark). */
  raiseLastTime(ref: number, t: number): void {
    if (t > (this.#last[ref] as number)) this.#last[ref] = t
  }

  /** Time of the oldest sample held, Infinity when none. */
  firstTime(ref: number): number {
    const id = this.#first[ref] as number
    return id === 0 ? Infinity : this.#timeAt(id, 0)
  }

  /** Appends a sample newer than all others of the series that are held here. `values[at]` is copied by its bits. */
  append(ref: number, t: number, values: Float64Array, at: number): void {
    let id = this.#tail[ref] as number
    if (id === 0 || this.#countOf(id) === CHUNK_SAMPLES) id = this.#begin(ref, t)
    const { f64, i32 } = this.arena.slabOf(id)
    const word = this.arena.wordOf(id)
    const count = i32[word * 2 + COUNT] as number
    const times = i32[word * 2 + TIMES] as number
    if (!this.arena.times.follows(times, count, t))
      i32[word * 2 + TIMES] = this.arena.times.inserted(times, count, count, t)
    const value = values[at] as number
    if (value === value) f64[word + VALUES + count] = value
    else copyBits(values, at, f64, word + VALUES + count)
    i32[word * 2 + COUNT] = count + 1
    this.raiseLastTime(ref, t) // the series may have a later histogram
    this.#count++
    this.#version++
  }

  /** A new chunk at the series' end, whose times begin with `t`. */
  #begin(ref: number, t: number): ChunkId {
    const id = this.arena.allocate(this.arena.times.begin(t))
    const tail = this.#tail[ref] as number
    this.arena.link(tail, id)
    if (tail === 0) this.#first[ref] = id
    this.#tail[ref] = id
    return id
  }

  /** Inserts a sample anywhere in the series' order of time. The series must hold none at `t`. */
  insert(ref: number, t: number, values: Float64Array, at: number): void {
    const { id, slot } = this.#locate(ref, t)
    const isEnd = id === 0 || (id === this.#tail[ref] && slot === this.#countOf(id))
    if (isEnd) this.append(ref, t, values, at)
    else this.#insertAt(id, slot, ref, t, values, at)
  }

  /** Inserts a sample unless the series holds one at `t` with a larger value; see `prefers`. Tells whether it did. */
  restore(ref: number, t: number, values: Float64Array, at: number): boolean {
    const { id, slot } = this.#locate(ref, t)
    if (id === 0 || slot >= this.#countOf(id) || this.#timeAt(id, slot) !== t) {
      this.insert(ref, t, values, at)
      return true
    }
    const { f64 } = this.arena.slabOf(id)
    const place = this.arena.wordOf(id) + VALUES + slot
    if (!prefers(values[at] as number, f64[place] as number)) return false
    copyBits(values, at, f64, place)
    this.#version++
    return true
  }

  /** Whether the series holds a sample at `t`, and with the very bits of `values[at]`. */
  compare(ref: number, t: number, values: Float64Array, at: number): 'absent' | 'same' | 'other' {
    const { id, slot } = this.#locate(ref, t)
    if (id === 0 || slot >= this.#countOf(id) || this.#timeAt(id, slot) !== t) return 'absent'
    const held = this.arena.slabOf(id).f64
    return sameBits(held, this.arena.wordOf(id) + VALUES + slot, values, at) ? 'same' : 'other'
  }

  hasAt(ref: number, t: number): boolean {
    const { id, slot } = this.#locate(ref, t)
    return id !== 0 && slot < this.#countOf(id) && this.#timeAt(id, slot) === t
  }

  /** Takes out the sample at `t`, if held: rolls back a row that did not become durable. */
  remove(ref: number, t: number): void {
    const { id, slot } = this.#locate(ref, t)
    if (id === 0 || slot >= this.#countOf(id) || this.#timeAt(id, slot) !== t) return
    const { f64, i32 } = this.arena.slabOf(id)
    const word = this.arena.wordOf(id)
    const count = this.#countOf(id)
    f64.copyWithin(word + VALUES + slot, word + VALUES + slot + 1, word + VALUES + count)
    // The last one may stay in the column: what a chunk has of it is told by its count.
    if (slot < count - 1) i32[word * 2 + TIMES] = this.arena.times.removed(i32[word * 2 + TIMES] as number, count, slot)
    i32[word * 2 + COUNT] = count - 1
    this.#count--
    this.#version++
    if (count === 1) this.#unlink(ref, id)
    if (this.#last[ref] === t) this.#last[ref] = this.#newest(ref)
  }

  /** Oldest and newest chunk of the series, 0 when it has none. */
  firstChunk(ref: number): ChunkId {
    return this.#first[ref] as number
  }

  lastChunk(ref: number): ChunkId {
    return this.#tail[ref] as number
  }

  /** The first chunk of the series with a sample at `t` or later, and the way to it; valid until the next call. */
  chunkFrom(ref: number, t: number): Way {
    const { arena } = this
    const way = this.#way
    const first = this.#first[ref] as number
    const tail = this.#tail[ref] as number
    way.id = tail
    way.steps = 0
    way.fromNewest = true
    if (tail === 0 || this.arena.endOf(tail) < t) {
      way.id = 0
      return way
    }
    way.fromNewest = first === tail || t - arena.timeAt(first, 0) >= arena.timeAt(tail, 0) - t
    if (!way.fromNewest) {
      for (way.id = first; this.arena.endOf(way.id) < t; way.steps++) way.id = arena.nextOf(way.id)
      return way
    }
    while (arena.timeAt(way.id, 0) > t) {
      const previous = arena.previousOf(way.id)
      if (previous === 0 || this.arena.endOf(previous) < t) break
      way.id = previous
      way.steps++
    }
    return way
  }

  /** Frees the series' chunks that end before `t`. */
  evict(ref: number, t: number): void {
    let id = this.#first[ref] as number
    while (id !== 0) {
      const count = this.#countOf(id)
      if (this.#timeAt(id, count - 1) >= t) break
      const next = this.#nextOf(id)
      this.arena.free(id)
      this.#count -= count
      this.#version++
      id = next
    }
    this.#first[ref] = id
    if (id === 0) this.#tail[ref] = 0
    else this.arena.link(0, id)
  }

  /** Frees everything of a series that leaves, so that its ref can be given out anew. */
  forget(ref: number): void {
    this.evict(ref, Infinity)
    this.#last[ref] = -Infinity
  }

  /** Calls `visit` with the time of the newest sample of each chunk. */
  forEachChunk(ref: number, visit: (end: number) => void): void {
    for (let id = this.#first[ref] as number; id !== 0; id = this.#nextOf(id))
      visit(this.#timeAt(id, this.#countOf(id) - 1))
  }

  isEmpty(ref: number): boolean {
    return this.#first[ref] === 0
  }

  /** The chunk that covers `t` and the slot of the first sample >= t in it (may be its end); id 0 when there is no chunk. */
  #locate(ref: number, t: number): Place {
    const place = this.#place
    const tail = this.#tail[ref] as number
    place.id = tail
    if (tail !== 0) {
      // Late rows are mostly a little late: the way from the tail is the short one.
      let id = tail
      for (let previous = tail; previous !== 0; previous = this.arena.previousOf(id)) {
        id = previous
        if (this.#timeAt(id, 0) <= t) break
      }
      place.id = id
    }
    place.slot = place.id === 0 ? 0 : this.#lowerBound(place.id, t)
    return place
  }

  #insertAt(id: ChunkId, slot: number, ref: number, t: number, values: Float64Array, at: number): void {
    const { f64, i32 } = this.arena.slabOf(id)
    const word = this.arena.wordOf(id)
    const count = this.#countOf(id)
    if (count === CHUNK_SAMPLES) {
      this.#split(ref, id)
      this.insert(ref, t, values, at)
      return
    }
    f64.copyWithin(word + VALUES + slot + 1, word + VALUES + slot, word + VALUES + count)
    i32[word * 2 + TIMES] = this.arena.times.inserted(i32[word * 2 + TIMES] as number, count, slot, t)
    copyBits(values, at, f64, word + VALUES + slot)
    i32[word * 2 + COUNT] = count + 1
    this.#count++
    this.#version++
  }

  // The second half of a full chunk moves to a new one behind it.
  #split(ref: number, id: ChunkId): void {
    const half = CHUNK_SAMPLES / 2
    const next = this.arena.allocate(this.arena.times.part(this.arena.timesOf(id), half, CHUNK_SAMPLES))
    const source = this.arena.slabOf(id)
    const word = this.arena.wordOf(id)
    const target = this.arena.slabOf(next)
    const targetWord = this.arena.wordOf(next)
    target.f64.set(source.f64.subarray(word + VALUES + half, word + VALUES + CHUNK_SAMPLES), targetWord + VALUES)
    target.i32[targetWord * 2 + COUNT] = half
    this.arena.link(next, this.#nextOf(id))
    this.arena.link(id, next)
    source.i32[word * 2 + COUNT] = half
    if (this.#tail[ref] === id) this.#tail[ref] = next
  }

  #unlink(ref: number, id: ChunkId): void {
    const next = this.#nextOf(id)
    const previous = this.arena.previousOf(id)
    this.arena.link(previous, next)
    if (previous === 0) this.#first[ref] = next
    if (next === 0) this.#tail[ref] = previous
    this.arena.free(id)
  }

  #newest(ref: number): number {
    const id = this.#tail[ref] as number
    return id === 0 ? -Infinity : this.arena.endOf(id)
  }

  #lowerBound(id: ChunkId, t: number): number {
    return this.arena.lowerBound(id, t)
  }

  #timeAt(id: ChunkId, slot: number): number {
    return this.arena.timeAt(id, slot)
  }

  #countOf(id: ChunkId): number {
    return this.arena.countOf(id)
  }

  #nextOf(id: ChunkId): ChunkId {
    return this.arena.nextOf(id)
  }
}

/** Which of two values of one time stays: the larger, a number before a NaN, any other NaN before a staleness marker. */
export function prefers(value: number, held: number): boolean {
  if (Number.isNaN(held)) return !Number.isNaN(value) || (isStale(held) && !isStale(value))
  return value > held
}

function copyBits(from: Float64Array, at: number, to: Float64Array, target: number): void {
  to.set(from.subarray(at, at + 1), target)
}

// NaNs by their low word only: an engine may set the quiet bit on the way (see model/stale.ts).
function sameBits(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  const x = new Uint32Array(a.buffer, a.byteOffset + i * 8, 2)
  const y = new Uint32Array(b.buffer, b.byteOffset + j * 8, 2)
  const bothNaN = Number.isNaN(a[i]) && Number.isNaN(b[j])
  return x[0] === y[0] && (bothNaN || x[1] === y[1])
}
