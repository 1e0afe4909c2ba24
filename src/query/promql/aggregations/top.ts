/**
 * `topk` and `bottomk`: the rows with the greatest or least values of each group, at each step. At one step the rows of the
 * result are in the order of their values, else in that of the argument. Follows aggregationK, promql/engine.go@v3.14.
 */
import type { LabelColumns } from '../../../signals/metrics.ts'
import type { Evaluation } from '../eval/context.ts'
import { pickedLabels } from '../eval/label-columns.ts'
import { messages } from '../eval/messages.ts'
import { joinedLabels } from '../eval/rows.ts'
import { emptyTable, FLOAT, HISTOGRAM, setFloat } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import type { Fold } from './fold.ts'
import { Grouping } from './grouping.ts'
import { Heaps } from './heaps.ts'

export class Top implements Fold {
  readonly letsPartsGo = false
  readonly #node: Aggregation
  readonly #counts: Float64Array
  readonly #evaluation: Evaluation
  readonly #grouping: Grouping
  readonly #heaps: Heaps
  readonly #isBetter: (a: number, b: number) => boolean
  readonly #labels: LabelColumns[] = []
  readonly #dropNames: (Uint8Array | undefined)[] = []
  #rows = 0

  /** `counts`: by step, how many of each group. */
  constructor(node: Aggregation, counts: Float64Array, evaluation: Evaluation) {
    this.#node = node
    this.#counts = counts
    this.#evaluation = evaluation
    this.#grouping = new Grouping(node)
    this.#isBetter = node.op === 'topk' ? isGreater : isLess
    this.#heaps = new Heaps(
      node.op === 'topk' ? isLessOrNaN : isGreaterOrNaN,
      counts.reduce((a, b) => Math.max(a, b), 0),
    )
  }

  add(part: StepVector): void {
    const { steps, kinds } = part
    const groups = this.#grouping.of(part.labels)
    this.#heaps.makeRoom(this.#grouping.size * steps)
    for (let row = 0; row < groups.length; row++) this.#addRow(part, row, (groups[row] as number) * steps)
    if (part.histograms !== undefined && kinds.includes(HISTOGRAM)) this.#noteHistograms(part)
    this.#labels.push(part.labels)
    this.#dropNames.push(part.dropName)
    this.#rows += part.labels.size
  }

  #addRow({ steps, kinds, values }: StepVector, row: number, to: number): void {
    const heaps = this.#heaps
    for (let s = 0; s < steps; s++) {
      if (kinds[row * steps + s] !== FLOAT) continue
      const value = values[row * steps + s] as number
      const wanted = this.#counts[s] as number
      if (wanted === 0) continue
      if (heaps.sizeOf(to + s) < wanted) heaps.push(to + s, value, this.#rows + row)
      else if (this.#isBetter(value, heaps.topOf(to + s))) heaps.replaceTop(to + s, value, this.#rows + row)
    }
  }

  /** Steps at which no row is wanted are not looked at. */
  #noteHistograms({ kinds, steps }: StepVector): void {
    const isSeen = kinds.some((kind, cell) => kind === HISTOGRAM && (this.#counts[cell % steps] as number) > 0)
    if (isSeen) this.#evaluation.annotations.info(messages.ignoredHistogram(this.#node.op), this.#node.span)
  }

  finish(): StepVector {
    const steps = this.#counts.length
    const cells = this.#grouping.size * steps
    const chosen = new Set<number>()
    for (let cell = 0; cell < cells; cell++) for (const { row } of this.#heaps.entriesOf(cell)) chosen.add(row)
    const rows = Uint32Array.from(chosen)
    // Which steps are asked for together must not change the order, on which last bits of sums over the result depend.
    if (steps > 1) rows.sort()
    const places = new Map(Array.from(rows, (row, place) => [row, place]))
    const table = emptyTable(pickedLabels(joinedLabels(this.#labels), rows), steps, this.#pickedDropNames(rows))
    for (let cell = 0; cell < cells; cell++) {
      for (const { value, row } of this.#heaps.entriesOf(cell)) {
        setFloat(table, (places.get(row) as number) * steps + (cell % steps), value)
      }
    }
    return table
  }

  #pickedDropNames(rows: Uint32Array): Uint8Array | undefined {
    if (this.#dropNames.every((flags) => flags === undefined)) return undefined
    const flags = new Uint8Array(this.#rows)
    let at = 0
    for (const [i, labels] of this.#labels.entries()) {
      const part = this.#dropNames[i]
      if (part !== undefined) flags.set(part, at)
      at += labels.size
    }
    return Uint8Array.from(rows, (row) => flags[row] as number)
  }
}

function isGreater(value: number, top: number): boolean {
  return top < value || (Number.isNaN(top) && !Number.isNaN(value))
}

function isLess(value: number, top: number): boolean {
  return top > value || (Number.isNaN(top) && !Number.isNaN(value))
}

function isLessOrNaN(a: number, b: number): boolean {
  return Number.isNaN(a) || a < b
}

function isGreaterOrNaN(a: number, b: number): boolean {
  return Number.isNaN(a) || a > b
}
