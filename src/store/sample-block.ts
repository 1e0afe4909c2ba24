/** Blocks of a selection in the making: whole rows, one behind the other, that share timestamps where those are equal. */
import type { NativeHistogram } from '../model/histogram.ts'
import type { SampleBlock } from '../signals/metrics.ts'
import { COLUMN_VALUES } from './head/head-memory.ts'
import type { HeadMemory } from './head/head-memory.ts'

/** A block is handed over once it has this many values, rows or histograms: enough to amortise a pull, little enough for caches. */
const BLOCK_VALUES = 65_536
const BLOCK_ROWS = 16_384
const BLOCK_HISTOGRAMS = 8_192
/** Times are kept from block to block up to here: rows of one target may come far apart, in blocks of their own. */
const KEPT_TIMES = 262_144
/** Selections that are read at the same time, mostly the sides of an operator. */
const MAX_FREE = 4

/** Columns of blocks, used again by one selection after the other: a new one would be cleared, and be garbage of a megabyte. */
export class BlockMemory {
  readonly #values: HeadMemory | undefined
  readonly #free: BlockColumns[] = []

  /** Values lie in `values` as long as there is room. */
  constructor(values?: HeadMemory) {
    this.#values = values
  }

  take(): BlockColumns {
    return this.#free.pop() ?? new BlockColumns(this.#values?.takeColumn())
  }

  give(columns: BlockColumns): void {
    if (columns.isUsual && this.#free.length < MAX_FREE) this.#free.push(columns)
    else if (columns.lent !== undefined) this.#values?.giveColumn(columns.lent)
  }
}

export class BlockColumns {
  /** The column of values to begin with, which is not its own. */
  readonly lent: Float64Array<ArrayBuffer> | undefined
  /** With room for the row with which a block becomes full. */
  values: Float64Array
  times = new Float64Array(COLUMN_VALUES)
  starts: Float64Array | undefined
  readonly rows = new Uint32Array(BLOCK_ROWS + 1)
  readonly offsets = new Uint32Array(BLOCK_ROWS + 2)
  readonly timeOffsets = new Uint32Array(BLOCK_ROWS + 1)
  readonly rising = new Uint8Array(BLOCK_ROWS + 1)

  constructor(values?: Float64Array<ArrayBuffer>) {
    this.lent = values
    this.values = values ?? new Float64Array(COLUMN_VALUES)
  }

  /** Not grown beyond what is worth keeping. */
  get isUsual(): boolean {
    const { values, lent, times } = this
    return (lent === undefined ? values.length <= 4 * BLOCK_VALUES : values === lent) && times.length <= 2 * KEPT_TIMES
  }
}

/** Times that rows may share: `[start, start + count)` of the column, as long as the `timesGeneration` lasts. */
export interface SharedTimes {
  readonly start: number
  readonly count: number
}

const NO_TIMES: SharedTimes = { start: 0, count: 0 }

/**
 * The open row's values go to `values` from `valueEnd` on, its times to `times` from `timeEnd` on; whoever writes them there
 * moves the ends. A writer that finds the row to have the times of `timesFrom` need not write any, and ends it by `endSharing`.
 */
export class SampleBlockBuilder {
  readonly #columns: BlockColumns
  #rows = 0
  #rowStart = 0
  #timeStart = 0
  valueEnd = 0
  timeEnd = 0
  /** Some value so far is a NaN. Whoever writes values says so. */
  hasNaN = false
  /** Grows when the column of times begins anew. */
  timesGeneration = 0
  /** By their first time. */
  readonly #shared = new Map<number, SharedTimes>()
  /** Starts are written up to here; 0 when no row has any. */
  #startsEnd = 0
  #histogramOffsets: number[] = [0]
  #histogramTimes: number[] = []
  #histogramStarts: number[] = []
  #histograms: NativeHistogram[] = []

  constructor(columns: BlockColumns) {
    this.#columns = columns
  }

  get values(): Float64Array {
    return this.#columns.values
  }

  get times(): Float64Array {
    return this.#columns.times
  }

  get isFull(): boolean {
    return this.valueEnd >= BLOCK_VALUES || this.#rows >= BLOCK_ROWS || this.#histograms.length >= BLOCK_HISTOGRAMS
  }

  get isEmpty(): boolean {
    return this.#rows === 0
  }

