/** `sum` and `avg`: of floats or of histograms. A cell with both has no result. Follows promql/engine.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { Evaluation } from '../eval/context.ts'
import { messages } from '../eval/messages.ts'
import { FLOAT, HISTOGRAM, histogramAt, setFloat, setHistogram } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { roomierFlags } from './columns.ts'
import { FloatMeans } from './float-means.ts'
import { FloatSums } from './float-sums.ts'
import type { Accumulator } from './fold.ts'
import { HistogramMean, HistogramSum } from './histogram-totals.ts'
import type { HistogramTotal } from './histogram-totals.ts'

/** The floats of all cells. */
export interface FloatTotals {
  makeRoom(cells: number): void
  /** Adds the floats of one row, `steps` cells from `from` on, to the cells from `to` on, and marks these in `seen` with 1. */
  addRow(kinds: Uint8Array, values: Float64Array, from: number, steps: number, seen: Uint8Array, to: number): void
  resultAt(cell: number): number
}

/** What a cell has seen, as bits. */
const FLOATS = 1
const HISTOGRAMS = 2
/** Histograms of schemas that don't go together: nothing that comes later counts. */
const INCOMPATIBLE = 4

const RESET = 1
const NO_RESET = 2

interface HistogramCell {
  /** Undefined when floats came before: there will be no result. */
  readonly total: HistogramTotal | undefined
  /** RESET and NO_RESET, as bits. */
  hints: number
}

export class Totals implements Accumulator {
  readonly letsPartsGo = true
  readonly #node: Aggregation
  readonly #evaluation: Evaluation
  readonly #floats: FloatTotals
  readonly #Histograms: new (first: NativeHistogram) => HistogramTotal
  #seen = new Uint8Array(0)
  /** By cell; undefined as long as there are none. */
  #histograms: Map<number, HistogramCell> | undefined

  constructor(node: Aggregation, evaluation: Evaluation) {
    this.#node = node
    this.#evaluation = evaluation
    this.#floats = node.op === 'avg' ? new FloatMeans() : new FloatSums()
    this.#Histograms = node.op === 'avg' ? HistogramMean : HistogramSum
  }

  makeRoom(cells: number): void {
    this.#seen = roomierFlags(this.#seen, cells)
    this.#floats.makeRoom(cells)
  }

  add(part: StepVector, groups: Uint32Array): void {
    const { steps, kinds, values } = part
    const hasHistograms = part.histograms !== undefined || this.#histograms !== undefined
    for (let row = 0; row < groups.length; row++) {
      const to = (groups[row] as number) * steps
      if (hasHistograms) this.#addMixedRow(part, row, to)
      else this.#floats.addRow(kinds, values, row * steps, steps, this.#seen, to)
    }
  }

  /** A cell at a time, because what it has seen decides. */
  #addMixedRow(part: StepVector, row: number, to: number): void {
    const { steps, kinds, values } = part
    for (let s = 0; s < steps; s++) {
      const from = row * steps + s
      const cell = to + s
      const held = this.#seen[cell] as number
      if ((held & INCOMPATIBLE) !== 0) continue
      if (kinds[from] === FLOAT) {
        this.#floats.addRow(kinds, values, from, 1, this.#seen, cell)
        this.#seen[cell] = held | FLOATS
      } else if (kinds[from] === HISTOGRAM) {
        this.#seen[cell] = held | HISTOGRAMS
        this.#addHistogram(cell, histogramAt(part, from), () => part.labels.at(row).name)
      }
    }
  }

  #addHistogram(cell: number, value: NativeHistogram, metric: () => string): void {
    const histograms = (this.#histograms ??= new Map())
    const held = histograms.get(cell)
    if (held === undefined) {
      const isFirst = this.#seen[cell] === HISTOGRAMS
      const total = isFirst ? new this.#Histograms(value) : undefined
      histograms.set(cell, { total, hints: isFirst ? hintOf(value) : 0 })
      return
    }
    if (held.total === undefined) return
    held.hints |= hintOf(value)
    const added = held.total.add(value)
    if (added === 'incompatible') {
      this.#seen[cell] = (this.#seen[cell] as number) | INCOMPATIBLE
      this.#evaluation.annotations.warn(messages.mixedSchemas(metric()), this.#node.inner.span)
    } else if (added.nhcbBoundsReconciled) {
      this.#evaluation.annotations.info(messages.reconciledBounds('aggregation'), this.#node.inner.span)
    }
  }

  write(out: StepTable): void {
    for (let cell = 0; cell < out.kinds.length; cell++) {
      const seen = this.#seen[cell] as number
      if (seen === FLOATS) setFloat(out, cell, this.#floats.resultAt(cell))
      else if (seen !== 0) this.#writeHistogram(out, cell, seen)
    }
  }

  #writeHistogram(out: StepTable, cell: number, seen: number): void {
    const { annotations } = this.#evaluation
    const { span } = this.#node.inner
    if ((seen & FLOATS) !== 0) annotations.warn(messages.mixedAggregation, span)
    else if ((seen & INCOMPATIBLE) === 0) {
      const held = this.#histograms?.get(cell)
      if (held?.total === undefined) return
      setHistogram(out, cell, held.total.result())
      if (held.hints === (RESET | NO_RESET)) annotations.warn(messages.conflictingResets('aggregation'), span)
    }
  }
}

function hintOf({ resetHint }: NativeHistogram): number {
  if (resetHint === 'reset') return RESET
  return resetHint === 'not_reset' ? NO_RESET : 0
}
