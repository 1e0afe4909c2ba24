/**
 * Times of chunks. Series of one target are sampled at the same times, so that their chunks share columns of times: it saves
 * almost half of the memory, and a reader sees by the number of a column that series have their times in common.
 *
 * A column only ever grows at its end. A chunk has the first `count` of its times; when it needs others than the column goes on
 * with, it gets another column. So what one chunk does is never seen by those that it shares with.
 */
import { CELL_VALUES, COUNT, KIND, LINK as USERS, OTHER as FORK, VALUES } from './cells.ts'
import type { CellArena, CellId } from './cells.ts'

/** The kind of a cell that is a column: chunks have no such number there. */
const IS_COLUMN = -1
const FIRST_ROOM = 1 << 10
const HASH = 0x9e3779b1
/** Columns that are looked at for one with the times that are wanted, each of which another one was made of. */
const MOST_FORKS = 4

export class TimeColumns {
  readonly #cells: CellArena
  /** By hash of its first time a column, maybe one that is gone: what lies there is looked at. */
  #byFirst = new Int32Array(FIRST_ROOM)
  #count = 0
  readonly #wanted = new Float64Array(CELL_VALUES)

  constructor(cells: CellArena) {
    this.#cells = cells
  }

  timeAt(id: CellId, slot: number): number {
    return this.#cells.slabOf(id).f64[this.#cells.wordOf(id) + VALUES + slot] as number
  }

  /** A column that begins with `t`, for one more chunk. */
  begin(t: number): CellId {
    this.#wanted[0] = t
    return this.#with(1, this.#byFirst[this.#place(t)] as number)
  }

  /** Whether `t` follows on the first `count` times of the column. It does where these are all. */
  follows(id: CellId, count: number, t: number): boolean {
    const { f64, i32 } = this.#cells.slabOf(id)
    const word = this.#cells.wordOf(id)
    if (count < (i32[word * 2 + COUNT] as number)) return f64[word + VALUES + count] === t
    f64[word + VALUES + count] = t
    i32[word * 2 + COUNT] = count + 1
    return true
  }

  /** A column with the first `count` times of `id` and `t` at `slot`, for a chunk that has `id` no more. There must be room. */
  inserted(id: CellId, count: number, slot: number, t: number): CellId {
    this.#want(id, 0, slot, 0)
    this.#wanted[slot] = t
    this.#want(id, slot, count, slot + 1)
    return this.#insteadOf(id, count + 1)
  }

  /** A column with the first `count` times of `id` but that at `slot`, for a chunk that has `id` no more. */
  removed(id: CellId, count: number, slot: number): CellId {
    this.#want(id, 0, slot, 0)
    this.#want(id, slot + 1, count, slot)
    return this.#insteadOf(id, count - 1)
  }

  /** A column with the times `[from, to)` of another one, for one more chunk. */
  part(id: CellId, from: number, to: number): CellId {
    this.#want(id, from, to, 0)
    return this.#with(to - from, this.#byFirst[this.#place(this.#wanted[0] as number)] as number)
  }

  /** A chunk less has the column. */
  release(id: CellId): void {
    const { i32 } = this.#cells.slabOf(id)
    const head = this.#cells.wordOf(id) * 2
    const users = (i32[head + USERS] as number) - 1
    i32[head + USERS] = users
    if (users > 0) return
    this.#cells.give(id)
    this.#count--
  }

  #want(id: CellId, from: number, to: number, at: number): void {
    for (let slot = from; slot < to; slot++) this.#wanted[at + slot - from] = this.timeAt(id, slot)
  }

  #insteadOf(id: CellId, count: number): CellId {
    const { i32 } = this.#cells.slabOf(id)
    const head = this.#cells.wordOf(id) * 2
    // Others of the target mostly need the same instead.
    const found = this.#with(count, i32[head + FORK] as number)
    i32[head + FORK] = found
    this.release(id)
    return found
  }

  /** A column with the `count` times that are wanted: `candidate`, one that was made of it, or a new one. */
  #with(count: number, candidate: CellId): CellId {
    let id = candidate
    for (let tried = 0; id !== 0 && tried < MOST_FORKS; tried++) {
      const { i32 } = this.#cells.slabOf(id)
      const head = this.#cells.wordOf(id) * 2
      if (i32[head + KIND] !== IS_COLUMN) break
      if (this.#has(id, count)) {
        i32[head + USERS] = (i32[head + USERS] as number) + 1
        return id
      }
      id = i32[head + FORK] as number
    }
    return this.#make(count)
  }

  /** Whether the column has the wanted times. One that has only the first of them gets the others. */
  #has(id: CellId, count: number): boolean {
    const { f64, i32 } = this.#cells.slabOf(id)
    const word = this.#cells.wordOf(id)
    const held = i32[word * 2 + COUNT] as number
    const times = word + VALUES
    for (let i = Math.min(held, count) - 1; i >= 0; i--) if (f64[times + i] !== this.#wanted[i]) return false
    for (let i = held; i < count; i++) f64[times + i] = this.#wanted[i] as number
    if (held < count) i32[word * 2 + COUNT] = count
    return true
  }

  #make(count: number): CellId {
    const id = this.#cells.take()
    const { f64, i32 } = this.#cells.slabOf(id)
    const word = this.#cells.wordOf(id)
    for (let i = 0; i < count; i++) f64[word + VALUES + i] = this.#wanted[i] as number
    i32[word * 2 + COUNT] = count
    i32[word * 2 + USERS] = 1
    i32[word * 2 + KIND] = IS_COLUMN
    this.#count++
    // Columns that were found by the smaller table are shared no more with chunks to come; few of them would have been.
    if (this.#count * 2 > this.#byFirst.length) this.#byFirst = new Int32Array(this.#byFirst.length * 2)
    this.#byFirst[this.#place(this.#wanted[0] as number)] = id
    return id
  }

  #place(t: number): number {
    return (Math.imul(t | 0, HASH) >>> 0) & (this.#byFirst.length - 1)
  }
}
