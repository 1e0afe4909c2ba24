/**
 * The hot half of reading the head, in AssemblyScript: finds the series that were sampled at the same times as another one, the
 * leader, and copies their values. The cells and the columns they are copied to lie in this memory; src/store/head knows where.
 *
 * Series that arrive together also have their chunks side by side: the first of all, then the second of all, and so on. So the
 * chunks of a group are read in that order, in lockstep: going along one series would miss the caches at each chunk.
 */

/** Places within a cell, in bytes; see src/store/head/cells.ts and chunks.ts. */
const COUNT = 0
const NEXT = 4
const PREVIOUS = 8
const TIMES = 12
const VALUES = 16
const CELL_BYTES: usize = 272

const FELL: u8 = 1
const HAS_NAN: u8 = 2

/** Place of cell 0, and the number of cells that lie in this memory; those with a higher number lie elsewhere. */
let cells: usize = 0
let cellLimit: u32 = 0
/** By row of a group: the chunk at hand (32 bits), and what was found about its values (8 bits). */
let group: usize = 0
let notes: usize = 0

/** Makes the memory this large, at once and for good; false when there is not so much. */
export function reserve(pages: i32): bool {
  return memory.grow(pages - memory.size()) >= 0
}

export function place(groupAt: usize, notesAt: usize, cellsAt: usize, limit: u32): void {
  group = groupAt
  notes = notesAt
  cells = cellsAt
  cellLimit = limit
}

@inline
function chunk(id: u32): usize {
  return cells + usize(id) * CELL_BYTES
}

/** Place of the times of a chunk; 0 when they lie elsewhere. */
@inline
function timesOf(at: usize): usize {
  const id = load<u32>(at, TIMES)
  return id < cellLimit ? chunk(id) + VALUES : 0
}

/**
 * Goes `steps` chunks from the one at hand of each of the first `most` rows, and then tells how many of them, up to the first that
 * does not, have a chunk with the times of chunk `leader`. With `isWhole` the row must have nothing between `start` and that chunk.
 */
export function findGroup(most: u32, steps: u32, back: bool, leader: u32, isWhole: bool, start: f64): u32 {
  const end = group + (most << 2)
  const link: usize = back ? PREVIOUS : NEXT
  for (let step: u32 = 0; step < steps; step++) {
    for (let at = group; at < end; at += 4) {
      const id = load<u32>(at)
      if (id === 0) continue
      store<u32>(at, id < cellLimit ? load<u32>(chunk(id) + link) : 0)
    }
  }
  const first = chunk(leader)
  for (let i: u32 = 0; i < most; i++) {
    const id = load<u32>(group + (i << 2))
    if (id === 0 || id >= cellLimit || !hasSameTimes(chunk(id), first)) return i
    if (isWhole && !isFirst(chunk(id), start)) return i
  }
  return most
}

@inline
function isFirst(at: usize, start: f64): bool {
  const id = load<u32>(at, PREVIOUS)
  if (id === 0) return true
  if (id >= cellLimit) return false
  const previous = chunk(id)
  const times = timesOf(previous)
  return times !== 0 && load<f64>(times + ((load<u32>(previous, COUNT) - 1) << 3)) < start
}

/**
 * Copies the values of the first `size` rows: of the leader's `length` chunks from `leader` on, the first from slot `from` on, the
 * last up to slot `until`. The i-th row goes to `to + i * stride`. A row whose further times are others, or that has more before
 * `end`, gets 0 for its chunk.
 */
export function copyGroup(
  size: u32,
  leader: u32,
  length: u32,
  from: u32,
  until: u32,
  to: usize,
  stride: usize,
  end: f64,
): void {
  memory.fill(notes, 0, size)
  if (length > 1 && areNeighbours(leader, load<u32>(chunk(leader), NEXT))) {
    for (let i: u32 = 0, row = to; i < size; i++, row += stride) copyRow(i, leader, length, from, until, row)
  } else copyInLockstep(size, leader, length, from, until, to, stride)
  leaveOut(size, until, end)
}

/** Whether a series was written at one go, as after a restart: only columns of times may lie between its chunks. */
@inline
function areNeighbours(id: u32, next: u32): bool {
  return next > id && next <= id + 2
}

function copyRow(i: u32, leader: u32, length: u32, from: u32, until: u32, to: usize): void {
  let lead = leader
  let column = to
  for (let k: u32 = 0; k < length; k++) {
    const isLast = k + 1 === length
    const first = k === 0 ? from : 0
    const count = (isLast ? until : load<u32>(chunk(lead), COUNT)) - first
    if (!copyChunk(i, chunk(lead), k, first, count, column)) return
    if (isLast) return
    store<u32>(group + (i << 2), load<u32>(chunk(load<u32>(group + (i << 2))), NEXT))
    column += count << 3
    lead = load<u32>(chunk(lead), NEXT)
  }
}

