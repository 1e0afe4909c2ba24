/** Rows of one series as they come from the tables, put into a block's open row. */
import { prefers } from './head/samples.ts'
import type { SampleBlockBuilder, SharedTimes } from './sample-block.ts'

/** Rows `[from, to)` of one series, in order of time. Times and starts are Int64 columns as words, low word first. */
export interface StoredRun {
  readonly times: Int32Array
  readonly values: Float64Array
  readonly starts: Int32Array | undefined
  readonly from: number
  readonly to: number
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

  add(run: StoredRun): void {
    const block = this.#block
    block.reserve(run.to - run.from)
    if (block.openValues === 0) {
      this.#shared = block.timesFrom(int64At(run.times, run.from))
      this.#matched = 0
    }
    if (this.#shared === undefined) appendDistinct(run, block)
    else this.#addShared(this.#shared, run)
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

  #addShared(shared: SharedTimes, run: StoredRun): void {
    const block = this.#block
    const { times } = block
    const at = shared.start + this.#matched - run.from
    const end = Math.min(run.to, run.from + shared.count - this.#matched)
    let i = run.from
    while (i < end && times[at + i] === int64At(run.times, i)) i++
    copy({ ...run, to: i }, block)
    this.#matched += i - run.from
    if (i === run.to) return
    this.settle()
    appendDistinct({ ...run, from: i }, block)
  }
}

/** Copies values and starts, no times. */
function copy({ values, starts, from, to }: StoredRun, block: SampleBlockBuilder): void {
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
function appendDistinct(run: StoredRun, block: SampleBlockBuilder): void {
  block.reserve(run.to - run.from)
  const { times, values, openTimes: since, valueEnd } = block
  const some = run.starts !== undefined && hasAny(run.starts, run.from, run.to) ? run.starts : undefined
  const starts = some === undefined ? undefined : block.startsAt(valueEnd, valueEnd + run.to - run.from)
  const shift = valueEnd - block.timeEnd
  let out = block.timeEnd
  for (let i = run.from; i < run.to; i++) {
    const t = int64At(run.times, i)
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
