/**
 * The value that operators work on: an instant vector at every step of a grid, as one table of series x steps in flat columns.
 * No object a sample: a cell is a place in three columns, `row * steps + step`.
 */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { LabelColumns } from '../../../signals/metrics.ts'
import { LabelList } from './label-columns.ts'

/** What a cell holds. A NaN is a value like any other: only `kinds` tells whether a series has a sample at a step. */
export const ABSENT = 0
export const FLOAT = 1
export const HISTOGRAM = 2

export interface StepVector {
  /** Columns of the table: the grid's `count`. */
  readonly steps: number
  /** One label set a row. Rows without any sample may be there; results leave them out. */
  readonly labels: LabelColumns
  /** By cell: ABSENT, FLOAT or HISTOGRAM. */
  readonly kinds: Uint8Array
  /** By cell; meaningful where the kind is FLOAT. */
  readonly values: Float64Array
  /** By cell, where the kind is HISTOGRAM; undefined when no cell is one. */
  readonly histograms: readonly (NativeHistogram | undefined)[] | undefined
  /**
   * 1 for rows whose metric name is still among the labels and to be dropped at the query's end or at the next operator
   * that needs it: delayed name removal. Undefined when there is none.
   */
  readonly dropName: Uint8Array | undefined
}

/** A value of an expression over a grid. */
export type Value =
  | { readonly type: 'vector'; readonly vector: StepVector }
  /** One number a step. */
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly value: string }

/** The same to be written to: made by operators, handed on as a `StepVector`, then never changed. */
export interface StepTable extends StepVector {
  histograms: (NativeHistogram | undefined)[] | undefined
}

/** A table of absent cells. */
export function emptyTable(labels: LabelColumns, steps: number, dropName?: Uint8Array): StepTable {
  const cells = labels.size * steps
  return {
    steps,
    labels,
    kinds: new Uint8Array(cells),
    values: new Float64Array(cells),
    histograms: undefined,
    dropName,
  }
}

export const NO_LABELS = new LabelList([])

/** A vector without series. */
export function noSeries(steps: number): StepVector {
  return emptyTable(NO_LABELS, steps)
}

export function setFloat(table: StepTable, cell: number, value: number): void {
  table.kinds[cell] = FLOAT
  table.values[cell] = value
}

export function setHistogram(table: StepTable, cell: number, value: NativeHistogram): void {
  table.kinds[cell] = HISTOGRAM
  table.histograms ??= []
  table.histograms[cell] = value
}

/** The histogram of a cell of kind HISTOGRAM. */
export function histogramAt(vector: StepVector, cell: number): NativeHistogram {
  return vector.histograms?.[cell] as NativeHistogram
}
