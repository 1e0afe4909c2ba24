/** Rows of a step vector as a whole: the same label set found, names dropped, rows merged, picked and repeated. */
import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'
import { executionFailed, SAME_LABELSET } from './errors.ts'
import { columnsWithout, LabelList, pickedLabels } from './label-columns.ts'
import { ABSENT, emptyTable } from './vector.ts'
import type { StepTable, StepVector } from './vector.ts'

/** What goes with the metric name: type and unit describe the metric as it was. */
export const METADATA_LABELS: readonly string[] = [METRIC_NAME, '__type__', '__unit__']

/** The same label sets without the metric name and its companions. */
export function withoutMetadata(labels: LabelColumns): LabelColumns {
  return columnsWithout(labels, METADATA_LABELS)
}

/**
 * For each row the first row with the same label set, the metric name and its companions aside if `nameless`; undefined when
 * all are distinct. By label columns: no label set is built.
 */
export function sameRows(labels: LabelColumns, { nameless }: { readonly nameless: boolean }): Uint32Array | undefined {
  const { size } = labels
  if (size < 2) return undefined
  const columns: Uint32Array[] = []
  for (const name of labels.names) {
    if (nameless && METADATA_LABELS.includes(name)) continue
    columns.push(labels.column(name).ids)
  }
  return firstOfEqual(columns, hashes(columns, size), size)
}

function hashes(columns: readonly Uint32Array[], size: number): Int32Array {
  const hash = new Int32Array(size)
  for (const [i, ids] of columns.entries()) {
    const salt = Math.imul(i + 1, 0x9e3779b1)
    for (let row = 0; row < size; row++) {
      let h = Math.imul((hash[row] as number) ^ (ids[row] as number) ^ salt, 0x85ebca6b)
      h ^= h >>> 13
      hash[row] = h
    }
  }
  return hash
}

/** An open hash table over rows; rows of one hash are compared column by column. */
function firstOfEqual(columns: readonly Uint32Array[], hash: Int32Array, size: number): Uint32Array | undefined {
  let capacity = 4
  while (capacity < size * 2) capacity *= 2
  const slots = new Uint32Array(capacity)
  const first = new Uint32Array(size)
  let areDistinct = true
  for (let row = 0; row < size; row++) {
    let slot = (hash[row] as number) & (capacity - 1)
    for (;;) {
      const held = slots[slot] as number
      if (held === 0) {
        slots[slot] = row + 1
        first[row] = row
        break
      }
      if (hash[held - 1] === hash[row] && areEqual(columns, held - 1, row)) {
        first[row] = held - 1
        areDistinct = false
        break
      }
      slot = (slot + 1) & (capacity - 1)
    }
  }
  return areDistinct ? undefined : first
}

function areEqual(columns: readonly Uint32Array[], a: number, b: number): boolean {
  for (const ids of columns) if (ids[a] !== ids[b]) return false
  return true
}

/** Drops the metric name of each row (or of those that `dropName` says), and nothing else: rows may become equal. */
export function withDroppedNames(vector: StepVector): StepVector {
  const { labels, dropName } = vector
  if (dropName === undefined) return vector
  if (dropName.every((flag) => flag === 1)) return { ...vector, labels: withoutMetadata(labels), dropName: undefined }
  const sets = Array.from(dropName, (flag, row) => {
    const set = labels.at(row)
    return flag === 1 ? set.without(...METADATA_LABELS) : set
  })
  return { ...vector, labels: new LabelList(sets), dropName: undefined }
}

/**
 * Rows of one label set become one, as long as they have no sample at the same step; else throws `promql.execution`. Rows
 * without samples never count.
 */
export function merged(vector: StepVector): StepVector {
  const first = sameRows(vector.labels, { nameless: false })
  if (first === undefined) return vector
  const kept = rowsWhere(vector.labels.size, (row) => first[row] === row)
  const place = new Uint32Array(vector.labels.size)
  for (const [at, row] of kept.entries()) place[row] = at
  const table = emptyTable(
    pickedLabels(vector.labels, kept),
    vector.steps,
    vector.dropName && picked(vector.dropName, kept),
  )
  for (let row = 0; row < first.length; row++) mergeRow(vector, row, table, place[first[row] as number] as number)
  return table
}

function mergeRow(vector: StepVector, row: number, table: StepTable, to: number): void {
  const { steps } = vector
  for (let s = 0; s < steps; s++) {
    const from = row * steps + s
    const kind = vector.kinds[from] as number
    if (kind === ABSENT) continue
    const cell = to * steps + s
    if (table.kinds[cell] !== ABSENT) throw executionFailed({ message: SAME_LABELSET })
    copyCell(vector, from, table, cell)
  }
}

/** Copies one cell of whatever kind. */
export function copyCell(from: StepVector, cell: number, to: StepTable, target: number): void {
  to.kinds[target] = from.kinds[cell] as number
  to.values[target] = from.values[cell] as number
  const histogram = from.histograms?.[cell]
  if (histogram === undefined) return
  to.histograms ??= []
  to.histograms[target] = histogram
}

/** The row has a sample at some step. */
export function hasSamples({ kinds, steps }: StepVector, row: number): boolean {
  const end = (row + 1) * steps
  for (let cell = row * steps; cell < end; cell++) if (kinds[cell] !== ABSENT) return true
  return false
}

