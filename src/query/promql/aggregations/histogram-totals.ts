/** Sums and means of native histograms. Follows SUM and AVG of aggregation, promql/engine.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { divide, hasOverflow } from '../histograms/arithmetic.ts'
import type { Incompatible } from '../histograms/arithmetic.ts'
import { compact } from '../histograms/compact.ts'
import { divideSum, finishSum, kahanAdd, multiplySum, startSum } from '../histograms/kahan.ts'
import type { CompensatedAddition, CompensatedSum } from '../histograms/kahan.ts'

/** What came out of one addition, for annotations. */
export type Addition = Pick<CompensatedAddition, 'nhcbBoundsReconciled'> | Incompatible

/** The histograms of one cell. */
export interface HistogramTotal {
  /** Nothing is added when the schemas don't go together. */
  add(value: NativeHistogram): Addition
  result(): NativeHistogram
}

export class HistogramSum implements HistogramTotal {
  #sum: CompensatedSum

  constructor(first: NativeHistogram) {
    this.#sum = startSum(first)
  }

  add(value: NativeHistogram): Addition {
    const added = kahanAdd(this.#sum, value)
    if (added !== 'incompatible') this.#sum = added.sum
    return added
  }

  result(): NativeHistogram {
    return compact(finishSum(this.#sum))
  }
}

/** As for floats: a sum over the count until it overflows, then a running mean. */
export class HistogramMean implements HistogramTotal {
  #sum: CompensatedSum
  #count = 1
  #isRunning = false

  constructor(first: NativeHistogram) {
    this.#sum = startSum(first)
  }

  add(value: NativeHistogram): Addition {
    this.#count++
    return this.#isRunning ? this.#addRunning(value) : this.#addToSum(value)
  }

  #addToSum(value: NativeHistogram): Addition {
    const added = kahanAdd(this.#sum, value)
    if (added === 'incompatible') return added
    if (hasOverflow(added.sum.value)) {
      this.#isRunning = true
      this.#sum = divideSum(this.#sum, this.#count - 1)
      return this.#addRunning(value)
    }
    this.#sum = added.sum
    return added
  }

  #addRunning(value: NativeHistogram): Addition {
    const share = (this.#count - 1) / this.#count
    const added = kahanAdd(multiplySum(this.#sum, share), divide(value, this.#count))
    if (added !== 'incompatible') this.#sum = added.sum
    return added
  }

  result(): NativeHistogram {
    return compact(finishSum(this.#isRunning ? this.#sum : divideSum(this.#sum, this.#count)))
  }
}
