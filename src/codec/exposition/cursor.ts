import type { UnixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'

export type EntryKind = 'series' | 'histogram' | 'type' | 'help' | 'unit' | 'comment'

/** An exemplar as a page shows it; without a timestamp, that of its sample counts. */
export interface PageExemplar {
  readonly labels: LabelSet
  readonly value: number
  readonly timestamp: UnixMs | undefined
}

export const NO_EXEMPLARS: readonly PageExemplar[] = []

/**
 * Reads a scrape page entry by entry. The fields describe the entry that `next` moved to, and only until it is called again.
 *
 * A series is named by its key: bytes that are equal exactly when the page writes the series the same way. With a `SeriesCache`
 * given to the cursor, `slot` is the key's number there, and a known series costs neither strings nor a look at its labels;
 * for -1, build the label set once (`labels`) and call `remember`.
 */
export interface EntryCursor {
  /** Moves on; false at the end. Throws `MalformedExposition`: what was read before is then good, the rest is lost. */
  next(): boolean

  readonly kind: EntryKind

  /** Of a series or histogram: the key is `[keyStart, keyEnd)` of `keyBytes`. */
  readonly keyBytes: Uint8Array
  readonly keyStart: number
  readonly keyEnd: number
  /** Slot of the key in the cache, or -1 when it is not there (or there is no cache). */
  readonly slot: number
  /** Enters the key of the entry at hand into the cache, and returns its slot. */
  remember(): number

  /** Of a series. */
  readonly value: number
  /** Of a histogram. */
  readonly histogram: NativeHistogram
  /** UnixMs; 0 when `hasTimestamp` is false. */
  readonly timestamp: number
  readonly hasTimestamp: boolean
  /** UnixMs of the series' start, 0 = unknown. */
  readonly startTimestamp: number
  /** Label set of the series, with `le` and `quantile` written as OpenMetrics does. Throws when names are invalid or twice there. */
  labels(): LabelSet
  exemplars(): readonly PageExemplar[]

  /** Of a type, help or unit entry: the metric family it is about. */
  readonly metric: string
  /** Of a type entry; of any later entry, the type told last. */
  readonly type: MetricType
  readonly help: string
  readonly unit: string
}
