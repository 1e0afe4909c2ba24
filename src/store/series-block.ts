import type { NativeHistogram } from '../model/histogram.ts'
import type { LabelSet } from '../model/labels.ts'
import type { SeriesBlock } from '../signals/metrics.ts'

/** Rows at which a block is handed over: large enough for columns to pay, small enough to stay in the cache. */
const FULL_ROWS = 65_536
const FULL_SERIES = 8_192

/** Gathers whole series into blocks. Its columns are used again for the next block. */
export class SeriesBlockBuilder {
  #labels: LabelSet[] = []
  #offsets: number[] = [0]
  #timestamps = new Float64Array(FULL_ROWS * 2)
  #values = new Float64Array(FULL_ROWS * 2)
  #rows = 0
  #histogramOffsets: number[] = [0]
  #histogramTimes: number[] = []
  #histograms: NativeHistogram[] = []

  get isFull(): boolean {
    return this.#rows >= FULL_ROWS || this.#labels.length >= FULL_SERIES || this.#histograms.length >= FULL_SERIES
  }

  get isEmpty(): boolean {
    return this.#labels.length === 0
  }

  /** Rows of the open series so far. */
  get openRows(): number {
    return this.#rows - (this.#offsets.at(-1) ?? 0)
  }

  /** Room for `rows` more; the columns and the place at which they go. Tell with `advance` how many were put there. */
  room(rows: number): { timestamps: Float64Array; values: Float64Array; at: number } {
    const needed = this.#rows + rows
    if (needed > this.#values.length) {
      this.#timestamps = copied(this.#timestamps, this.#rows, needed)
      this.#values = copied(this.#values, this.#rows, needed)
    }
    return { timestamps: this.#timestamps, values: this.#values, at: this.#rows }
  }

  advance(rows: number): void {
    this.#rows += rows
  }

  addHistogram(t: number, value: NativeHistogram): void {
    this.#histogramTimes.push(t)
    this.#histograms.push(value)
  }

  /** Ends the open series; one without any row is left out. */
  endSeries(labels: LabelSet): void {
    const hasHistograms = this.#histograms.length > (this.#histogramOffsets.at(-1) ?? 0)
    if (this.openRows === 0 && !hasHistograms) return
    this.#labels.push(labels)
    this.#offsets.push(this.#rows)
    this.#histogramOffsets.push(this.#histograms.length)
  }

  /** The block, valid until the builder is used again, which begins a new one. */
  take(): SeriesBlock {
    const block: SeriesBlock = {
      series: this.#labels,
      offsets: Uint32Array.from(this.#offsets),
      timestamps: this.#timestamps.subarray(0, this.#rows),
      values: this.#values.subarray(0, this.#rows),
      ...(this.#histograms.length === 0
        ? {}
        : {
            histograms: {
              offsets: Uint32Array.from(this.#histogramOffsets),
              timestamps: Float64Array.from(this.#histogramTimes),
              values: this.#histograms,
            },
          }),
    }
    this.#labels = []
    this.#offsets = [0]
    this.#rows = 0
    this.#histogramOffsets = [0]
    this.#histogramTimes = []
    this.#histograms = []
    return block
  }
}

function copied(column: Float64Array<ArrayBuffer>, rows: number, needed: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(Math.max(needed, column.length * 2))
  grown.set(column.subarray(0, rows))
  return grown
}