/** The vector without its empty rows; itself when there are none. */
export function withoutEmptyRows(vector: StepVector): StepVector {
  const kept = rowsWhere(vector.labels.size, (row) => hasSamples(vector, row))
  return kept.length === vector.labels.size ? vector : pickRows(vector, kept)
}

/** A vector of some of the rows, in the order given. */
export function pickRows(vector: StepVector, rows: Uint32Array): StepVector {
  if (rows.length === vector.labels.size && rows.every((row, at) => row === at)) return vector
  const { steps } = vector
  const table = emptyTable(pickedLabels(vector.labels, rows), steps, vector.dropName && picked(vector.dropName, rows))
  for (let at = 0; at < rows.length; at++) {
    const from = (rows[at] as number) * steps
    table.kinds.set(vector.kinds.subarray(from, from + steps), at * steps)
    table.values.set(vector.values.subarray(from, from + steps), at * steps)
    if (vector.histograms !== undefined) copyHistograms(vector.histograms, from, table, at * steps)
  }
  return table
}

function copyHistograms(from: NonNullable<StepVector['histograms']>, at: number, table: StepTable, to: number): void {
  for (let s = 0; s < table.steps; s++) {
    const value = from[at + s]
    if (value === undefined) continue
    table.histograms ??= []
    table.histograms[to + s] = value
  }
}

function picked(flags: Uint8Array, rows: Uint32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => flags[row] as number)
}

function rowsWhere(size: number, keep: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(size)
  let count = 0
  for (let row = 0; row < size; row++) if (keep(row)) rows[count++] = row
  return rows.subarray(0, count)
}

/** All parts as one vector, rows in their order. */
export function joined(parts: readonly StepVector[], steps: number): StepVector {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const labels = new JoinedLabels(parts.map((part) => part.labels))
  const flagged = parts.some(({ dropName }) => dropName !== undefined)
  const table = emptyTable(labels, steps, flagged ? new Uint8Array(labels.size) : undefined)
  let row = 0
  for (const part of parts) {
    table.kinds.set(part.kinds, row * steps)
    table.values.set(part.values, row * steps)
    if (part.dropName !== undefined) table.dropName?.set(part.dropName, row)
    if (part.histograms !== undefined) {
      table.histograms ??= []
      for (const [cell, value] of part.histograms.entries()) {
        if (value !== undefined) table.histograms[row * steps + cell] = value
      }
    }
    row += part.labels.size
  }
  return table
}

/** Label sets of several lists, one behind the other. */
export function joinedLabels(parts: readonly LabelColumns[]): LabelColumns {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : new JoinedLabels(parts)
}

class JoinedLabels implements LabelColumns {
  readonly #parts: readonly LabelColumns[]
  readonly #starts: readonly number[]
  readonly #columns = new Map<string, LabelColumn>()
  readonly size: number
  readonly names: readonly string[]

  constructor(parts: readonly LabelColumns[]) {
    let size = 0
    this.#parts = parts
    this.#starts = parts.map((part) => (size += part.size) - part.size)
    this.size = size
    this.names = [...new Set(parts.flatMap((part) => part.names))]
  }

  at(row: number): LabelSet {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#starts[middle] as number) <= row) low = middle
      else high = middle - 1
    }
    return this.#parts[low]?.at(row - (this.#starts[low] as number)) ?? LabelSet.EMPTY
  }

  column(name: string): LabelColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = joinedColumn(
        this.#parts.map((part) => part.column(name)),
        this.size,
      )
      this.#columns.set(name, column)
    }
    return column
  }
}

/** Parts of one selection number their values alike, and share the function that tells them: then numbers stay as they are. */
function joinedColumn(parts: readonly LabelColumn[], size: number): LabelColumn {
  const ids = new Uint32Array(size)
  const [first] = parts
  if (first !== undefined && parts.every(({ valueOf }) => valueOf === first.valueOf)) {
    let at = 0
    for (const part of parts) {
      ids.set(part.ids, at)
      at += part.ids.length
    }
    return { ids, valueOf: first.valueOf }
  }
  const values = ['']
  const numbers = new Map<string, number>([['', 0]])
  let at = 0
  for (const part of parts) {
    const known = new Map<number, number>()
    for (const id of part.ids) {
      let number = known.get(id)
      if (number === undefined) {
        number = numberOf(part.valueOf(id), values, numbers)
        known.set(id, number)
      }
      ids[at++] = number
    }
  }
  return { ids, valueOf: (id) => values[id] as string }
}

function numberOf(value: string, values: string[], numbers: Map<string, number>): number {
  let number = numbers.get(value)
  if (number === undefined) {
    number = values.length
    numbers.set(value, number)
    values.push(value)
  }
  return number
}

/** A vector of one step, at each of `steps` steps. */
export function repeated(vector: StepVector, steps: number): StepVector {
  const table = emptyTable(vector.labels, steps, vector.dropName)
  for (let row = 0; row < vector.labels.size; row++) {
    const from = row * steps
    table.kinds.fill(vector.kinds[row] as number, from, from + steps)
    table.values.fill(vector.values[row] as number, from, from + steps)
    const histogram = vector.histograms?.[row]
    if (histogram === undefined) continue
    table.histograms ??= []
    for (let s = 0; s < steps; s++) table.histograms[from + s] = histogram
  }
  return table
}
