/**
 * What a counter histogram says of itself next to the one before it in its series. Follows appendable and counterResetHint,
 * tsdb/chunkenc/{float_histogram,histogram_meta}.go@v3.14 of Prometheus, whose queries see these hints.
 */
import { CUSTOM_BUCKETS_SCHEMA } from './histogram.ts'
import type { BucketSpans, NativeHistogram } from './histogram.ts'

/**
 * The hint of `current`, `previous` being the series' histogram before it. Never 'reset': that there was one is for the reader
 * to see, who knows whether anything was written in between later.
 */
export function hintAfter(
  previous: NativeHistogram | undefined,
  current: NativeHistogram,
): 'unknown' | 'not_reset' | 'gauge' {
  if (current.resetHint === 'gauge') return 'gauge'
  if (current.resetHint === 'reset' || current.stale) return 'unknown'
  if (previous === undefined || previous.stale || previous.resetHint === 'gauge') return 'unknown'
  return goesOn(current, previous) ? 'not_reset' : 'unknown'
}

/** `current` as it was stored, or without its hint where that is not true of `previous`: one that came late may lie between. */
export function withTrueHint(previous: NativeHistogram | undefined, current: NativeHistogram): NativeHistogram {
  if (current.resetHint !== 'not_reset' || previous === undefined) return current
  return hintAfter(previous, current) === 'not_reset' ? current : { ...current, resetHint: 'unknown' }
}

function goesOn(current: NativeHistogram, previous: NativeHistogram): boolean {
  const { schema, zeroThreshold, customValues } = previous
  if (current.schema !== schema || current.zeroThreshold !== zeroThreshold) return false
  if (schema === CUSTOM_BUCKETS_SCHEMA && !areEqual(current.customValues, customValues)) return false
  if (current.count < previous.count || current.zeroCount < previous.zeroCount) return false
  return covers(current.positive, previous.positive) && covers(current.negative, previous.negative)
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** No bucket of `before` is larger than the same one of `after`; one that is missing counts as empty. */
function covers(after: BucketSpans, before: BucketSpans): boolean {
  const now = new Walk(after)
  for (const then = new Walk(before); then.isInside; then.next()) {
    while (now.isInside && now.index < then.index) now.next()
    const count = now.isInside && now.index === then.index ? now.count : 0
    if (then.count > count) return false
  }
  return true
}

/** The buckets of one side, one by one. */
class Walk {
  readonly #spans: BucketSpans
  #run = 0
  #inRun = 0
  #at = 0
  index: number

  constructor(spans: BucketSpans) {
    this.#spans = spans
    this.index = spans.offsets[0] ?? 0
    this.#skipEmptyRuns()
  }

  get isInside(): boolean {
    return this.#run < this.#spans.lengths.length
  }

  get count(): number {
    return this.#spans.counts[this.#at] as number
  }

  next(): void {
    this.#at++
    this.#inRun++
    this.index++
    this.#skipEmptyRuns()
  }

  #skipEmptyRuns(): void {
    const { lengths, offsets } = this.#spans
    while (this.isInside && this.#inRun >= (lengths[this.#run] as number)) {
      this.#run++
      this.#inRun = 0
      this.index += offsets[this.#run] ?? 0
    }
  }
}
