/**
 * Counts the samples that a query looks at, step by step, as Prometheus' statistics have them: `total` counts the whole window of
 * a range function at each step, `read` only what the window of the step before did not hold. A native histogram counts by its
 * size. Only made when statistics are asked for. Follows util/stats/query_stats.go and promql/engine.go, prometheus@v3.14.
 */
import { Bug } from '../../../core/errors.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { HistogramSample, WindowedSeries, Windows } from '../functions/range-contract.ts'
import type { ResultSeries } from '../result.ts'
import { timeAt } from './grid.ts'
import type { Grid } from './grid.ts'
import { FLOAT, HISTOGRAM, histogramAt } from './vector.ts'
import type { StepVector } from './vector.ts'

export interface SampleCounts {
  /** By step of the grid. */
  readonly total: Float64Array
  readonly read: Float64Array
  /** About what Prometheus holds at once: the results of all selectors, and the widest window of each range function. */
  held: number
}

/** Where the windows of a range function come from. */
export interface WindowSource {
  /** From the store; else from a subquery, which counts what it reads itself. */
  readonly isStored: boolean
  /** `@` makes the windows of all steps the same. */
  readonly isFixed: boolean
}

/** How a function looks at a subquery, in ms. */
export interface SubqueryUse {
  readonly offset: number
  readonly window: number
}

/** The counts of what is evaluated over one grid. */
export class SampleTally {
  readonly #grid: Grid
  readonly #own: SampleCounts
  /** Add what is known at the end only: parts of a query stream. */
  readonly #later: ((counts: SampleCounts) => void)[] = []

  constructor(grid: Grid) {
    this.#grid = grid
    this.#own = { total: new Float64Array(grid.count), read: new Float64Array(grid.count), held: 0 }
  }

  /** The result of an instant vector selector, or a part of it. */
  cells(part: StepVector): void {
    for (let cell = 0; cell < part.kinds.length; cell++) {
      const size = cellSize(part, cell)
      if (size > 0) this.#add(cell % part.steps, size)
    }
  }

  /** A range vector that is the result itself. */
  series({ values, histograms }: ResultSeries): void {
    this.#add(0, values.length + histograms.reduce((sum, { value }) => sum + histogramSize(value), 0))
  }

  /** For the windows of one call, series by series. */
  windows(source: WindowSource): WindowTally {
    const tally = new WindowTally(source)
    this.#later.push((counts) => tally.addTo(counts))
    return tally
  }

  /** For a part that is evaluated once, and whose value is that of every step: it was looked at at each, but read once. */
  once(): SampleTally {
    const part = new SampleTally({ ...this.#grid, count: 1 })
    this.#later.push((counts) => {
      const { total, read, held } = part.finish()
      counts.held += held
      for (let s = 0; s < counts.total.length; s++) add(counts.total, s, total[0] as number)
      add(counts.read, 0, read[0] as number)
    })
    return part
  }

