/** Quantiles and fractions of classic histograms. Follows BucketQuantile and BucketFraction, promql/quantile.go@v3.14. */

/** Where counts fell from one bucket to the next and had to be lifted. */
export interface Forced {
  /** Lowest and highest upper bound of the buckets that were lifted. */
  readonly minBound: number
  readonly maxBound: number
  /** The greatest difference. */
  readonly maxDiff: number
}

export interface BucketQuantile {
  readonly value: number
  /** Counts were not monotonic, to be told in an info; differences as small as rounding makes are mended silently. */
  readonly forced?: Forced
}

/** A relative difference between neighbours that counts as rounding. */
const TOLERANCE = 1e-12
const SMALLEST_NORMAL = 2 ** -1022

/** The buckets of one classic histogram at one time. Reused: `clear` between histograms. */
export class ClassicBuckets {
  readonly #bounds: number[] = []
  readonly #counts: number[] = []
  #isReady = true

  clear(): void {
    this.#bounds.length = 0
    this.#counts.length = 0
    this.#isReady = true
  }

  get size(): number {
    return this.#bounds.length
  }

  /** A bucket and its cumulative count, in any order; counts of the same bound are added. Rising bounds are the fast path. */
  add(upperBound: number, count: number): void {
    const last = this.#bounds.length - 1
    if (last >= 0 && !((this.#bounds[last] as number) < upperBound)) this.#isReady = false
    this.#bounds.push(upperBound)
    this.#counts.push(count)
  }

  /**
   * The q-quantile, interpolated linearly, from 0 in the lowest bucket if its bound is above. NaN without observations or without
   * a +Inf bucket. Makes the counts monotonic, for later calls too. There is at least one bucket.
   */
  quantile(q: number): BucketQuantile {
    if (Number.isNaN(q)) return { value: NaN }
    if (q < 0) return { value: -Infinity }
    if (q > 1) return { value: Infinity }
    this.#prepare()
    if (this.#bounds.at(-1) !== Infinity) return { value: NaN }
    const forced = this.#makeMonotonic()
    const value = this.#interpolate(q)
    return forced === undefined ? { value } : { value, forced }
  }

  /**
   * The fraction of observations between two values. NaN without observations, without a +Inf bucket, or for a value that is NaN.
   * There is at least one bucket.
   */
  fraction(lower: number, upper: number): number {
    this.#prepare()
    if (this.#bounds.at(-1) !== Infinity) return NaN
    const count = this.#counts.at(-1) as number
    if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN
    if (lower >= upper) return 0
    return (this.#rankOf(upper, count) - this.#rankOf(lower, count)) / count
  }

  /** Sorts by bound, each bound once. */
  #prepare(): void {
    if (this.#isReady) return
    const order = [...this.#bounds.keys()].sort(
      (a, b) => (this.#bounds[a] as number) - (this.#bounds[b] as number) || a - b,
    )
    const [bounds, counts] = [
      order.map((at) => this.#bounds[at] as number),
      order.map((at) => this.#counts[at] as number),
    ]
    this.clear()
    for (const [i, bound] of bounds.entries()) {
      const last = this.#bounds.length - 1
      const count = counts[i] as number
      if (last >= 0 && this.#bounds[last] === bound) this.#counts[last] = (this.#counts[last] as number) + count
      else this.add(bound, count)
    }
  }

  #interpolate(q: number): number {
    const counts = this.#counts
    const bounds = this.#bounds
    const last = counts.length - 1
    const all = counts[last] as number
    if (last === 0 || all === 0) return NaN
    const rank = q * all
    const at = firstAtLeast(counts, last, rank)
    if (at === last) return bounds[last - 1] as number
    const end = bounds[at] as number
    if (at === 0) return end <= 0 ? end : end * (rank / (counts[0] as number))
    const start = bounds[at - 1] as number
    const below = counts[at - 1] as number
    return start + (end - start) * ((rank - below) / ((counts[at] as number) - below))
  }

  #makeMonotonic(): Forced | undefined {
    const counts = this.#counts
    let minBound = Infinity
    let maxBound = -Infinity
    let maxDiff = 0
    let isForced = false
    let previous = counts[0] as number
    for (let i = 1; i < counts.length; i++) {
      const count = counts[i] as number
      if (count === previous) continue
      const isRounding = almostEqual(previous, count)
      if (!isRounding && !(count < previous)) {
        previous = count
        continue
      }
      counts[i] = previous
      if (isRounding) continue
      const bound = this.#bounds[i] as number
      isForced = true
      if (bound < minBound) minBound = bound
      if (bound > maxBound) maxBound = bound
      if (previous - count > maxDiff) maxDiff = previous - count
    }
    return isForced ? { minBound, maxBound, maxDiff } : undefined
  }

  /** How many observations are below a value, at most `all`. */
  #rankOf(value: number, all: number): number {
    let below = 0
    let start = (this.#bounds[0] as number) <= 0 ? -Infinity : 0
    for (let i = 0; i < this.#bounds.length; i++) {
      const end = this.#bounds[i] as number
      const count = this.#counts[i] as number
      if (start >= value) return Math.min(below, all)
      if (end > value) {
        // Nothing can be said about where in a bucket without a lower bound the value is.
        const rank = start === -Infinity ? count : below + ((count - below) * (value - start)) / (end - start)
        return rank > all ? all : rank
      }
      below = count
      start = end
    }
    return all
  }
}

/** The first of `size` places whose count is at least `rank`, else `size`; by halving, as Go's sort.Search goes. */
function firstAtLeast(counts: readonly number[], size: number, rank: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((counts[middle] as number) >= rank) high = middle
    else low = middle + 1
  }
  return low
}

/** Follows almost.Equal, util/almost@v3.14, for counts. */
function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const size = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || size < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL
  return difference / Math.min(size, Number.MAX_VALUE) < TOLERANCE
}
