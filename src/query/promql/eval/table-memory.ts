import type { LabelColumns } from '../../../signals/metrics.ts'
import { ABSENT, emptyTable } from './vector.ts'
import type { StepTable, StepVector } from './vector.ts'

/** Smaller tables are made faster than looked after. */
const MIN_CELLS = 1_024
/** Tables that are kept: queries at work at the same time. */
const MAX_FREE = 4

/**
 * Memory of large tables that nobody needs any more, for tables to come. New memory would have to be cleared, mapped and
 * collected for each part of a query.
 */
export class TableMemory {
  readonly #free: Pick<StepVector, 'kinds' | 'values'>[] = []

  /** A table of absent cells. What their values are is not said. */
  table(labels: LabelColumns, steps: number): StepTable {
    const cells = labels.size * steps
    const at = this.#free.findIndex(({ kinds }) => kinds.length >= cells && kinds.length <= cells * 2)
    const [found] = at < 0 ? [] : this.#free.splice(at, 1)
    if (found === undefined) return emptyTable(labels, steps)
    const kinds = found.kinds.subarray(0, cells).fill(ABSENT)
    return { steps, labels, kinds, values: found.values.subarray(0, cells), histograms: undefined, dropName: undefined }
  }

  /** Takes a table over: nobody may hold its columns any more. */
  give({ kinds, values }: StepVector): void {
    if (kinds.length < MIN_CELLS) return
    if (this.#free.length === MAX_FREE) this.#free.shift()
    this.#free.push({ kinds, values })
  }
}
