/** The series of classic histograms, found by their `le` labels once a query and not once a step. */
import { parseGoFloat } from '../../../core/go-number.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'
import { columnsWithout, pickedLabels } from '../eval/label-columns.ts'
import { sameRows } from '../eval/rows.ts'

export const BUCKET_LABEL = 'le'

/** The buckets of one histogram. */
export interface ClassicHistogram {
  /** Rows of the vector in order of their upper bounds. */
  readonly rows: Uint32Array
  readonly bounds: Float64Array
  /** Some bound is there twice (`1` and `1.0`): their counts belong together. */
  readonly hasRepeats: boolean
}

export interface ClassicHistograms {
  /** Label sets without `le`, each once. */
  readonly labels: LabelColumns
  /** By row of `labels`. Without buckets where only series without an upper bound have these labels. */
  readonly histograms: readonly ClassicHistogram[]
  /** By row of the vector: its row of `labels`. */
  readonly histogramOf: Uint32Array
  /** By row of the vector: 1 where the upper bound is missing or malformed. */
  readonly isUnbounded: Uint8Array
}

export function classicHistograms(labels: LabelColumns): ClassicHistograms {
  const without = columnsWithout(labels, [BUCKET_LABEL])
  const { firstRows, histogramOf } = grouped(without)
  const bounds = boundsOf(labels.column(BUCKET_LABEL))
  const rows: number[][] = Array.from(firstRows, () => [])
  const isUnbounded = new Uint8Array(labels.size)
  for (let row = 0; row < labels.size; row++) {
    if (bounds[row] === undefined) isUnbounded[row] = 1
    else rows[histogramOf[row] as number]?.push(row)
  }
  const histograms = rows.map((members) => histogramFrom(members, bounds))
  return { labels: pickedLabels(without, firstRows), histograms, histogramOf, isUnbounded }
}

function grouped(labels: LabelColumns): { firstRows: Uint32Array; histogramOf: Uint32Array } {
  const firstOf = sameRows(labels, { nameless: false }) ?? Uint32Array.from({ length: labels.size }, (_, row) => row)
  const firstRows: number[] = []
  const histogramOf = new Uint32Array(labels.size)
  for (let row = 0; row < labels.size; row++) {
    const first = firstOf[row] as number
    histogramOf[row] = first === row ? firstRows.push(row) - 1 : (histogramOf[first] as number)
  }
  return { firstRows: Uint32Array.from(firstRows), histogramOf }
}

/** By row; undefined without a number. Each distinct text is read once. */
function boundsOf({ ids, valueOf }: LabelColumn): readonly (number | undefined)[] {
  const read = new Map<number, number | undefined>()
  return Array.from(ids, (id) => {
    if (!read.has(id)) {
      const bound = parseGoFloat(valueOf(id))
      read.set(id, typeof bound === 'number' ? bound : undefined)
    }
    return read.get(id)
  })
}

function histogramFrom(members: readonly number[], boundOf: readonly (number | undefined)[]): ClassicHistogram {
  const rows = Uint32Array.from(members).sort((a, b) => {
    const x = boundOf[a] as number
    const y = boundOf[b] as number
    return x < y ? -1 : x > y ? 1 : 0
  })
  const bounds = Float64Array.from(rows, (row) => boundOf[row] as number)
  return { rows, bounds, hasRepeats: bounds.some((bound, i) => i > 0 && bound === bounds[i - 1]) }
}
