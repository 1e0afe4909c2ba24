/** What scripts are run against: anything that answers PromQL queries over the loaded series. */
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import type { LabelSet } from '../../../src/model/labels.ts'

/** Times are UnixMs. Rejects only for faults that no query should cause. */
export interface Evaluator {
  readonly instant: (query: string, time: number) => Promise<Outcome>
  readonly range: (query: string, start: number, end: number, step: number) => Promise<Outcome>
}

export type Outcome =
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'answered'
      readonly value: ResultValue
      readonly warnings: readonly string[]
      readonly infos: readonly string[]
    }

export type ResultValue =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  /** A vector has one point a row. */
  | { readonly type: 'vector' | 'matrix'; readonly rows: readonly ResultRow[] }

export interface ResultRow {
  readonly labels: LabelSet
  readonly floats: readonly Point<number>[]
  readonly histograms: readonly Point<NativeHistogram>[]
}

export interface Point<T> {
  readonly t: number
  readonly value: T
}
