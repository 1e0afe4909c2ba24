/** Between scalars and vectors, and vectors that are not there. */
import { absentLabels } from './absent-labels.ts'
import { LabelList } from '../eval/label-columns.ts'
import { ABSENT, emptyTable, FLOAT, noSeries, setFloat } from '../eval/vector.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import { scalarAt, seriesOfNumbers, vectorAt, vectorValue } from './columns.ts'
import type { FunctionTable } from './contract.ts'

/** The value of the only float at each step, NaN where there is none or more than one. */
function onlyFloat({ steps, kinds, values }: StepVector): Value {
  const found = new Uint8Array(steps)
  const only = new Float64Array(steps).fill(NaN)
  for (let base = 0; base < kinds.length; base += steps) {
    for (let s = 0; s < steps; s++) {
      if (kinds[base + s] !== FLOAT) continue
      only[s] = found[s] === 0 ? (values[base + s] as number) : NaN
      found[s] = 1
    }
  }
  return { type: 'scalar', values: only }
}

/** One series with the value 1 at each step at which there is no sample; its labels are those that the selector asks for. */
function absent({ steps, kinds }: StepVector, arg: Parameters<typeof absentLabels>[0]): Value {
  const isPresent = new Uint8Array(steps)
  for (let base = 0; base < kinds.length; base += steps) {
    for (let s = 0; s < steps; s++) if (kinds[base + s] !== ABSENT) isPresent[s] = 1
  }
  if (!isPresent.includes(0)) return vectorValue(noSeries(steps))
  const table = emptyTable(new LabelList([absentLabels(arg)]), steps)
  for (let s = 0; s < steps; s++) if (isPresent[s] === 0) setFloat(table, s, 1)
  return vectorValue(table)
}

export const presenceFunctions: FunctionTable = {
  scalar: { name: 'keep', whole: true, evaluate: (args) => onlyFloat(vectorAt(args, 0)) },
  vector: { name: 'keep', evaluate: (args) => vectorValue(seriesOfNumbers(scalarAt(args, 0))) },
  absent: {
    name: 'keep',
    whole: true,
    evaluate: (args, call) => absent(vectorAt(args, 0), call.args[0]),
  },
}
