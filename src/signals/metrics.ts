/**
 * The contract of metrics: what flows from receivers to the writer, and what queries read back.
 *
 * Receivers resolve label sets to dense refs through the consumer's `SeriesTable`, so that a label set is built only for a
 * series seen for the first time: a decoder that remembers `label bytes -> ref` never makes a string for a known series.
 */
import type { TimeRange, UnixMs } from '../core/time.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { LabelSet } from '../model/labels.ts'
import type { Selector } from '../model/matcher.ts'
import type { TenantId } from '../model/tenant.ts'
import type { IngestContext, IngestResult, QueryContext, Rejection } from './ingest.ts'

/** Dense number of a series within its tenant's `SeriesTable`, valid while `generation` stays the same. */
export type SeriesRef = number

export interface SeriesTable {
  /** Grows when refs are given out anew: every ref and every cache built on refs of an older generation is void. */
  readonly generation: number
  /** The ref of a label set, registering it when new, or the refusal of a limit. Checks names and values (UTF-8 rules, lengths). */
  resolve(labels: LabelSet): SeriesRef | Rejection
  /** The label set behind a ref of this generation. */
  labelsOf(ref: SeriesRef): LabelSet
}

/**
 * One batch of one tenant. Columns of one group have the same length, and are the
 * receiver's: the consumer copies what it keeps before the call returns its promise.
 * Within one series, rows are in the order in which the sender gave them.
 *
 * Refs must be resolved and the batch consumed in one turn of the event loop, or `generation` compared before the call.
 */
export interface MetricsBatch {
  readonly generation: number
  readonly samples: SampleColumns
  /** Native histograms; empty for most batches. */
  readonly histograms: HistogramColumns
  readonly exemplars: readonly ExemplarRow[]
  readonly metadata: readonly MetadataRow[]
}

export interface SampleColumns {
  readonly refs: Uint32Array
  /** UnixMs. */
  readonly timestamps: Float64Array
  /** Staleness markers by their bits: see model/stale.ts. Copy with `set`/`subarray`, never through arithmetic. */
  readonly values: Float64Array
  /** UnixMs of the series' start (created timestamp), 0 = unknown; absent when no row has one. */
  readonly startTimestamps?: Float64Array
}

export interface HistogramColumns {
  readonly refs: Uint32Array
  readonly timestamps: Float64Array
  readonly values: readonly NativeHistogram[]
  readonly startTimestamps?: Float64Array
}

export interface ExemplarRow {
  readonly ref: SeriesRef
  readonly labels: LabelSet
  readonly value: number
  readonly timestamp: UnixMs
}

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown'

/** Of a metric family (`http_request_duration_seconds`, not its `_bucket`). */
export interface MetadataRow {
  readonly metric: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string
}

export const NO_SAMPLES: SampleColumns = {
  refs: new Uint32Array(0),
  timestamps: new Float64Array(0),
  values: new Float64Array(0),
}
export const NO_HISTOGRAMS: HistogramColumns = { refs: new Uint32Array(0), timestamps: new Float64Array(0), values: [] }

export interface MetricsConsumer {
  seriesTable(tenant: TenantId): SeriesTable
  /**
   * Rows are taken in before the first await (so refs can't go stale), and the promise resolves once all kept rows are
   * durable. One bad row never costs a good one: it is told in the result. Rejects with `ingest.overloaded` or a `store.*`
   * error, both retryable: then nothing may be taken as kept, and sending the same batch again is safe.
   */
  consumeMetrics(batch: MetricsBatch, ctx: IngestContext): Promise<IngestResult>
}

/** One label of many series: numbers in place of texts, for grouping and joining. */
export interface LabelColumn {
  /** By row: the number of its value, 0 where the label is absent. Equal exactly for equal values of this column. */
  readonly ids: Uint32Array
  /** '' for 0. */
  readonly valueOf: (id: number) => string
}

/** The label sets of many series, by row and by column: a label set is only built for a row that is asked for. */
export interface LabelColumns {
  readonly size: number
  /** Every label name that any row has, in no promised order; may hold a few more. */
  readonly names: readonly string[]
  at(row: number): LabelSet
  /** Callers keep and share the column, and never write to it. */
  column(name: string): LabelColumn
}

/** The series that a selector chose, and their samples in a range. */
export interface Selection {
  /** Each label set once, in no promised order. Some series may turn out to have no sample in the range. */
  readonly labels: LabelColumns
  readonly route: SelectionRoute
  /** Samples outside of the windows that were asked for are left out by the database. */
  readonly isThinned: boolean
  /** The samples, once. A block is valid until the next pull; each row is in at most one block. */
  read(): AsyncIterable<SampleBlock>
  /** Lets go of what the selection holds in memory; safe twice, and after `read` ended by itself. `labels` stays readable. */
  close(): void
}

