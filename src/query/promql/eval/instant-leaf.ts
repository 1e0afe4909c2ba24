/**
 * The instant vector selector: the newest sample in `(t - lookback, t]` of each series at each step, none where that is a
 * staleness marker. Which sample is the newest depends on the timestamps alone, so it is found once for all series that were
 * sampled at the same times. Follows vectorSelectorSingle, promql/engine.go@v3.14.
 */
import { Bug } from '../../../core/errors.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import { isStale } from '../../../model/stale.ts'
import type { SampleBlock, Selection } from '../../../signals/metrics.ts'
import type { VectorSelector } from '../syntax/ast.ts'
import { routeText, wantedWindows } from '../plan/pushdown.ts'
import { ByTimes } from './by-times.ts'
import type { Evaluation } from './context.ts'
import { pickedLabels } from './label-columns.ts'
import { neededRange, referenceTimes } from './reference-times.ts'
import { joined, METADATA_LABELS, sameRows } from './rows.ts'
import { mapStream, partsOf } from './stream.ts'
import type { RowStream } from './stream.ts'
import { withTotalHints } from './total-hints.ts'
import { FLOAT, HISTOGRAM } from './vector.ts'
import type { StepTable, StepVector } from './vector.ts'

/** What of the newest sample becomes the value. */
export type Reading = 'value' | 'timestamp' | 'start' | 'timestamp of floats'

/** Cells of one part: large enough to be worth a turn, small enough for the caches. */
const PART_CELLS = 262_144

/** The selector's rows. Selects first; throws what the store throws. */
export async function streamInstant(
  selector: VectorSelector,
  evaluation: Evaluation,
  reading: Reading = 'value',
): Promise<RowStream> {
  const { grid, dialect, querier, ctx } = evaluation
  const times = referenceTimes(grid, { at: selector.at as number | undefined, offset: selector.offset })
  const range = neededRange(times, dialect.lookbackDelta, 0)
  const windows = wantedWindows(times, dialect.lookbackDelta, 0)
  const selection = await querier.select(selector.matchers, range, { starts: reading === 'start', windows }, ctx)
  const rows = new NewestSamples(times, dialect.lookbackDelta, reading)
  const stream = leafStream(selector, selection, rows, evaluation)
  const { tally } = evaluation
  if (tally === undefined) return stream
  return mapStream(stream, stream.distinctNameless, (part) => {
    tally.cells(part)
    return part
  })
}

/** The same as one vector. */
export async function selectInstant(
  selector: VectorSelector,
  evaluation: Evaluation,
  reading: Reading = 'value',
): Promise<StepVector> {
  const { parts, distinctNameless } = await streamInstant(selector, evaluation, reading)
  return joined(await partsOf({ parts, distinctNameless }), evaluation.grid.count)
}

/** True when the label sets stay distinct without the name and its companions; the probe is told when they do not. */
export function isDistinctNameless(selector: VectorSelector, { labels }: Selection, { probe }: Evaluation): boolean {
  const isOneMetric = selector.matchers.some(({ name, op }) => name === METRIC_NAME && op === '=')
  const hasCompanions = labels.names.some((name) => name !== METRIC_NAME && METADATA_LABELS.includes(name))
  const isDistinct = (isOneMetric && !hasCompanions) || sameRows(labels, { nameless: true }) === undefined
  if (!isDistinct) probe.isAmbiguous = true
  return isDistinct
}

/** Writes rows of a selection's blocks into tables. */
export interface BlockRows {
  /** The rows that follow are this block's. */
  begin(block: SampleBlock): void
  /** The block's i-th row. */
  write(i: number, table: StepTable, row: number): void
}

/** Reads a selection in parts of bounded size. The parts must be pulled, once at least: else the selection stays open. */
export function leafStream(
  selector: VectorSelector,
  selection: Selection,
  rows: BlockRows,
  evaluation: Evaluation,
): RowStream {
  const distinctNameless = isDistinctNameless(selector, selection, evaluation)
  return { distinctNameless, parts: readParts(selector, selection, rows, evaluation) }
}

async function* readParts(
  selector: VectorSelector,
  selection: Selection,
  rows: BlockRows,
  evaluation: Evaluation,
): AsyncGenerator<StepVector, void, undefined> {
  const steps = evaluation.grid.count
  const most = Math.max(1, Math.floor(PART_CELLS / steps))
  for await (const block of blocksOf(selector, selection, evaluation)) {
    rows.begin(selector.totalsOnly === true ? withTotalHints(block) : block)
    for (let from = 0; from < block.rows.length; from += most) {
      const to = Math.min(block.rows.length, from + most)
      const table = evaluation.tables.table(pickedLabels(selection.labels, block.rows.slice(from, to)), steps)
      for (let i = from; i < to; i++) rows.write(i, table, i - from)
      yield table
    }
  }
}

/** The blocks of a selection, which is closed at the end; the probe and the budget are told of each. */
export async function* blocksOf(
  selector: VectorSelector,
  selection: Selection,
  { probe, budget }: Evaluation,
): AsyncGenerator<SampleBlock, void, undefined> {
  probe.route(selector, routeText(selection))
  try {
    for await (const block of selection.read()) {
      const samples = block.values.length + (block.histograms?.values.length ?? 0)
      probe.read(selector, { series: block.rows.length, samples })
      budget.takeSamples(samples)
      yield block
    }
  } finally {
    selection.close()
  }
}

