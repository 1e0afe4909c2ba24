import { LabelSet } from '../../src/model/labels.ts'
import { LabelList } from '../../src/query/promql/eval/label-columns.ts'
import { ABSENT, emptyTable, setFloat } from '../../src/query/promql/eval/vector.ts'
import type { StepVector } from '../../src/query/promql/eval/vector.ts'

/** A row as a test writes it: labels and one value a step, undefined for none. */
export type Row = readonly [labels: Readonly<Record<string, string>>, ...values: readonly (number | undefined)[]]

/** A step vector of float rows. */
export function vectorOf(...rows: readonly Row[]): StepVector {
  const steps = Math.max(0, ...rows.map((row) => row.length - 1))
  const table = emptyTable(new LabelList(rows.map(([labels]) => LabelSet.of(labels))), steps)
  for (const [row, [, ...values]] of rows.entries()) {
    for (const [s, value] of values.entries()) if (value !== undefined) setFloat(table, row * steps + s, value)
  }
  return table
}

/** The rows of a step vector of floats. */
export function rowsOf({ labels, steps, kinds, values }: StepVector): Row[] {
  return Array.from({ length: labels.size }, (_, row) => [
    labels.at(row).toRecord(),
    ...Array.from({ length: steps }, (_cell, s) => {
      const cell = row * steps + s
      return kinds[cell] === ABSENT ? undefined : values[cell]
    }),
  ])
}
