/** The histograms of a window, and what is said of them. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../../model/histogram.ts'
import type { Annotations } from '../eval/annotations.ts'
import type { Evaluation } from '../eval/context.ts'
import { messages } from '../eval/messages.ts'
import type { HistogramOperation } from '../eval/messages.ts'
import type { Call, Span } from '../syntax/ast.ts'
import { add, asGauge, sub } from '../histograms/arithmetic.ts'
import type { Combined, Incompatible } from '../histograms/arithmetic.ts'
import { compact } from '../histograms/compact.ts'
import { quotedName, spanOf } from './range-call.ts'
import type { HistogramSample, WindowedSeries, Windows } from './range-contract.ts'

/** Histograms `[lo, hi)` of step s, empty when there are none. */
export function histogramsOf({ histograms }: WindowedSeries, windows: Windows, s: number): readonly HistogramSample[] {
  const lo = windows.histogramLo?.[s] ?? 0
  const hi = windows.histogramHi?.[s] ?? 0
  return hi > lo ? histograms.slice(lo, hi) : []
}

export function hasFloats({ lo, hi }: Windows, s: number): boolean {
  return (hi[s] as number) > (lo[s] as number)
}

export function isCustom({ schema }: NativeHistogram): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA
}

export function isGauge({ resetHint }: NativeHistogram): boolean {
  return resetHint === 'gauge'
}

/**
 * What one window's histograms have to be said about. Kept back until the window is done, because a failure may take back
 * what was said before it.
 */
export class HistogramNotes {
  readonly #series: WindowedSeries
  readonly #call: Call
  readonly #evaluation: Evaluation
  readonly #said: (() => void)[] = []

  constructor(series: WindowedSeries, call: Call, evaluation: Evaluation) {
    this.#series = series
    this.#call = call
    this.#evaluation = evaluation
  }

  /** Where annotations go that are given at once. */
  get place(): { readonly annotations: Annotations; readonly span: Span } {
    return { annotations: this.#evaluation.annotations, span: spanOf(this.#call) }
  }

  notCounter(): void {
    this.#warn(`this native histogram metric is not a counter: ${quotedName(this.#series)}`)
  }

  notGauge(): void {
    this.#warn(`this native histogram metric is not a gauge: ${quotedName(this.#series)}`)
  }

  mixedSchemas(): void {
    this.#warn(messages.mixedSchemas(this.#series.labels().name))
  }

  /** The mix of schemas is all that is said. */
  onlyMixedSchemas(): void {
    this.#said.length = 0
    this.mixedSchemas()
  }

  mixedSamples(): void {
    this.#warn(messages.mixedSamples(this.#series.labels().name))
  }

  reconciled(operation: HistogramOperation): void {
    const { annotations } = this.#evaluation
    const text = messages.reconciledBounds(operation)
    this.#said.push(() => annotations.info(text, spanOf(this.#call)))
  }

  conflictingResets(): void {
    this.#warn(messages.conflictingResets('aggregation'))
  }

  overlap(): void {
    const { annotations } = this.#evaluation
    const what = 'sample has start time that overlaps with previous sample timestamp'
    this.#said.push(() =>
      annotations.countedWarning(`${what} for metric ${quotedName(this.#series)}`, spanOf(this.#call)),
    )
  }

  /** Says it. */
  give(): void {
    for (const say of this.#said) say()
    this.#said.length = 0
  }

  #warn(text: string): void {
    const { annotations } = this.#evaluation
    this.#said.push(() => annotations.warn(text, spanOf(this.#call)))
  }
}

/** Undefined, and said, when the schemas don't go together. */
export function sumOf(a: NativeHistogram, b: NativeHistogram, notes: HistogramNotes): NativeHistogram | undefined {
  return told(add(a, b), 'addition', notes)
}

/** As `sumOf`. */
export function differenceOf(
  a: NativeHistogram,
  b: NativeHistogram,
  notes: HistogramNotes,
): NativeHistogram | undefined {
  return told(sub(a, b), 'subtraction', notes)
}

function told(
  combined: Combined | Incompatible,
  operation: 'addition' | 'subtraction',
  notes: HistogramNotes,
): NativeHistogram | undefined {
  if (combined === 'incompatible') {
    notes.mixedSchemas()
    return undefined
  }
  if (combined.nhcbBoundsReconciled) notes.reconciled(operation)
  return combined.value
}

/** What a difference is returned as: it is no counter any more. */
export function compactGauge(histogram: NativeHistogram): NativeHistogram {
  return compact(asGauge(histogram))
}
