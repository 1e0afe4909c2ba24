/** Operators where at least one side is a native histogram. Follows vectorElemBinop, promql/engine.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { messages } from '../eval/messages.ts'
import { add, asGauge, divide, multiply, sub } from '../histograms/arithmetic.ts'
import type { Combined, Incompatible } from '../histograms/arithmetic.ts'
import { compact } from '../histograms/compact.ts'
import { equal } from '../histograms/equal.ts'
import { trim } from '../histograms/trim.ts'
import type { BinaryOp } from '../syntax/ast.ts'

/** What is told of a pair of samples. */
export interface Note {
  readonly level: 'info' | 'warning'
  readonly text: string
}

export type Outcome =
  | { readonly kind: 'value'; readonly value: NativeHistogram; readonly note?: Note }
  /** Of a comparison. */
  | { readonly kind: 'test'; readonly holds: boolean }
  /** No result. */
  | { readonly kind: 'refused'; readonly note: Note }

/** The result for two samples, not both of which are floats. */
export function combineCells(op: BinaryOp, left: NativeHistogram | number, right: NativeHistogram | number): Outcome {
  const outcome =
    typeof left === 'number'
      ? typeof right === 'number'
        ? undefined
        : FLOAT_HISTOGRAM[op]?.(left, right)
      : typeof right === 'number'
        ? HISTOGRAM_FLOAT[op]?.(left, right)
        : HISTOGRAM_HISTOGRAM[op]?.(left, right)
  return outcome ?? { kind: 'refused', note: incompatibleTypes(op, typeOf(left), typeOf(right)) }
}

export function incompatibleTypes(op: BinaryOp, left: string, right: string): Note {
  return { level: 'info', text: messages.incompatibleTypes(op, left, right) }
}

type Table<L, R> = Readonly<Partial<Record<BinaryOp, (left: L, right: R) => Outcome>>>

const FLOAT_HISTOGRAM: Table<number, NativeHistogram> = {
  '*': (left, right) => value(multiply(right, left)),
}

const HISTOGRAM_FLOAT: Table<NativeHistogram, number> = {
  '*': (left, right) => value(multiply(left, right)),
  '/': (left, right) => value(divide(left, right)),
  '</': (left, right) => ({ kind: 'value', value: trim(left, right, 'below') }),
  '>/': (left, right) => ({ kind: 'value', value: trim(left, right, 'above') }),
}

const HISTOGRAM_HISTOGRAM: Table<NativeHistogram, NativeHistogram> = {
  '+': (left, right) => combined(add(left, right), '+', 'addition'),
  '-': (left, right) => {
    const outcome = combined(sub(left, right), '-', 'subtraction')
    return outcome.kind === 'value' ? { ...outcome, value: asGauge(outcome.value) } : outcome
  },
  '==': (left, right) => ({ kind: 'test', holds: equal(left, right) }),
  '!=': (left, right) => ({ kind: 'test', holds: !equal(left, right) }),
}

function value(histogram: NativeHistogram): Outcome {
  return { kind: 'value', value: compact(histogram) }
}

/** Conflicting resets cost the result, as in Prometheus. */
function combined(result: Combined | Incompatible, op: '+' | '-', operation: 'addition' | 'subtraction'): Outcome {
  if (result === 'incompatible') {
    return { kind: 'refused', note: { level: 'warning', text: messages.incompatibleBuckets(op) } }
  }
  if (result.counterResetCollision) {
    return { kind: 'refused', note: { level: 'warning', text: messages.conflictingResets(operation) } }
  }
  const done = value(result.value)
  if (!result.nhcbBoundsReconciled) return done
  return { ...done, note: { level: 'info', text: messages.reconciledBounds(operation) } } as Outcome
}

function typeOf(sample: NativeHistogram | number): string {
  return typeof sample === 'number' ? 'float' : 'histogram'
}
