import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { compacted } from './buckets.ts'
import { formatGoFloat } from './go-number.ts'

/**
 * Collects the parts of one classic histogram, in any order, and makes a native histogram with custom buckets (NHCB) of them.
 * Follows TempHistogram, prometheus/util/convertnhcb@v3. Reused: `reset` between histograms.
 */
export class ClassicHistogram {
  /** Upper bounds in order, and cumulative counts. */
  #bounds: number[] = []
  #counts: number[] = []
  #count: number | undefined
  #sum = 0
  #problem: string | undefined

  reset(): void {
    this.#bounds = []
    this.#counts = []
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
    if (this.#problem !== undefined) return
    let at = this.#bounds.length
    while (at > 0 && (this.#bounds[at - 1] as number) >= bound) at--
    if (this.#bounds[at] === bound) return
    this.#checkOrder(at, count)
    this.#bounds.splice(at, 0, bound)
    this.#counts.splice(at, 0, count)
  }

  /** The native histogram, or what is wrong with the parts. */
  convert(): NativeHistogram | { readonly problem: string } {
    if (this.#problem !== undefined) return { problem: this.#problem }
    const count = this.#count ?? this.#counts.at(-1) ?? 0
    if (this.#bounds.at(-1) !== Infinity) {
      this.#bounds.push(Infinity)
      this.#counts.push(count)
    }
    const last = this.#counts.at(-1) as number
    if (count !== last) {
      const found = `count=${formatGoFloat(count)} != le=+Inf count=${formatGoFloat(last)}`
      return { problem: `count mismatch: ${found}` }
    }
    if (this.#bounds[0] === -Infinity) return { problem: 'custom buckets: bounds must be finite' }
    return this.#native(count)
  }

  #native(count: number): NativeHistogram {
    const integer = Number.isInteger(count) && this.#counts.every((one) => Number.isInteger(one))
    const counts = this.#counts.map((one, i) => one - (this.#counts[i - 1] ?? 0))
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
      customValues: this.#bounds.slice(0, -1),
      resetHint: 'unknown',
    }
  }

  #checkOrder(at: number, count: number): void {
    const before = this.#counts[at - 1]
    const behind = this.#counts[at]
    if (before !== undefined && count < before) {
      this.#problem = `count is not cumulative: ${formatGoFloat(count)} < ${formatGoFloat(before)}`
    } else if (behind !== undefined && count > behind) {
      this.#problem = `count is not cumulative: ${formatGoFloat(count)} > ${formatGoFloat(behind)}`
    }
  }
}
