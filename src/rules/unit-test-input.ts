/** The input series of a unit test, handed out as time goes on. */
import type { NativeHistogram } from '../model/histogram.ts'
import type { LabelSet } from '../model/labels.ts'
import { isStale, setStale } from '../model/stale.ts'
import { parseSeriesLine } from '../query/promql/series-line.ts'
import type { SequenceValue } from '../query/promql/series-line.ts'
import type { MetricsBatch, SampleColumns, SeriesTable } from '../signals/metrics.ts'

interface Row<T> {
  readonly ref: number
  readonly timestamp: number
  readonly value: T
}

export class InputSeries {
  readonly labels: LabelSet
  readonly #values: readonly SequenceValue[]
  readonly #start: number
  readonly #interval: number
  #next = 0

  /** `start` in UnixMs, `interval` in ms. Throws `promql.syntax`. */
  constructor(
    { series, values }: { readonly series: string; readonly values: string },
    { start, interval }: { readonly start: number; readonly interval: number },
  ) {
    const line = parseSeriesLine(`${series} ${values}`.replaceAll(/\s+/g, ' ').trim())
    this.labels = line.labels
    this.#values = line.values
    this.#start = start
    this.#interval = interval
  }

  /** The samples of all series up to `time` that were not handed out before; undefined when there are none. */
  static batch(inputs: readonly InputSeries[], time: number, table: SeriesTable): MetricsBatch | undefined {
    const floats: Row<number>[] = []
    const histograms: Row<NativeHistogram>[] = []
    // Of a series that is given twice, the last one counts.
    for (const input of new Map(inputs.map((one) => [one.labels.key(), one])).values()) {
      input.#take(time, table, floats, histograms)
    }
    if (floats.length + histograms.length === 0) return undefined
    return {
      generation: table.generation,
      samples: samplesOf(floats),
      histograms: { ...timesOf(histograms), values: histograms.map(({ value }) => value) },
      exemplars: [],
      metadata: [],
    }
  }

  #take(time: number, table: SeriesTable, floats: Row<number>[], histograms: Row<NativeHistogram>[]): void {
    let ref: number | undefined
    for (; this.#next < this.#values.length; this.#next++) {
      const timestamp = this.#start + this.#next * this.#interval
      if (timestamp > time) return
      const point = this.#values[this.#next] as SequenceValue
      if (point.kind === 'omitted') continue
      ref ??= refOf(table, this.labels)
      if (point.kind === 'float') floats.push({ ref, timestamp, value: point.value })
      else histograms.push({ ref, timestamp, value: point.value })
    }
  }
}

function refOf(table: SeriesTable, labels: LabelSet): number {
  const ref = table.resolve(labels)
  if (typeof ref !== 'number') throw new Error(ref.message)
  return ref
}

function samplesOf(rows: readonly Row<number>[]): SampleColumns {
  const values = new Float64Array(rows.length)
  for (const [i, { value }] of rows.entries()) {
    if (isStale(value)) setStale(values, i)
    else values[i] = value
  }
  return { ...timesOf(rows), values }
}

function timesOf(rows: readonly Row<unknown>[]): { readonly refs: Uint32Array; readonly timestamps: Float64Array } {
  return {
    refs: Uint32Array.from(rows, ({ ref }) => ref),
    timestamps: Float64Array.from(rows, ({ timestamp }) => timestamp),
  }
}
