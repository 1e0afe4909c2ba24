import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import type { BitWriter } from './bit-writer.ts'
import type { HistogramWriter } from './chunk.ts'
import { GrowthColumn } from './growth-column.ts'
import { putEmptyLayout, putLayout } from './histogram-layout.ts'
import { sumWords } from './double-words.ts'
import { putVarbitInt, putVarbitUint } from './varbit.ts'
import { XorColumn } from './xor.ts'

/** Histograms with whole counts. Follows HistogramAppender.appendHistogram, prometheus/tsdb/chunkenc/histogram.go@v3.14. */
export class IntegerHistogramWriter implements HistogramWriter {
  readonly #bits: BitWriter
  readonly #time = new GrowthColumn()
  readonly #count = new GrowthColumn()
  readonly #zeroCount = new GrowthColumn()
  readonly #sum = new XorColumn()
  /** One a bucket, of its difference from the bucket before. */
  #buckets: readonly GrowthColumn[] | undefined

  constructor(bits: BitWriter) {
    this.#bits = bits
  }

  add(time: number, histogram: NativeHistogram): void {
    if (this.#buckets === undefined) this.#first(time, histogram)
    else this.#next(time, histogram, this.#buckets)
  }

  #first(time: number, histogram: NativeHistogram): void {
    const bits = this.#bits
    const { stale } = histogram
    if (stale) putEmptyLayout(bits)
    else putLayout(bits, histogram)
    const count = stale ? 0 : histogram.count
    const zeroCount = stale ? 0 : histogram.zeroCount
    putVarbitInt(bits, time)
    putVarbitUint(bits, count)
    putVarbitUint(bits, zeroCount)
    this.#sum.first(bits, ...sumWords(histogram))
    this.#time.start(time)
    this.#count.start(count)
    this.#zeroCount.start(zeroCount)
    this.#buckets = bucketDeltas(histogram).map((delta) => {
      putVarbitInt(bits, delta)
      const column = new GrowthColumn()
      column.start(delta)
      return column
    })
  }

  #next(time: number, histogram: NativeHistogram, buckets: readonly GrowthColumn[]): void {
    const bits = this.#bits
    this.#time.next(bits, time)
    this.#count.next(bits, histogram.stale ? 0 : histogram.count)
    this.#zeroCount.next(bits, histogram.stale ? 0 : histogram.zeroCount)
    this.#sum.next(bits, ...sumWords(histogram))
    for (const [i, delta] of bucketDeltas(histogram).entries()) buckets[i]?.next(bits, delta)
  }
}

function bucketDeltas({ stale, positive, negative }: NativeHistogram): readonly number[] {
  return stale ? [] : [...deltasOf(positive), ...deltasOf(negative)]
}

function deltasOf({ counts }: BucketSpans): readonly number[] {
  return counts.map((count, i) => count - (counts[i - 1] ?? 0))
}
