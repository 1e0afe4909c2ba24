/** Functions of how many samples a window has: count_over_time, present_over_time, absent_over_time. */
import { ABSENT, emptyTable, FLOAT, noSeries, setFloat } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import { LabelList } from '../eval/label-columns.ts'
import type { Call } from '../syntax/ast.ts'
import { absentLabels } from './absent-labels.ts'
import { rangeArgument } from './range-call.ts'
import type { RangeFunctionTable, RangeKernel } from './range-contract.ts'

function countKernel(isPresence: boolean): RangeKernel {
  return (_series, { steps, lo, hi, histogramLo, histogramHi }, out, row) => {
    const { kinds, values } = out
    let cell = row * out.steps
    for (let s = 0; s < steps; s++, cell++) {
      let samples = (hi[s] as number) - (lo[s] as number)
      if (histogramLo !== undefined) samples += (histogramHi?.[s] as number) - (histogramLo[s] as number)
      if (samples === 0) continue
      kinds[cell] = FLOAT
      values[cell] = isPresence ? 1 : samples
    }
  }
}

/** 1 at the steps at which no series had a sample, under the labels that the selector asks for. */
function absences(row: StepVector, call: Call): StepVector {
  if (row.kinds.every((kind) => kind !== ABSENT)) return noSeries(row.steps)
  const argument = rangeArgument(call)
  const table = emptyTable(new LabelList([absentLabels(argument)]), row.steps)
  for (let s = 0; s < row.steps; s++) if (row.kinds[s] === ABSENT) setFloat(table, s, 1)
  return table
}

export const countFunctions: RangeFunctionTable = {
  count_over_time: { kernel: countKernel(false), name: 'drop' },
  present_over_time: { kernel: countKernel(true), name: 'drop' },
  absent_over_time: { kernel: countKernel(true), name: 'keep', reduce: absences },
}
