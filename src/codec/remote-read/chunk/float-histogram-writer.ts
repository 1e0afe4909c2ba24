import type { NativeHistogram } from '../../../model/histogram.ts'
import type { BitWriter } from './bit-writer.ts'
import { doubleWords, sumWords } from './double-words.ts'
import { GrowthColumn } from './growth-column.ts'
import type { HistogramWriter } from './chunk.ts'
import { putEmptyLayout, putLayout } from './histogram-layout.ts'
import { putVarbitInt } from './varbit.ts'
import { XorColumn } from './xor.ts'

/** Histograms with any counts. Follows appendFloatHistogram, prometheus/tsdb/chunkenc/float_histogram.go@v3.14. */
export class FloatHistogramWriter implements HistogramWriter {
  readonly #bits: BitWriter
  readonly #time = new GrowthColumn()
  /** Count, zero count, sum, then one a bucket. */
  #columns: readonly XorColumn[] | undefined

  constructor(bits: BitWriter) {
    this.#bits = bits
  }

  add(time: number, histogram: NativeHistogram): void {
    const bits = this.#bits
    const words = wordsOf(histogram)
    if (this.#columns !== undefined) {
      this.#time.next(bits, time)
      for (const [i, [hi, lo]] of words.entries()) this.#columns[i]?.next(bits, hi, lo)
      return
    }
    if (histogram.stale) putEmptyLayout(bits)
    else putLayout(bits, histogram)
    putVarbitInt(bits, time)
    this.#time.start(time)
    this.#columns = words.map(([hi, lo]) => {
      const column = new XorColumn()
      column.first(bits, hi, lo)
      return column
    })
  }
}

function wordsOf(histogram: NativeHistogram): readonly (readonly [hi: number, lo: number])[] {
  const sum = sumWords(histogram)
  if (histogram.stale) return [doubleWords(0), doubleWords(0), sum]
  const { count, zeroCount, positive, negative } = histogram
  return [doubleWords(count), doubleWords(zeroCount), sum, ...[...positive.counts, ...negative.counts].map(doubleWords)]
}