  /** How many more rows of `count` values it takes until it is full. */
  roomFor(count: number): number {
    return Math.min(BLOCK_ROWS - this.#rows, Math.floor((BLOCK_VALUES - this.valueEnd) / count))
  }

  /** All samples so far, histograms too. */
  get samples(): number {
    return this.valueEnd + this.#histograms.length
  }

  /** Values of the open row so far. */
  get openValues(): number {
    return this.valueEnd - this.#rowStart
  }

  /** Where the open row's own times begin. */
  get openTimes(): number {
    return this.#timeStart
  }

  /** Makes room for `count` more values and times. */
  reserve(count: number): void {
    const columns = this.#columns
    if (this.valueEnd + count > columns.values.length) {
      columns.values = grown(columns.values, this.valueEnd, count)
      if (columns.starts !== undefined) columns.starts = grown(columns.starts, this.valueEnd, count)
    }
    if (this.timeEnd + count > columns.times.length) columns.times = grown(columns.times, this.timeEnd, count)
  }

  /** The column of starts, for the writer of the open row to write `[from, to)` now; all that nobody writes is 0. */
  startsAt(from: number, to: number): Float64Array {
    const columns = this.#columns
    columns.starts ??= new Float64Array(columns.values.length)
    columns.starts.fill(0, this.#startsEnd, from)
    this.#startsEnd = to
    return columns.starts
  }

  addHistogram(t: number, start: number, value: NativeHistogram): void {
    this.#histogramTimes.push(t)
    this.#histogramStarts.push(start)
    this.#histograms.push(value)
  }

  /** Times of an earlier row that begin with `t`; only a comparison tells whether the rest is the same. */
  timesFrom(t: number): SharedTimes | undefined {
    return this.#shared.get(t)
  }

  /** Gives the open row, which wrote no times, the first `count` of `shared` as its own. */
  copyTimes(shared: SharedTimes, count: number): void {
    this.reserve(count)
    this.times.copyWithin(this.timeEnd, shared.start, shared.start + count)
    this.timeEnd += count
  }

  /** Ends the open row, which wrote no times, for it has those of `shared`. */
  endSharing(row: number, shared: SharedTimes, rises = false): void {
    this.#end(row, shared.start, rises)
  }

  /** Ends the open row, and shares its times where an earlier one has the same. One without any sample is left out. */
  endRow(row: number, rises = false): SharedTimes {
    const count = this.openValues
    if (count === 0) {
      if (this.#histograms.length > (this.#histogramOffsets.at(-1) ?? 0)) this.#end(row, 0, rises)
      return NO_TIMES
    }
    const first = this.times[this.#timeStart] as number
    const earlier = this.#shared.get(first)
    if (earlier?.count === count && this.#isAt(earlier.start, count)) {
      this.timeEnd = this.#timeStart
      this.#end(row, earlier.start, rises)
      return earlier
    }
    const own = { start: this.#timeStart, count }
    // Of rows that begin together the fullest leads: one that missed a sample is like no other.
    if (earlier === undefined || earlier.count <= count) this.#shared.set(first, own)
    this.#end(row, own.start, rises)
    return own
  }

  /** The block, valid until the builder is used again, which begins a new one. */
  take(): SampleBlock {
    const { rows, offsets, timeOffsets, values, rising, times, starts } = this.#columns
    const count = this.#rows
    offsets[count] = this.valueEnd
    const block: SampleBlock = {
      rows: rows.subarray(0, count),
      offsets: offsets.subarray(0, count + 1),
      values: values.subarray(0, this.valueEnd),
      timeOffsets: timeOffsets.subarray(0, count),
      times: times.subarray(0, this.timeEnd),
      timesGeneration: this.timesGeneration,
      starts: this.#startsEnd > 0 ? starts?.subarray(0, this.valueEnd) : undefined,
      hasNaN: this.hasNaN,
      rising: rising.subarray(0, count),
      histograms: this.#takeHistograms(),
    }
    this.#rows = 0
    this.#rowStart = 0
    this.valueEnd = 0
    this.hasNaN = false
    this.#startsEnd = 0
    if (this.timeEnd > KEPT_TIMES) this.#forgetTimes()
    return block
  }

  #forgetTimes(): void {
    this.timeEnd = 0
    this.#timeStart = 0
    this.timesGeneration++
    this.#shared.clear()
  }

  #takeHistograms(): SampleBlock['histograms'] {
    const some = this.#histograms.length > 0
    const histograms = some
      ? {
          offsets: Uint32Array.from(this.#histogramOffsets),
          timestamps: Float64Array.from(this.#histogramTimes),
          starts: Float64Array.from(this.#histogramStarts),
          values: this.#histograms,
        }
      : undefined
    this.#histogramOffsets = [0]
    if (!some) return undefined
    this.#histogramTimes = []
    this.#histogramStarts = []
    this.#histograms = []
    return histograms
  }

  #end(row: number, timeOffset: number, rises: boolean): void {
    const { rows, offsets, timeOffsets, rising, starts } = this.#columns
    if (this.#startsEnd > 0) {
      starts?.fill(0, this.#startsEnd, this.valueEnd)
      this.#startsEnd = this.valueEnd
    }
    rows[this.#rows] = row
    offsets[this.#rows] = this.#rowStart
    timeOffsets[this.#rows] = timeOffset
    rising[this.#rows] = rises ? 1 : 0
    this.#rows++
    this.#histogramOffsets.push(this.#histograms.length)
    this.#rowStart = this.valueEnd
    this.#timeStart = this.timeEnd
  }

  #isAt(start: number, count: number): boolean {
    const { times } = this.#columns
    const own = this.#timeStart
    for (let i = count - 1; i > 0; i--) if (times[own + i] !== times[start + i]) return false
    return true
  }
}

function grown(column: Float64Array, used: number, count: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(used + count, column.length * 2))
  larger.set(column.subarray(0, used))
  return larger
}