class NewestSamples implements BlockRows {
  readonly #times: Float64Array
  readonly #lookback: number
  readonly #reading: Reading
  readonly #known = new ByTimes<Int32Array>()
  /** By step: the newest sample's place among those of the series at hand, -1 for none. */
  #newest: Int32Array = new Int32Array(0)
  #timeFrom = 0
  #blockAtHand: SampleBlock | undefined

  constructor(times: Float64Array, lookback: number, reading: Reading) {
    this.#times = times
    this.#lookback = lookback
    this.#reading = reading
  }

  begin(block: SampleBlock): void {
    this.#blockAtHand = block
    this.#known.begin(block.timesGeneration)
  }

  write(i: number, table: StepTable, row: number): void {
    const { offsets, timeOffsets, histograms } = this.#block
    const from = offsets[i] as number
    const count = (offsets[i + 1] as number) - from
    const timeFrom = timeOffsets[i] as number
    this.#timeFrom = timeFrom
    this.#newest = this.#known.get(timeFrom, count, () => this.#findNewest(timeFrom, count))
    if (histograms !== undefined && histograms.offsets[i] !== histograms.offsets[i + 1]) {
      this.#writeMixed(i, table, row)
    } else if (count > 0) {
      this.#writeFloats(from, table, row * table.steps)
    }
  }

  get #block(): SampleBlock {
    if (this.#blockAtHand === undefined) throw new Bug('rows were written before their block began')
    return this.#blockAtHand
  }

  #writeFloats(from: number, table: StepTable, base: number): void {
    const { values, hasNaN } = this.#block
    const newest = this.#newest
    if (this.#reading !== 'value') {
      this.#writeTimes(from, table, base)
      return
    }
    for (let s = 0; s < newest.length; s++) {
      const at = newest[s] as number
      if (at < 0) continue
      const value = values[from + at] as number
      if (hasNaN && isStale(value)) continue
      table.values[base + s] = value
      table.kinds[base + s] = FLOAT
    }
  }

  #writeTimes(from: number, table: StepTable, base: number): void {
    const { values, times, starts } = this.#block
    for (const [s, at] of this.#newest.entries()) {
      if (at < 0 || isStale(values[from + at] as number)) continue
      table.values[base + s] = this.#readingOf(0, times[this.#timeFrom + at] as number, starts?.[from + at] ?? 0)
      table.kinds[base + s] = FLOAT
    }
  }

  #findNewest(timeFrom: number, count: number): Int32Array {
    const { times } = this.#block
    const newest = new Int32Array(this.#times.length)
    let next = 0
    for (let s = 0; s < newest.length; s++) {
      const t = this.#times[s] as number
      while (next < count && (times[timeFrom + next] as number) <= t) next++
      newest[s] = next > 0 && (times[timeFrom + next - 1] as number) > t - this.#lookback ? next - 1 : -1
    }
    return newest
  }

  /** A series with histograms: the newer of both kinds counts. */
  #writeMixed(i: number, table: StepTable, row: number): void {
    const { offsets, values, times, starts, histograms } = this.#block
    if (histograms === undefined) return
    const from = offsets[i] as number
    const end = histograms.offsets[i + 1] as number
    let next = histograms.offsets[i] as number
    const first = next
    for (let s = 0; s < this.#newest.length; s++) {
      const t = this.#times[s] as number
      while (next < end && (histograms.timestamps[next] as number) <= t) next++
      const at = this.#newest[s] as number
      const floatTime = at < 0 ? -Infinity : (times[this.#timeFrom + at] as number)
      const histogramTime = next > first ? (histograms.timestamps[next - 1] as number) : -Infinity
      const cell = row * table.steps + s
      if (histogramTime > floatTime && histogramTime > t - this.#lookback) {
        this.#writeHistogram(histograms.values[next - 1] as NativeHistogram, {
          t: histogramTime,
          start: histograms.starts[next - 1] as number,
          table,
          cell,
        })
      } else if (at >= 0 && !isStale(values[from + at] as number)) {
        table.kinds[cell] = FLOAT
        table.values[cell] = this.#readingOf(values[from + at] as number, floatTime, starts?.[from + at] ?? 0)
      }
    }
  }

  #writeHistogram(
    value: NativeHistogram,
    { t, start, table, cell }: { t: number; start: number; table: StepTable; cell: number },
  ): void {
    if (value.stale) return
    if (this.#reading === 'value' || this.#reading === 'timestamp of floats') {
      table.kinds[cell] = HISTOGRAM
      table.histograms ??= []
      table.histograms[cell] = value
    } else {
      table.kinds[cell] = FLOAT
      table.values[cell] = this.#readingOf(0, t, start)
    }
  }

  #readingOf(value: number, t: number, start: number): number {
    if (this.#reading === 'value') return value
    return (this.#reading === 'start' ? start : t) / 1000
  }
}
