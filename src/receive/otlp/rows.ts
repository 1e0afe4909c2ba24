import { isStale, setStale } from '../../model/stale.ts'
import { NO_HISTOGRAMS, NO_SAMPLES } from '../../signals/metrics.ts'
import type { HistogramColumns, SampleColumns, SeriesRef } from '../../signals/metrics.ts'
import type { NativeHistogram } from '../../model/histogram.ts'

const FIRST_CAPACITY = 256

/** Grows the columns of samples. `points` tells which data point a row came from, `NO_POINT` for rows that we add. */
export class SampleRows {
  length = 0
  #refs = new Uint32Array(FIRST_CAPACITY)
  #timestamps = new Float64Array(FIRST_CAPACITY)
  #values = new Float64Array(FIRST_CAPACITY)
  #starts = new Float64Array(FIRST_CAPACITY)
  #points = new Uint32Array(FIRST_CAPACITY)
  #anyStart = false

  /** `start` 0 = unknown. A stale row's value does not matter. */
  add(point: number, ref: SeriesRef, timestamp: number, start: number, value: number, stale: boolean): void {
    const at = this.length
    if (at === this.#refs.length) this.#grow()
    this.#refs[at] = ref
    this.#timestamps[at] = timestamp
    this.#starts[at] = start
    this.#points[at] = point
    if (stale || (value !== value && isStale(value))) setStale(this.#values, at)
    else this.#values[at] = value
    if (start !== 0) this.#anyStart = true
    this.length = at + 1
  }

  pointOf(row: number): number {
    return this.#points[row] as number
  }

  /** Views on the columns: nothing may be added afterwards. */
  columns(): SampleColumns {
    const { length } = this
    if (length === 0) return NO_SAMPLES
    return {
      refs: this.#refs.subarray(0, length),
      timestamps: this.#timestamps.subarray(0, length),
      values: this.#values.subarray(0, length),
      ...(this.#anyStart && { startTimestamps: this.#starts.subarray(0, length) }),
    }
  }

  #grow(): void {
    const capacity = this.#refs.length * 2
    this.#refs = copied(this.#refs, new Uint32Array(capacity))
    this.#timestamps = copied(this.#timestamps, new Float64Array(capacity))
    this.#values = copied(this.#values, new Float64Array(capacity))
    this.#starts = copied(this.#starts, new Float64Array(capacity))
    this.#points = copied(this.#points, new Uint32Array(capacity))
  }
}

function copied<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Grows the columns of native histograms. */
export class HistogramRows {
  readonly #refs: number[] = []
  readonly #timestamps: number[] = []
  readonly #starts: number[] = []
  readonly #values: NativeHistogram[] = []
  readonly #points: number[] = []

  add(point: number, ref: SeriesRef, timestamp: number, start: number, value: NativeHistogram): void {
    this.#refs.push(ref)
    this.#timestamps.push(timestamp)
    this.#starts.push(start)
    this.#values.push(value)
    this.#points.push(point)
  }

  get length(): number {
    return this.#refs.length
  }

  pointOf(row: number): number {
    return this.#points[row] as number
  }

  columns(): HistogramColumns {
    if (this.#refs.length === 0) return NO_HISTOGRAMS
    return {
      refs: Uint32Array.from(this.#refs),
      timestamps: Float64Array.from(this.#timestamps),
      values: this.#values,
      ...(this.#starts.some((start) => start !== 0) && { startTimestamps: Float64Array.from(this.#starts) }),
    }
  }
}

/** The point of rows that no data point stands behind (`target_info`). */
export const NO_POINT = 0xffff_ffff
