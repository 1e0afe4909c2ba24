import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import type { WindowedSeries, Windows } from './range-contract.ts'

export function instantHistograms(
  _series: WindowedSeries,
  _windows: Windows,
  _out: StepTable,
  _row: number,
  _isRate: boolean,
  _call: Call,
  _evaluation: Evaluation,
): void {}
