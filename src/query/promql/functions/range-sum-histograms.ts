import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import type { WindowedSeries, Windows } from './range-contract.ts'

/** Writes the steps whose windows hold histograms. */
export type HistogramFold = (
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  call: Call,
  evaluation: Evaluation,
) => void

export const sumHistograms: HistogramFold = () => undefined
export const averageHistograms: HistogramFold = () => undefined
