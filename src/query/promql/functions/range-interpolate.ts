import type { NativeHistogram } from '../../../model/histogram.ts'
import type { Annotations } from '../eval/annotations.ts'
import { add, multiply, sub } from '../histograms/arithmetic.ts'
import type { Combined, Incompatible } from '../histograms/arithmetic.ts'
import { detectReset } from '../histograms/reset.ts'
import type { Span } from '../syntax/ast.ts'

export interface Placed {
  /** UnixMs. */
  readonly timestamp: number
  readonly value: NativeHistogram
}

export interface Interpolation {
  /** After a reset the line begins at nothing. */
  readonly isCounter: boolean
  readonly annotations: Annotations
  readonly span: Span
}

/**
 * The histogram at `time`, on the line between two samples; undefined when one has exponential and the other one custom
 * buckets. Follows interpolateHistograms, promql/functions.go@v3.14.
 */
export function interpolateHistograms(
  before: Placed,
  after: Placed,
  time: number,
  how: Interpolation,
): NativeHistogram | undefined {
  if (time === before.timestamp) return before.value
  if (time === after.timestamp) return after.value
  const part = (time - before.timestamp) / (after.timestamp - before.timestamp)
  if (how.isCounter && detectReset(after.value, before.value)) return multiply(after.value, part)
  const difference = told(sub(after.value, before.value), 'subtraction', how)
  if (difference === undefined) return undefined
  return told(add(multiply(difference, part), before.value), 'addition', how)
}

function told(
  combined: Combined | Incompatible,
  operation: 'addition' | 'subtraction',
  { annotations, span }: Interpolation,
): NativeHistogram | undefined {
  if (combined === 'incompatible') return undefined
  if (combined.nhcbBoundsReconciled) {
    annotations.info(`mismatched custom buckets were reconciled during ${operation}`, span)
  }
  return combined.value
}
