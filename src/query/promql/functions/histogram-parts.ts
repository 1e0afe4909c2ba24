/** What a native histogram tells of its observations; floats are left out. Follow simpleHistogramFunc, promql/functions.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import { ABSENT, FLOAT, HISTOGRAM, histogramAt } from '../eval/vector.ts'
import { histogramAverage, histogramDeviation, histogramVariance } from '../histograms/statistics.ts'
import { vectorAt, vectorValue } from './columns.ts'
import type { FunctionEntry, FunctionTable } from './contract.ts'

function part(of: (histogram: NativeHistogram) => number): FunctionEntry {
  return {
    name: 'drop_alone',
    evaluate: (args) => {
      const vector = vectorAt(args, 0)
      const values = new Float64Array(vector.values.length)
      const kinds = new Uint8Array(vector.kinds.length)
      for (let cell = 0; cell < kinds.length; cell++) {
        const isHistogram = vector.kinds[cell] === HISTOGRAM
        kinds[cell] = isHistogram ? FLOAT : ABSENT
        if (isHistogram) values[cell] = of(histogramAt(vector, cell))
      }
      return vectorValue({ ...vector, kinds, values, histograms: undefined })
    },
  }
}

export const histogramPartFunctions: FunctionTable = {
  histogram_count: part(({ count }) => count),
  histogram_sum: part(({ sum }) => sum),
  histogram_avg: part(histogramAverage),
  histogram_stdvar: part(histogramVariance),
  histogram_stddev: part(histogramDeviation),
}