function copyInLockstep(size: u32, leader: u32, length: u32, from: u32, until: u32, to: usize, stride: usize): void {
  let lead = leader
  let column = to
  for (let k: u32 = 0; k < length; k++) {
    const at = chunk(lead)
    const isLast = k + 1 === length
    const first = k === 0 ? from : 0
    const count = (isLast ? until : load<u32>(at, COUNT)) - first
    for (let i: u32 = 0, row = column; i < size; i++, row += stride) copyChunk(i, at, k, first, count, row)
    if (!isLast) step(size)
    column += count << 3
    lead = load<u32>(at, NEXT)
  }
}

/** The k-th chunk of a row, which is at hand; false when its times are not those of the leader's. */
@inline
function copyChunk(i: u32, leader: usize, k: u32, first: u32, count: u32, to: usize): bool {
  const id = load<u32>(group + (i << 2))
  if (id === 0) return false
  const at = chunk(id)
  if (id >= cellLimit || (k > 0 && !hasSameTimes(at, leader))) {
    store<u32>(group + (i << 2), 0)
    return false
  }
  const found = copyValues(at + VALUES + (first << 3), count, to, k > 0)
  if (found !== 0) store<u8>(notes + i, load<u8>(notes + i) | found)
  return true
}

/** On to the next chunk of each row. */
function step(size: u32): void {
  for (let i: u32 = 0; i < size; i++) {
    const id = load<u32>(group + (i << 2))
    if (id !== 0) store<u32>(group + (i << 2), load<u32>(chunk(id), NEXT))
  }
}

/** Rows with more in the range than the leader, whose last chunk ends at slot `until`. */
function leaveOut(size: u32, until: u32, end: f64): void {
  for (let i: u32 = 0; i < size; i++) {
    const id = load<u32>(group + (i << 2))
    if (id === 0 || until < load<u32>(chunk(id), COUNT)) continue
    const next = load<u32>(chunk(id), NEXT)
    if (next !== 0 && (next >= cellLimit || beginsBefore(chunk(next), end))) store<u32>(group + (i << 2), 0)
  }
}

@inline
function beginsBefore(at: usize, end: f64): bool {
  const times = timesOf(at)
  return times === 0 || load<f64>(times) < end
}

/** Copies `count` values, and tells what is to know of them; with `follows` the first one is compared with what lies before `to`. */
@inline
function copyValues(from: usize, count: u32, to: usize, follows: bool): u8 {
  if (count === 0) return 0
  const first = load<f64>(from)
  store<f64>(to, first)
  // A value that is not at least the one before it fell, or one of both is no number: which of it is found out apart.
  let isOrdered = first === first && (!follows || load<f64>(to - 8) <= first)
  let i: usize = 8
  const bytes = usize(count) << 3
  let ordered = i32x4.splat(-1)
  for (; i + 16 <= bytes; i += 16) {
    const value = v128.load(from + i)
    v128.store(to + i, value)
    ordered = v128.and(ordered, v128.le<f64>(v128.load(from + i - 8), value))
  }
  if (i < bytes) {
    const last = load<f64>(from + i)
    store<f64>(to + i, last)
    isOrdered = isOrdered && load<f64>(from + i - 8) <= last
  }
  return isOrdered && v128.all_true<i64>(ordered) ? 0 : lookAt(to, count, follows)
}

function lookAt(values: usize, count: u32, follows: bool): u8 {
  let found: u8 = 0
  let previous = follows ? load<f64>(values - 8) : load<f64>(values)
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3))
    found |= (value < previous ? FELL : 0) | (value !== value ? HAS_NAN : 0)
    previous = value
  }
  return found
}

/** Whether two chunks have the same times in all slots: mostly they share them. */
@inline
function hasSameTimes(a: usize, b: usize): bool {
  const count = load<u32>(a, COUNT)
  if (count !== load<u32>(b, COUNT)) return false
  return load<u32>(a, TIMES) === load<u32>(b, TIMES) || areEqual(timesOf(a), timesOf(b), count)
}

function areEqual(a: usize, b: usize, count: u32): bool {
  if (a === 0 || b === 0) return false
  for (let i: usize = 0; i < usize(count) << 3; i += 8) if (load<f64>(a + i) !== load<f64>(b + i)) return false
  return true
}
