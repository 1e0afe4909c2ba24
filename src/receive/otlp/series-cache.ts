/**
 * What is already known of the data that a tenant sends: a resource's bytes lead to its scopes, theirs to their metrics,
 * theirs to series by the bytes of their attributes. A known series costs one look-up and no label.
 */
import type { UnixMs } from '../../core/time.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { MetadataRow, SeriesRef } from '../../signals/metrics.ts'
import type { DeltaState } from './delta.ts'
import type { Refusal } from './refusals.ts'
import type { Attributes, Labels, ResourceLabels, Unnamable } from './translation.ts'

export interface KnownResource {
  /** Unnamable: none of its points can be taken. */
  readonly labels: ResourceLabels | Unnamable
  readonly attributes: Attributes
  readonly scopes: Map<string, KnownScope>
  /** Undefined until first needed. */
  targetInfo: KnownTargetInfo | undefined
}

export interface KnownTargetInfo {
  /** Undefined: there is none to be written. */
  readonly labels: LabelSet | Unnamable | undefined
  ref: SeriesRef | undefined
}

export interface KnownScope {
  readonly labels: Labels | Unnamable
  readonly metrics: Map<string, KnownMetric>
}

export interface KnownMetric {
  /** Why none of its points can be taken; `metadata` are then meaningless. */
  readonly problem: Refusal | undefined
  /** Its name is that of the series, or of their family. */
  readonly metadata: MetadataRow
  /** When the metadata were last kept by the consumer. */
  metadataAt: UnixMs | undefined
  /** By the bytes of their attributes, and in the order in which they were first seen: senders keep to it. */
  readonly series: Map<string, KnownSeries>
  readonly order: KnownSeries[]
  /** Where in `order` the next point's series is expected. */
  cursor: number
}

/** The series that one set of attributes stands for: one, or all those of a classic histogram or summary. */
export interface KnownSeries {
  readonly key: string
  /** Index in the metric's `order`. */
  readonly position: number
  readonly refs: readonly SeriesRef[]
  /** Bounds or quantiles that `refs` were made for, and whether one of them is the sum. */
  readonly bounds: readonly number[]
  readonly hasSum: boolean
  /** Only with delta temporality. */
  delta: DeltaState | undefined
}

/** One tenant's share. Void whenever refs are given out anew. */
export class SeriesCache {
  readonly resources = new Map<string, KnownResource>()
  /** Stands for `target_info` where metadata are concerned. */
  targetInfo = targetInfoMetric()
  generation = -1
  /** Series held, to be counted by whoever adds some. */
  size = 0

  clear(): void {
    this.resources.clear()
    this.targetInfo = targetInfoMetric()
    this.size = 0
  }
}

function targetInfoMetric(): KnownMetric {
  const metadata: MetadataRow = { metric: 'target_info', type: 'gauge', help: 'Target metadata', unit: '' }
  return { problem: undefined, metadata, metadataAt: undefined, series: new Map(), order: [], cursor: 0 }
}