  /** For a subquery's inner expression. Without `use` the subquery is the result. Follows MergeSamplesReadFromSubquery. */
  subquery(grid: Grid, use?: SubqueryUse): SampleTally {
    const part = new SampleTally(grid)
    this.#later.push((counts) => {
      const { total, read, held } = part.finish()
      counts.held += held
      if (use === undefined) for (const one of total) add(counts.total, counts.total.length - 1, one)
      for (const [k, one] of read.entries()) {
        const step = this.#stepThatUses(timeAt(grid, k), use)
        if (step !== undefined) add(counts.read, step, one)
      }
    })
    return part
  }

  /** Nothing may be counted afterwards. */
  finish(): SampleCounts {
    for (const addTo of this.#later.splice(0)) addTo(this.#own)
    return this.#own
  }

  /** The first step whose window ends at or behind the time; undefined when the time is between two windows. */
  #stepThatUses(time: number, use: SubqueryUse = { offset: 0, window: 0 }): number | undefined {
    const { start, step, count } = this.#grid
    if (count === 1) return 0
    const shifted = time + use.offset
    const found = shifted > start ? Math.floor((shifted - start + step - 1) / step) : 0
    const last = Math.min(found, count - 1)
    return use.window > 0 && shifted <= timeAt(this.#grid, last) - use.window ? undefined : last
  }

  #add(step: number, samples: number): void {
    add(this.#own.total, step, samples)
    add(this.#own.read, step, samples)
    this.#own.held += samples
  }
}

/** Counts once for all rows that share their windows, one after the other. */
export class WindowTally {
  readonly #source: WindowSource
  #counted: Pick<SampleCounts, 'total' | 'read'> | undefined
  #windows: Windows | undefined
  #rows = 0
  #widest = 0
  #results = 0

  constructor(source: WindowSource) {
    this.#source = source
  }

  add({ histograms }: Pick<WindowedSeries, 'histograms'>, windows: Windows): void {
    if (windows !== this.#windows || histograms.length > 0) this.#flush()
    this.#windows = windows
    this.#rows++
    if (histograms.length === 0) return
    this.#count(windows, 1, histograms)
    this.#rows = 0
  }

  /** What the function made of them, or a part of it. */
  results(part: StepVector): void {
    for (let cell = 0; cell < part.kinds.length; cell++) this.#results += cellSize(part, cell)
  }

  addTo(counts: SampleCounts): void {
    this.#flush()
    const { total, read } = counts
    counts.held += this.#widest + this.#results
    for (const [s, one] of this.#counted?.total.entries() ?? []) add(total, s, one)
    for (const [s, one] of this.#counted?.read.entries() ?? []) add(read, s, one)
  }

  #flush(): void {
    if (this.#windows !== undefined && this.#rows > 0) this.#count(this.#windows, this.#rows, [])
    this.#rows = 0
  }

  #count(windows: Windows, rows: number, histograms: readonly HistogramSample[]): void {
    const { steps, lo, hi, histogramLo, histogramHi } = windows
    this.#counted ??= { total: new Float64Array(steps), read: new Float64Array(steps) }
    const { total, read } = this.#counted
    const sizes = sizesBefore(histograms)
    const { isStored, isFixed } = this.#source
    for (let s = 0; s < steps; s++) {
      const [from, to] = [lo[s] as number, hi[s] as number]
      const [first, end] = [histogramLo?.[s] ?? 0, histogramHi?.[s] ?? 0]
      const width = to - from + between(sizes, first, end)
      this.#widest = Math.max(this.#widest, width)
      add(total, s, rows * width)
      if (!isStored || (isFixed && s > 0)) continue
      const [known, knownHistograms] = s === 0 ? [0, 0] : [hi[s - 1] as number, histogramHi?.[s - 1] ?? 0]
      add(read, s, rows * (to - Math.max(from, known) + between(sizes, Math.max(first, knownHistograms), end)))
    }
  }
}

/** 0 where there is nothing. */
function cellSize(part: StepVector, cell: number): number {
  const kind = part.kinds[cell]
  if (kind === HISTOGRAM) return histogramSize(histogramAt(part, cell))
  return kind === FLOAT ? 1 : 0
}

/** Sums of the sizes up to each place. */
function sizesBefore(histograms: readonly HistogramSample[]): Float64Array {
  const sums = new Float64Array(histograms.length + 1)
  for (const [i, { value }] of histograms.entries()) sums[i + 1] = (sums[i] as number) + histogramSize(value)
  return sums
}

function between(sums: Float64Array, from: number, to: number): number {
  return to > from ? (sums[to] as number) - (sums[from] as number) : 0
}

const STRUCT_BYTES = 168
const TIME_BYTES = 8
const WORD_BYTES = 8
const SAMPLE_BYTES = 16

/** In floats with their times, by what it takes in Go's memory. Follows HPoint.size and FloatHistogram.Size. */
export function histogramSize({ positive, negative, customValues }: NativeHistogram): number {
  const words =
    positive.lengths.length +
    negative.lengths.length +
    positive.counts.length +
    negative.counts.length +
    customValues.length
  return Math.floor((STRUCT_BYTES + words * WORD_BYTES + TIME_BYTES) / SAMPLE_BYTES)
}

function add(counts: Float64Array, step: number, samples: number): void {
  const known = counts[step]
  if (known === undefined) throw new Bug('samples were counted for a step that there is not')
  counts[step] = known + samples
}
