import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'

export interface Row {
  readonly t: number
  /** UnixMs of the series' start, 0 = unknown. */
  readonly start: number
  readonly value: NativeHistogram
}

/** The native histograms of one tenant's series, in order of time. Few series have any, so they are objects. */
export class SeriesHistograms {
  readonly #rows = new Map<number, Row[]>()
  #bytes = 0

  /** About the bytes held. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0
  }

  has(ref: number): boolean {
    return this.#rows.has(ref)
  }

  at(ref: number, t: number): NativeHistogram | undefined {
    const rows = this.#rows.get(ref)
    const row = rows?.[lowerBound(rows, t)]
    return row?.t === t ? row.value : undefined
  }

  /** The series must hold none at `t`. */
  insert(ref: number, t: number, value: NativeHistogram, start = 0): void {
    const rows = this.#rows.get(ref) ?? []
    if (rows.length === 0) this.#rows.set(ref, rows)
    this.voidHintAfter(ref, t)
    rows.splice(lowerBound(rows, t), 0, { t, start, value })
    this.#bytes += bytesOf(value)
  }

  /** A row at `t` was stored, here or in the tables only: what the next one said of the one before it is void. */
  voidHintAfter(ref: number, t: number): void {
    const rows = this.#rows.get(ref)
    const at = rows === undefined ? 0 : lowerBound(rows, t)
    const next = rows?.[at]
    if (rows === undefined || next === undefined || next.value.resetHint === 'gauge') return
    rows[at] = { ...next, value: { ...next.value, resetHint: 'unknown' } }
  }

  /** The newest of the series. */
  newest(ref: number): Row | undefined {
    return this.#rows.get(ref)?.at(-1)
  }

  remove(ref: number, t: number): void {
    const rows = this.#rows.get(ref) ?? []
    const at = lowerBound(rows, t)
    if (rows[at]?.t !== t) return
    this.#drop(ref, rows, at, 1)
  }

  /** Rows of `[start, end)`. */
  range(ref: number, start: number, end: number): readonly Row[] {
    const rows = this.#rows.get(ref)
    return rows === undefined ? [] : rows.slice(lowerBound(rows, start), lowerBound(rows, end))
  }

  firstTime(ref: number): number {
    return this.#rows.get(ref)?.[0]?.t ?? Infinity
  }

  lastTime(ref: number): number {
    return this.#rows.get(ref)?.at(-1)?.t ?? -Infinity
  }

  /** Drops all rows before `t`. */
  evict(t: number): void {
    for (const [ref, rows] of this.#rows) this.#drop(ref, rows, 0, lowerBound(rows, t))
  }

  #drop(ref: number, rows: Row[], at: number, count: number): void {
    for (const { value } of rows.splice(at, count)) this.#bytes -= bytesOf(value)
    if (rows.length === 0) this.#rows.delete(ref)
  }
}

/**
 * Whether the same sample came again, wherever the two were read from. Of staleness markers only that counts. What one says of
 * counter resets only counts where the other says so too: the head tells it of those that came without.
 */
export function sameHistogram(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a.stale || b.stale) return a.stale === b.stale
  return (
    a.integer === b.integer &&
    (a.resetHint === 'gauge') === (b.resetHint === 'gauge') &&
    sameNumbers(figuresOf(a), figuresOf(b)) &&
    sameNumbers(a.customValues, b.customValues) &&
    sameSpans(a.positive, b.positive) &&
    sameSpans(a.negative, b.negative)
  )
}

function figuresOf({ schema, zeroThreshold, zeroCount, count, sum }: NativeHistogram): readonly number[] {
  return [schema, zeroThreshold, zeroCount, count, sum]
}

function sameSpans(a: BucketSpans, b: BucketSpans): boolean {
  return sameNumbers(a.offsets, b.offsets) && sameNumbers(a.lengths, b.lengths) && sameNumbers(a.counts, b.counts)
}

/** NaN is itself here. */
function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}

function bytesOf({ positive, negative, customValues }: NativeHistogram): number {
  const numbers = [positive, negative].flatMap(({ offsets, lengths, counts }) => [offsets, lengths, counts])
  return 300 + 8 * numbers.reduce((total, { length }) => total + length, customValues.length)
}

function lowerBound(rows: readonly Row[], t: number): number {
  let low = 0
  let high = rows.length
  // Rows mostly arrive in order: the end is looked at first.
  if (high > 0 && (rows[high - 1] as Row).t < t) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle] as Row).t < t) low = middle + 1
    else high = middle
  }
  return low
}
