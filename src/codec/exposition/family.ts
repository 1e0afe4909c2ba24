import type { NativeHistogram } from '../../model/histogram.ts'
import type { MetricType } from '../../signals/metrics.ts'

/** What a page tells of one metric: its writers' input. Names are as they are meant, unescaped. */
export interface Family {
  readonly name: string
  readonly type: MetricType
  readonly help?: string
  readonly unit?: string
  readonly metrics: readonly FamilyMetric[]
}

export interface FamilyMetric {
  /** Written in this order; without the name. Empty values are written too. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** UnixMs. */
  readonly timestamp?: number
  /** UnixMs. */
  readonly startTimestamp?: number
  readonly value: FamilyValue
}

export type FamilyValue =
  | { readonly kind: 'number'; readonly value: number; readonly exemplar?: FamilyExemplar }
  | {
      readonly kind: 'summary'
      readonly count: number
      readonly sum: number
      readonly quantiles: readonly (readonly [quantile: number, value: number])[]
    }
  | {
      readonly kind: 'histogram'
      readonly count: number
      readonly sum: number
      readonly buckets: readonly FamilyBucket[]
    }
  | { readonly kind: 'native'; readonly histogram: NativeHistogram }

/** A classic bucket, with its cumulative count. The one of +Inf may be left out. */
export interface FamilyBucket {
  readonly bound: number
  readonly count: number
  readonly exemplar?: FamilyExemplar
}

export interface FamilyExemplar {
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly value: number
  /** UnixMs. */
  readonly timestamp?: number
}

/** The classic buckets of a histogram with custom bounds; of an exponential one, none. */
export function classicBuckets(histogram: NativeHistogram): FamilyBucket[] {
  const { offsets, lengths, counts } = histogram.positive
  const byIndex = new Map<number, number>()
  let index = 0
  let at = 0
  offsets.forEach((offset, span) => {
    index += offset
    for (let left = lengths[span] as number; left > 0; left--) byIndex.set(index++, counts[at++] as number)
  })
  let cumulative = 0
  return histogram.customValues.map((bound, i) => {
    cumulative += byIndex.get(i) ?? 0
    return { bound, count: cumulative }
  })
}
