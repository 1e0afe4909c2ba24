/** `count_values`: how often each value occurs in a group. Follows aggregationCountValues, promql/engine.go@v3.14. */
import type { LabelSet } from '../../../model/labels.ts'
import type { Evaluation } from '../eval/context.ts'
import { LabelList } from '../eval/label-columns.ts'
import { ABSENT, emptyTable, FLOAT, HISTOGRAM, histogramAt, setFloat } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import { printHistogram } from '../histograms/print.ts'
import { formatGoDecimal } from '../../../core/go-number.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { roomier } from './columns.ts'
import type { Fold } from './fold.ts'
import { Grouping } from './grouping.ts'

export class CountValues implements Fold {
  readonly letsPartsGo = true
  readonly #label: string
  readonly #steps: number
  readonly #grouping: Grouping
  /** `without` may leave the label of the values out again: then all values of a group are one row. */
  readonly #isShown: boolean
  /** By group: rows of the result by value. */
  readonly #rows: Map<number | string, number>[] = []
  readonly #sets: LabelSet[] = []
  #counts = new Float64Array(0)

  constructor(node: Aggregation, label: string, { grid }: Evaluation) {
    this.#label = label
    this.#steps = grid.count
    this.#isShown = !node.without || !(node.grouping.includes(label) || label === '__name__')
    this.#grouping = new Grouping(node, label)
  }

  add(part: StepVector): void {
    const { steps, kinds } = part
    for (const [row, group] of this.#grouping.of(part.labels).entries()) {
      for (let s = 0; s < steps; s++) {
        const from = row * steps + s
        if (kinds[from] === ABSENT) continue
        const cell = this.#rowOf(group, this.#isShown ? valueKey(part, from) : '') * steps + s
        this.#counts[cell] = (this.#counts[cell] as number) + 1
      }
    }
  }

  #rowOf(group: number, key: number | string): number {
    const rows = (this.#rows[group] ??= new Map())
    let row = rows.get(key)
    if (row === undefined) {
      row = this.#sets.length
      rows.set(key, row)
      this.#sets.push(this.#labelsOf(group, key))
      this.#counts = roomier(this.#counts, (row + 1) * this.#steps)
    }
    return row
  }

  #labelsOf(group: number, key: number | string): LabelSet {
    const labels = this.#grouping.sets[group] as LabelSet
    if (!this.#isShown) return labels
    return labels.with({ [this.#label]: typeof key === 'string' ? key : formatGoDecimal(key) })
  }

  finish(): StepVector {
    const table = emptyTable(new LabelList(this.#sets), this.#steps)
    for (let cell = 0; cell < table.kinds.length; cell++) {
      const count = this.#counts[cell] as number
      if (count !== 0) setFloat(table, cell, count)
    }
    return table
  }
}

/** The same exactly for values of the same text. */
function valueKey(part: StepVector, cell: number): number | string {
  if (part.kinds[cell] === HISTOGRAM) return printHistogram(histogramAt(part, cell))
  const value = part.values[cell] as number
  return part.kinds[cell] === FLOAT && Object.is(value, -0) ? '-0' : value
}
