/** Blocks of a selection in the making: whole rows, one behind the other, that share timestamps where those are equal. */
import type { NativeHistogram } from '../model/histogram.ts'
import type { SampleBlock } from '../signals/metrics.ts'

/** A block is handed over once it has this many values or rows: enough to amortise a pull, little enough for caches. */
const BLOCK_VALUES = 65_536
const BLOCK_ROWS = 16_384
/** Room for the row with which a block becomes full. */
const SLACK = 8_192

/** Columns of blocks, used again by one selection after the other: a new one would be cleared, and be garbage of a megabyte. */
export class BlockMemory {
  readonly #free: BlockColumns[] = []

  take(): BlockColumns {
    return this.#free.pop() ?? new BlockColumns()
  }

  give(columns: BlockColumns): void {
    if (columns.isUsual && this.#free.length < MAX_FREE) this.#free.push(columns)
  }
}

/** Selections that are read at the same time, mostly the sides of an operator. */
const MAX_FREE = 4

export class BlockColumns {
  values = new Float64Array(BLOCK_VALUES + SLACK)
  times = new Float64Array(BLOCK_VALUES + SLACK)
  starts: Float64Array | undefined
  readonly rows = new Uint32Array(BLOCK_ROWS + 1)
  readonly offsets = new Uint32Array(BLOCK_ROWS + 2)
  readonly timeOffsets = new Uint32Array(BLOCK_ROWS + 1)

  /** Not grown beyond what is worth keeping. */
  get isUsual(): boolean {
    return this.values.length <= 4 * BLOCK_VALUES
  }
}

/**
 * The open row's values go to `values` from `valueEnd` on, its times to `times` from `timeEnd` on; whoever writes them there
 * moves the ends. `endRow` then shares the times with the row that last had its own.
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
  #leaderStart = 0
  #leaderCount = 0
  /** Changes whenever another row's times become those to share. */
  leader = 0
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
    return this.valueEnd >= BLOCK_VALUES || this.#rows >= BLOCK_ROWS || this.#histograms.length >= SLACK
  }

  get isEmpty(): boolean {
    return this.#rows === 0
  }

  /** How many more rows of `count` values it takes until it is full. */
  roomFor(count: number): number {
    return Math.min(BLOCK_ROWS - this.#rows, Math.floor((BLOCK_VALUES - this.valueEnd) / count))
  }

  /** Where the times begin that `endSharing` shares. */
  get sharedTimes(): number {
    return this.#leaderStart
  }

  /** All samples so far, histograms too. */
  get samples(): number {
    return this.valueEnd + this.#histograms.length
  }

  /** Values of the open row so far. */
  get openValues(): number {
    return this.valueEnd - this.#rowStart
  }

  /** Where the open row's times begin. */
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

  /** Ends the open row, whose times its writer found to be those of the row that last had its own, and did not write. */
  endSharing(row: number): void {
    this.#end(row, this.#leaderStart)
  }

  /** Ends the open row; one without any sample is left out. */
  endRow(row: number): void {
    const count = this.openValues
    if (count === 0) {
      if (this.#histograms.length > (this.#histogramOffsets.at(-1) ?? 0)) this.#end(row, this.#leaderStart)
      return
    }
    if (this.#isAsLeader(count)) {
      this.timeEnd = this.#timeStart
      this.#end(row, this.#leaderStart)
      return
    }
    this.#leaderStart = this.#timeStart
    this.#leaderCount = count
    this.leader++
    this.#end(row, this.#timeStart)
  }

  /** The block, valid until the builder is used again, which begins a new one. */
  take(): SampleBlock {
    const { rows, offsets, timeOffsets, values, times, starts } = this.#columns
    const count = this.#rows
    offsets[count] = this.valueEnd
    const block: SampleBlock = {
      rows: rows.subarray(0, count),
      offsets: offsets.subarray(0, count + 1),
      values: values.subarray(0, this.valueEnd),
      timeOffsets: timeOffsets.subarray(0, count),
      times: times.subarray(0, this.timeEnd),
      starts: this.#startsEnd > 0 ? starts?.subarray(0, this.valueEnd) : undefined,
      hasNaN: this.hasNaN,
      histograms: this.#takeHistograms(),
    }
    this.#rows = 0
    this.#rowStart = 0
    this.#timeStart = 0
    this.valueEnd = 0
    this.timeEnd = 0
    this.hasNaN = false
    this.#leaderCount = 0
    this.#leaderStart = 0
    this.leader++
    this.#startsEnd = 0
    return block
  }

  #takeHistograms(): SampleBlock['histograms'] {
    if (this.#histograms.length === 0) {
      this.#histogramOffsets = [0]
      return undefined
    }
    const histograms = {
      offsets: Uint32Array.from(this.#histogramOffsets),
      timestamps: Float64Array.from(this.#histogramTimes),
      starts: Float64Array.from(this.#histogramStarts),
      values: this.#histograms,
    }
    this.#histogramOffsets = [0]
    this.#histogramTimes = []
    this.#histogramStarts = []
    this.#histograms = []
    return histograms
  }

  #end(row: number, timeOffset: number): void {
    const { rows, offsets, timeOffsets, starts } = this.#columns
    if (this.#startsEnd > 0) {
      starts?.fill(0, this.#startsEnd, this.valueEnd)
      this.#startsEnd = this.valueEnd
    }
    rows[this.#rows] = row
    offsets[this.#rows] = this.#rowStart
    timeOffsets[this.#rows] = timeOffset
    this.#rows++
    this.#histogramOffsets.push(this.#histograms.length)
    this.#rowStart = this.valueEnd
    this.#timeStart = this.timeEnd
  }

  #isAsLeader(count: number): boolean {
    if (count !== this.#leaderCount) return false
    const { times } = this.#columns
    const [own, other] = [this.#timeStart, this.#leaderStart]
    for (let i = count - 1; i >= 0; i--) if (times[own + i] !== times[other + i]) return false
    return true
  }
}

function grown(column: Float64Array, used: number, count: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(used + count, column.length * 2))
  larger.set(column.subarray(0, used))
  return larger
}
