import type { NativeHistogram } from '../../../src/model/histogram.ts'
import type { LabelSet } from '../../../src/model/labels.ts'

/** One place of a sequence of points. */
export type SequenceValue =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'float'; readonly value: number }
  | {
      readonly kind: 'histogram'
      readonly value: NativeHistogram
      /** The counter reset hint was written down, not taken as unknown. */
      readonly hintGiven: boolean
    }

export interface SeriesLine {
  readonly labels: LabelSet
  readonly values: readonly SequenceValue[]
}

/** `metric{label="value"} 1 2+1x5 _ {{count:1}}`: a series in the notation of test scripts. Throws `promql.syntax`. */
export function parseSeriesLine(_text: string): SeriesLine {
  throw new Error('not there yet')
}