/** The samples of some series, in time order, in flat columns. */
export interface SampleBlock {
  /** Rows of the selection's `labels`. */
  readonly rows: Uint32Array
  /** `rows.length + 1` places: values of the i-th row are `[offsets[i], offsets[i + 1])` of `values` (and `starts`). */
  readonly offsets: Uint32Array
  readonly values: Float64Array
  /**
   * Timestamps (UnixMs) of the i-th row begin at `timeOffsets[i]` of `times`, as many as it has values. Rows that were sampled
   * at the same times share them: equal `timeOffsets` and equal counts. Rows of one target mostly do, and mostly follow each other.
   */
  readonly timeOffsets: Uint32Array
  readonly times: Float64Array
  /**
   * Blocks of one selection with the same number have the same times at the same places: what a reader derived from the times
   * at an offset for one block holds for the next.
   */
  readonly timesGeneration: number
  /** UnixMs by value, 0 = unknown. Only when asked for, and when any row of the block has one. */
  readonly starts: Float64Array | undefined
  /** True when any value is a NaN: only then need a reader look for staleness markers, which are included by their bits. */
  readonly hasNaN: boolean
  /** By row of the block: 1 where it is known that no value is less than the one before it. */
  readonly rising?: Uint8Array
  /** The same for native histograms, when any row has some in the range: `rows.length + 1` offsets. */
  readonly histograms:
    | {
        readonly offsets: Uint32Array
        readonly timestamps: Float64Array
        /** UnixMs, 0 = unknown. */
        readonly starts: Float64Array
        readonly values: readonly NativeHistogram[]
      }
    | undefined
}

export interface SelectOptions {
  /** Start timestamps are wanted. */
  readonly starts: boolean
  /** Only float samples in these are looked at: others may be left out, and are where that saves work. */
  readonly windows?: SampleWindows | undefined
}

/** Times `[from + k * every, from + k * every + span)` for k = 0, 1, ... In ms. */
export interface SampleWindows {
  readonly from: UnixMs
  readonly every: number
  readonly span: number
}

/** Where samples come from. */
export type SelectionRoute = 'memory' | 'tables' | 'memory and tables'

export interface ExemplarSeries {
  readonly labels: LabelSet
  readonly exemplars: readonly { readonly labels: LabelSet; readonly value: number; readonly timestamp: UnixMs }[]
}

/** Options of the calls that list things. `limit` 0 = all. */
export interface ListOptions {
  readonly limit: number
}

/** Every call sees each sample that was acknowledged before the call. Ranges are half-open `[start, end)`. */
export interface MetricsQuerier {
  /** Series with a sample in the range, and what they have there. The caller closes it. */
  select(selector: Selector, range: TimeRange<UnixMs>, options: SelectOptions, ctx: QueryContext): Promise<Selection>
  /**
   * A counter that grows with every accepted write, and the oldest time that any write since `mark` touched (Infinity when
   * none did): what is older than it is unchanged, so results over it can be used again. -Infinity without a mark, and for one
   * of another process: then nothing is known. Rows that the retention takes away are not told of: whoever keeps results uses
   * none over times that are older than it.
   */
  changes(tenant: TenantId, mark?: number): { readonly mark: number; readonly oldestChange: number }
  /** Label sets of the series that match any of `selectors` (none = all) and have data near the range; sorted. */
  findSeries(
    selectors: readonly Selector[],
    range: TimeRange<UnixMs>,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly LabelSet[]>
  labelNames(
    selectors: readonly Selector[],
    range: TimeRange<UnixMs>,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly string[]>
  labelValues(
    name: string,
    selectors: readonly Selector[],
    range: TimeRange<UnixMs>,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly string[]>
  findExemplars(
    selectors: readonly Selector[],
    range: TimeRange<UnixMs>,
    ctx: QueryContext,
  ): Promise<readonly ExemplarSeries[]>
  /** Metadata by metric family, in order of name; `metric` undefined = all. */
  findMetadata(
    metric: string | undefined,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<ReadonlyMap<string, readonly MetadataRow[]>>
  /** What the head holds, by number of series: the data of the cardinality page and of /status/tsdb. */
  cardinality(options: CardinalityOptions, ctx: QueryContext): Promise<Cardinality>
}

export interface CardinalityOptions {
  readonly limit: number
  /** Only series of these matchers; empty = all. */
  readonly selector: Selector
}

export interface Cardinality {
  readonly series: number
  readonly labelPairs: number
  /** Runs of samples in memory, of all tenants. */
  readonly chunks: number
  readonly minTime: UnixMs
  readonly maxTime: UnixMs
  readonly byMetric: readonly { readonly name: string; readonly value: number }[]
  /** Number of distinct values of each label name. */
  readonly valuesByLabel: readonly { readonly name: string; readonly value: number }[]
  /** Number of series that carry each label name. */
  readonly seriesByLabel: readonly { readonly name: string; readonly value: number }[]
  /** Number of series of each `name=value`. */
  readonly byPair: readonly { readonly name: string; readonly value: number }[]
  /** Bytes of all values of each label name. */
  readonly bytesByLabel: readonly { readonly name: string; readonly value: number }[]
  /** The tenant's limits, 0 = none. */
  readonly limits: { readonly series: number; readonly seriesPerMetric: number }
  /** Refusals since the start, by the metric and the label that exploded. */
  readonly refusals: readonly { readonly metric: string; readonly label: string; readonly count: number }[]
}
