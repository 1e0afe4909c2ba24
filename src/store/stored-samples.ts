/** Rows of one series as they come from the tables, put into a block's open row. */
import { prefers } from './head/samples.ts'
import type { SampleBlockBuilder, SharedTimes } from './sample-block.ts'

/** Columns in which rows of one series follow each other in order of time. */
export interface RunColumns {
  /** ms after `base`. */
  readonly times: Uint32Array | Float64Array
  readonly base: number
  readonly values: Float64Array
  /** UnixMs, 0 = unknown: an Int64 column as words, low word first. */
  readonly starts: Int32Array | undefined
}

/**
 * As long as the rows have the times of an earlier row, only values are copied. The tables are in order of metric, so rows of
 * one target come far apart, and the builder's index finds the times.
 */
export class StoredSamples {
  readonly #block: SampleBlockBuilder
  /** Times that the open row's are the first `#matched` of; then the row has written none of its own. */
  #shared: SharedTimes | undefined
  #matched = 0

  constructor(block: SampleBlockBuilder) {
    this.#block = block
  }

  /** Rows `[from, to)` of the columns. */
  add(run: RunColumns, from: number, to: number): void {
    const block = this.#block
    block.reserve(to - from)
    if (block.openValues === 0) {
      this.#shared = block.timesFrom(run.base + (run.times[from] as number))
      this.#matched = 0
    }
    if (this.#shared === undefined) appendDistinct(run, from, to, block)
    else this.#addShared(this.#shared, run, from, to)
  }

  /** Makes the times the row's own, so that others can be written behind them. */
  settle(): void {
    if (this.#shared !== undefined) this.#block.copyTimes(this.#shared, this.#matched)
    this.#shared = undefined
  }

  /** Ends the open row. */
  end(row: number): void {
    const shared = this.#shared
    if (shared !== undefined && this.#matched === shared.count) this.#block.endSharing(row, shared)
    else {
      this.settle()
      this.#block.endRow(row)
    }
    this.#shared = undefined
  }

  #addShared(shared: SharedTimes, run: RunColumns, from: number, to: number): void {
    const block = this.#block
    const at = shared.start + this.#matched - from
    const end = Math.min(to, from + shared.count - this.#matched)
    const until = sameUntil(block.times, at, run, from, end)
    copy(run, from, until, block)
    this.#matched += until - from
    if (until === to) return
    this.settle()
    appendDistinct(run, until, to, block)
  }
}

/** Where `[from, to)` stop to have the times from `at + from` on. */
function sameUntil(own: Float64Array, at: number, run: RunColumns, from: number, to: number): number {
  const { times, base } = run
  let i = from
  while (i < to && own[at + i] === base + (times[i] as number)) i++
  return i
}

/** Copies values and starts, no times. */
function copy({ values, starts }: RunColumns, from: number, to: number, block: SampleBlockBuilder): void {
  const out = block.values
  const shift = block.valueEnd - from
  let hasNaN = false
  for (let i = from; i < to; i++) {
    const value = values[i] as number
    if (value !== value) hasNaN = true
    out[i + shift] = value
  }
  if (hasNaN) block.hasNaN = true
  if (starts !== undefined && hasAny(starts, from, to)) {
    const column = block.startsAt(from + shift, to + shift)
    for (let i = from; i < to; i++) column[i + shift] = int64At(starts, i)
  }
  block.valueEnd += to - from
}

/** Appends rows. Two of one time (they can only come from before the head's memory) become one: see `prefers`. */
function appendDistinct(run: RunColumns, from: number, to: number, block: SampleBlockBuilder): void {
  block.reserve(to - from)
  const { times, values, openTimes: since, valueEnd } = block
  const some = run.starts !== undefined && hasAny(run.starts, from, to) ? run.starts : undefined
  const starts = some === undefined ? undefined : block.startsAt(valueEnd, valueEnd + to - from)
  const shift = valueEnd - block.timeEnd
  let out = block.timeEnd
  for (let i = from; i < to; i++) {
    const t = run.base + (run.times[i] as number)
    const value = run.values[i] as number
    const isRepeat = out > since && times[out - 1] === t
    if (isRepeat && !prefers(value, values[out - 1 + shift] as number)) continue
    const place = isRepeat ? out - 1 : out++
    times[place] = t
    if (value !== value) block.hasNaN = true
    values[place + shift] = value
    if (starts !== undefined && some !== undefined) starts[place + shift] = int64At(some, i)
  }
  block.valueEnd += out - block.timeEnd
  block.timeEnd = out
}

/** Exact below 2^53, without a bigint. */
function int64At(words: Int32Array, i: number): number {
  return ((words[2 * i] as number) >>> 0) + (words[2 * i + 1] as number) * 4_294_967_296
}

function hasAny(words: Int32Array, from: number, to: number): boolean {
  for (let i = 2 * from; i < 2 * to; i++) if (words[i] !== 0) return true
  return false
}
