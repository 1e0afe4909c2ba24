import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { compacted } from './buckets.ts'
import { formatGoFloat } from '../../core/go-number.ts'

/**
 * Collects the parts of one classic histogram, in any order, and makes a native histogram with custom buckets (NHCB) of them.
 * Follows TempHistogram, prometheus/util/convertnhcb@v3. Reused: `reset` between histograms.
 */
export class ClassicHistogram {
  /** As they came. */
  #buckets: Bucket[] = []
  #sorted = true
  #count: number | undefined
  #sum = 0
  #problem: string | undefined

  reset(): void {
    this.#buckets = []
    this.#sorted = true
    this.#count = undefined
    this.#sum = 0
    this.#problem = undefined
  }

  setSum(sum: number): void {
    this.#sum = sum
  }

  setCount(count: number): void {
    if (count < 0) this.#problem ??= `count must be non-negative: count=${formatGoFloat(count)}`
    this.#count = count
  }

  /** A bucket given twice counts once, as it came first. */
  setBucket(bound: number, count: number): void {
    if (Number.isNaN(bound)) this.#problem ??= 'bucket boundary must not be NaN'
    if (count < 0) {
      const where = `le=${formatGoFloat(bound)}, count=${formatGoFloat(count)}`
      this.#problem ??= `bucket count must be non-negative: ${where}`
    }
    const last = this.#buckets.at(-1)
    if (last !== undefined && bound <= last.bound) this.#sorted = false
    this.#buckets.push({ bound, count })
  }

  /** The native histogram, or what is wrong with the parts. */
  convert(): NativeHistogram | { readonly problem: string } {
    const buckets = this.#inOrder()
    const problem = this.#problem ?? fallOf(buckets)
    if (problem !== undefined) return { problem }
    const count = this.#count ?? buckets.at(-1)?.count ?? 0
    if (buckets.at(-1)?.bound !== Infinity) buckets.push({ bound: Infinity, count })
    const last = buckets.at(-1)?.count as number
    if (count !== last) {
      return { problem: `count mismatch: count=${formatGoFloat(count)} != le=+Inf count=${formatGoFloat(last)}` }
    }
    if (buckets[0]?.bound === -Infinity) return { problem: 'custom buckets: bounds must be finite' }
    return this.#native(buckets, count)
  }

  /** Buckets by their bounds, each bound once. */
  #inOrder(): Bucket[] {
    if (this.#sorted) return this.#buckets
    const sorted = this.#buckets.toSorted((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0))
    return sorted.filter(({ bound }, i) => i === 0 || bound !== sorted[i - 1]?.bound)
  }

  #native(buckets: readonly Bucket[], count: number): NativeHistogram {
    const integer = Number.isInteger(count) && buckets.every((bucket) => Number.isInteger(bucket.count))
    const counts = buckets.map((bucket, i) => bucket.count - (buckets[i - 1]?.count ?? 0))
    return {
      schema: CUSTOM_BUCKETS_SCHEMA,
      zeroThreshold: 0,
      zeroCount: 0,
      count,
      sum: this.#sum,
      stale: false,
      integer,
      positive: compacted({ offsets: [0], lengths: [counts.length], counts }, integer ? 2 : 0),
      negative: NO_SPANS,
      customValues: buckets.slice(0, -1).map(({ bound }) => bound),
      resetHint: 'unknown',
    }
  }
}

interface Bucket {
  readonly bound: number
  /** Cumulative. */
  readonly count: number
}

function fallOf(buckets: readonly Bucket[]): string | undefined {
  const at = buckets.findIndex(({ count }, i) => count < (buckets[i - 1]?.count ?? 0))
  if (at === -1) return undefined
  const [before, here] = [buckets[at - 1]?.count ?? 0, buckets[at]?.count ?? 0]
  return `count is not cumulative: ${formatGoFloat(here)} < ${formatGoFloat(before)}`
}
