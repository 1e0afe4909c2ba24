/** From what a walk found to a batch: resolves new series, decodes what is rare, leaves refused rows out. */
import { LabelSet } from '../../model/labels.ts'
import type { Rejection } from '../../signals/ingest.ts'
import { NO_HISTOGRAMS } from '../../signals/metrics.ts'
import type {
  ExemplarRow,
  HistogramColumns,
  MetadataRow,
  MetricsBatch,
  SampleColumns,
  SeriesTable,
} from '../../signals/metrics.ts'
import { ProtoReader, WIRE_VARINT } from '../protobuf.ts'
import { readHistogram } from './histogram.ts'
import type { HistogramRow } from './histogram.ts'
import { checkName, readLabels, readRefs, Symbols } from './labels.ts'
import type { LabelsOutcome } from './labels.ts'
import { Refusals } from './refusals.ts'
import { readExemplar, readMetadata, readSeriesMetadata } from './rows.ts'
import { CREATED, EXEMPLAR, HISTOGRAM, METADATA, UNRESOLVED } from './walk.ts'
import type { Walk, WriteVersion } from './walk.ts'

export interface Assembled {
  readonly batch: MetricsBatch
  readonly refusals: Refusals
  /** The ref of each miss of the walk, `UNRESOLVED` when it was refused. */
  readonly resolved: Uint32Array
  /** Extras of the walk that are metadata taken into the batch: index of the extra. */
  readonly metadataTaken: readonly number[]
}

/** The series at fault in one message, as far as it is known. */
type Resolution = { readonly ref: number } | Rejection

export function assemble(walk: Walk, version: WriteVersion, table: SeriesTable): Assembled {
  return new Assembly(walk, version, table).run()
}

class Assembly {
  readonly #walk: Walk
  readonly #version: WriteVersion
  readonly #table: SeriesTable
  readonly #symbols: Symbols | undefined
  readonly #refusals = new Refusals()
  readonly #generation: number
  /** Nothing is new and nothing is rare: the walk's own columns will do, for the walker is not used before they are. */
  readonly #isPlain: boolean
  // A copy where anything has to be told the walker, for that may take its memory away.
  readonly #refs: Uint32Array
  readonly #histogramRefs: number[] = []
  readonly #histogramRows: HistogramRow[] = []
  readonly #histogramSeries: number[] = []
  readonly #exemplars: ExemplarRow[] = []
  readonly #metadata = new Map<string, MetadataRow>()
  readonly #metadataTaken: number[] = []
  readonly #missOf = new Map<number, Resolution>()
  readonly #mixed = new Set<number>()
  #dropped = 0

  constructor(walk: Walk, version: WriteVersion, table: SeriesTable) {
    this.#walk = walk
    this.#version = version
    this.#table = table
    this.#generation = table.generation
    this.#symbols = version === 2 ? new Symbols(walk) : undefined
    this.#isPlain = walk.misses.length + walk.extras.length === 0
    this.#refs = this.#isPlain ? walk.refs : walk.refs.slice()
  }

  run(): Assembled {
    const resolved = this.#resolveMisses()
    for (let at = 0; at < this.#walk.extras.length; at += 4) this.#extra(at)
    const samples = this.#samples()
    const batch: MetricsBatch = {
      generation: this.#generation,
      samples,
      histograms: this.#histograms(),
      exemplars: this.#exemplars,
      metadata: [...this.#metadata.values()],
    }
    return { batch, refusals: this.#refusals, resolved, metadataTaken: this.#metadataTaken }
  }

  #resolveMisses(): Uint32Array {
    const { misses } = this.#walk
    const resolved = new Uint32Array(misses.length / 4).fill(UNRESOLVED)
    for (let i = 0; i < resolved.length; i++) {
      const series = misses[i * 4] as number
      const outcome = this.#resolve(this.#labelsOf(i * 4))
      this.#missOf.set(series, outcome)
      const [from, to] = this.#rowsOf(series)
      if ('ref' in outcome) {
        resolved[i] = outcome.ref
        this.#refs.fill(outcome.ref, from, to)
      } else this.#dropRows(outcome, from, to)
    }
    return resolved
  }

  #labelsOf(miss: number): LabelsOutcome {
    const { bytes, misses } = this.#walk
    const start = misses[miss + 2] as number
    const end = start + (misses[miss + 3] as number)
    if (this.#symbols !== undefined) return this.#symbols.labels(readRefs(bytes, start, end))
    return readLabels(bytes, start, end)
  }

  #resolve(labels: LabelsOutcome): Resolution {
    const checked = checkName(labels)
    if (!(checked instanceof LabelSet)) return checked
    const ref = this.#table.resolve(checked)
    return typeof ref === 'number' ? { ref } : ref
  }

  #rowsOf(series: number): readonly [from: number, to: number] {
    const ends = this.#walk.series
    return [series === 0 ? 0 : (ends[series * 3 - 2] as number), ends[series * 3 + 1] as number]
  }

