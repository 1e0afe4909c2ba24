import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { WindowedSeries, Windows } from './range-contract.ts'

export function mixedChanges(
  _series: WindowedSeries,
  _windows: Windows,
  _out: StepTable,
  _row: number,
  _shape: { readonly isResets: boolean; readonly isAnchored: boolean },
  _evaluation: Evaluation,
): void {}
