/** Step vectors cut and put together along their steps. */
import type { LabelSet } from '../../../model/labels.ts'
import { LabelList } from './label-columns.ts'
import { withoutEmptyRows } from './rows.ts'
import { emptyTable } from './vector.ts'
import type { StepTable, StepVector } from './vector.ts'

/** Steps `[from, from + count)` of a vector; rows without samples there are left out. */
export function stepSlice(vector: StepVector, from: number, count: number): StepVector {
  if (from === 0 && count === vector.steps) return vector
  const table = emptyTable(vector.labels, count, vector.dropName)
  for (let row = 0; row < vector.labels.size; row++) copyRow(vector, row, from, table, row, 0, count)
  return withoutEmptyRows(table)
}

/** One vector of parts whose steps follow each other; rows with the same labels become one. No part has names to drop. */
export function concatenated(parts: readonly StepVector[]): StepVector {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const places = new Map<string, number>()
  const sets: LabelSet[] = []
  const rowsOf = parts.map(({ labels }) =>
    Uint32Array.from({ length: labels.size }, (_, row) => {
      const set = labels.at(row)
      const key = set.key()
      let place = places.get(key)
      if (place === undefined) {
        place = sets.length
        places.set(key, place)
        sets.push(set)
      }
      return place
    }),
  )
  const steps = parts.reduce((sum, part) => sum + part.steps, 0)
  const table = emptyTable(new LabelList(sets), steps)
  let at = 0
  for (const [i, part] of parts.entries()) {
    const rows = rowsOf[i] as Uint32Array
    for (let row = 0; row < rows.length; row++) copyRow(part, row, 0, table, rows[row] as number, at, part.steps)
    at += part.steps
  }
  return table
}

function copyRow(
  from: StepVector,
  row: number,
  step: number,
  to: StepTable,
  target: number,
  at: number,
  count: number,
): void {
  const source = row * from.steps + step
  const cell = target * to.steps + at
  to.kinds.set(from.kinds.subarray(source, source + count), cell)
  to.values.set(from.values.subarray(source, source + count), cell)
  if (from.histograms === undefined) return
  for (let s = 0; s < count; s++) {
    const histogram = from.histograms[source + s]
    if (histogram === undefined) continue
    to.histograms ??= []
    to.histograms[cell + s] = histogram
  }
}