  #dropRows(why: Rejection, from: number, to: number): void {
    if (to === from) return
    this.#refs.fill(UNRESOLVED, from, to)
    this.#dropped += to - from
    this.#refusals.add('samples', to - from, why)
  }

  #resolutionOf(series: number): Resolution {
    return this.#missOf.get(series) ?? { ref: this.#walk.series[series * 3] as number }
  }

  #extra(at: number): void {
    const { extras } = this.#walk
    const [kind, series, start, length] = extras.subarray(at, at + 4) as unknown as [number, number, number, number]
    if (kind === HISTOGRAM) this.#histogram(series, start, start + length)
    else if (kind === EXEMPLAR) this.#exemplar(series, start, start + length)
    else if (kind === CREATED) this.#created(series, start)
    else if (kind === METADATA) this.#metadatum(at / 4, series, start, start + length)
  }

  #histogram(series: number, start: number, end: number): void {
    const resolution = this.#resolutionOf(series)
    if (!('ref' in resolution)) {
      this.#refusals.add('histograms', 1, resolution)
      return
    }
    if (this.#version === 2 && this.#isMixed(series, resolution.ref)) return
    const row = readHistogram(this.#walk.bytes, start, end)
    if (typeof row === 'string') {
      const message = `${this.#table.labelsOf(resolution.ref).toString()}: ${row}`
      this.#refusals.add('histograms', 1, { code: 'invalid_value', message })
      return
    }
    this.#histogramRefs.push(resolution.ref)
    this.#histogramRows.push(row)
    this.#histogramSeries.push(series)
  }

  /** Older senders give one created timestamp for the whole series; the walker has seen to its samples. */
  #created(series: number, at: number): void {
    const rows = this.#histogramRows
    for (let i = rows.length - 1; i >= 0 && this.#histogramSeries[i] === series; i--) {
      const row = rows[i] as HistogramRow
      if (row.startTimestamp !== 0) continue
      const reader = new ProtoReader(this.#walk.bytes, at)
      reader.wire = WIRE_VARINT // its tag has been read
      rows[i] = { ...row, startTimestamp: reader.int64() }
    }
  }

  /** Version 2 allows samples or histograms in a series of one message, not both: then neither is taken. */
  #isMixed(series: number, ref: number): boolean {
    const [from, to] = this.#rowsOf(series)
    if (from === to) return false
    const message = `${this.#table.labelsOf(ref).toString()}: samples and histograms in one series`
    const why: Rejection = { code: 'invalid_value', message }
    if (!this.#mixed.has(series)) this.#dropRows(why, from, to)
    this.#mixed.add(series)
    this.#refusals.add('histograms', 1, why)
    return true
  }

  #exemplar(series: number, start: number, end: number): void {
    const resolution = this.#resolutionOf(series)
    const exemplar = readExemplar(this.#walk.bytes, start, end, this.#symbols)
    if ('ref' in resolution && exemplar !== undefined) this.#exemplars.push({ ref: resolution.ref, ...exemplar })
    else this.#refusals.exemplars++
  }

  #metadatum(extra: number, series: number, start: number, end: number): void {
    const { bytes } = this.#walk
    if (this.#symbols === undefined) {
      const row = readMetadata(bytes, start, end)
      if (row !== undefined) this.#metadata.set(row.metric, row)
      return
    }
    const resolution = this.#resolutionOf(series)
    if (!('ref' in resolution)) return
    const { name } = this.#table.labelsOf(resolution.ref)
    const row = readSeriesMetadata(bytes, start, end, this.#symbols, name)
    if (row !== undefined) this.#metadata.set(row.metric, row)
    this.#metadataTaken.push(extra)
  }

  #samples(): SampleColumns {
    const { timestamps, values, starts } = this.#walk
    if (this.#isPlain) {
      const columns = { refs: this.#refs, timestamps, values }
      return starts === undefined ? columns : { ...columns, startTimestamps: starts }
    }
    if (this.#dropped === 0) {
      const columns = { refs: this.#refs, timestamps: timestamps.slice(), values: copyBits(values) }
      return starts === undefined ? columns : { ...columns, startTimestamps: starts.slice() }
    }
    const kept = Uint32Array.from(this.#refs.keys()).filter((row) => this.#refs[row] !== UNRESOLVED)
    const pick = (column: Float64Array): Float64Array => pickBits(column, kept)
    const columns = {
      refs: this.#refs.filter((ref) => ref !== UNRESOLVED),
      timestamps: pick(timestamps),
      values: pick(values),
    }
    return starts === undefined ? columns : { ...columns, startTimestamps: pick(starts) }
  }

  #histograms(): HistogramColumns {
    const rows = this.#histogramRows
    if (rows.length === 0) return NO_HISTOGRAMS
    const columns = {
      refs: Uint32Array.from(this.#histogramRefs),
      timestamps: Float64Array.from(rows, (row) => row.timestamp),
      values: rows.map((row) => row.histogram),
    }
    if (rows.every((row) => row.startTimestamp === 0)) return columns
    return { ...columns, startTimestamps: Float64Array.from(rows, (row) => row.startTimestamp) }
  }
}

/** `slice` copies memory, so NaNs keep their bits. */
function copyBits(column: Float64Array): Float64Array {
  return column.slice()
}

/** Copies rows as pairs of words: a NaN that passes through a number may change. */
function pickBits(column: Float64Array, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(rows.length)
  const from = new Uint32Array(column.buffer, column.byteOffset, column.length * 2)
  const to = new Uint32Array(picked.buffer)
  for (const [i, row] of rows.entries()) {
    to[i * 2] = from[row * 2] as number
    to[i * 2 + 1] = from[row * 2 + 1] as number
  }
  return picked
}
