import type { LabelSet } from '../../../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'

/** Label sets that are there already, by row and by column. Columns are made at their first use. */
export class LabelList implements LabelColumns {
  readonly #sets: readonly LabelSet[]
  readonly #columns = new Map<string, LabelColumn>()
  #names: readonly string[] | undefined

  /** The list is the caller's, and must not change from now on. */
  constructor(sets: readonly LabelSet[]) {
    this.#sets = sets
  }

  get size(): number {
    return this.#sets.length
  }

  at(row: number): LabelSet {
    return this.#sets[row] as LabelSet
  }

  get names(): readonly string[] {
    if (this.#names === undefined) {
      const names = new Set<string>()
      for (const { pairs } of this.#sets) for (let i = 0; i < pairs.length; i += 2) names.add(pairs[i] as string)
      this.#names = [...names]
    }
    return this.#names
  }

  column(name: string): LabelColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = columnOf(this.#sets, name)
      this.#columns.set(name, column)
    }
    return column
  }
}

function columnOf(sets: readonly LabelSet[], name: string): LabelColumn {
  const values = ['']
  const numbers = new Map<string, number>([['', 0]])
  const ids = new Uint32Array(sets.length)
  for (const [row, labels] of sets.entries()) {
    const value = labels.get(name) ?? ''
    let id = numbers.get(value)
    if (id === undefined) {
      id = values.length
      numbers.set(value, id)
      values.push(value)
    }
    ids[row] = id
  }
  return { ids, valueOf: (id) => values[id] as string }
}

/** The same label sets, a part of the rows, in the order of `rows`. */
export function pickedLabels(labels: LabelColumns, rows: Uint32Array): LabelColumns {
  return new PickedLabels(labels, rows)
}

class PickedLabels implements LabelColumns {
  readonly #all: LabelColumns
  readonly #rows: Uint32Array
  readonly #columns = new Map<string, LabelColumn>()

  constructor(all: LabelColumns, rows: Uint32Array) {
    this.#all = all
    this.#rows = rows
  }

  get size(): number {
    return this.#rows.length
  }

  get names(): readonly string[] {
    return this.#all.names
  }

  at(row: number): LabelSet {
    return this.#all.at(this.#rows[row] as number)
  }

  column(name: string): LabelColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      const { ids, valueOf } = this.#all.column(name)
      column = { ids: pickedIds(ids, this.#rows), valueOf }
      this.#columns.set(name, column)
    }
    return column
  }
}

function pickedIds(ids: Uint32Array, rows: Uint32Array): Uint32Array {
  const picked = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = ids[rows[i] as number] as number
  return picked
}

/** The same label sets without some labels: rows may be equal. The columns themselves when they have none of these. */
export function columnsWithout(labels: LabelColumns, left: readonly string[]): LabelColumns {
  return left.some((name) => labels.names.includes(name)) ? new ReducedLabels(labels, left) : labels
}

class ReducedLabels implements LabelColumns {
  readonly #all: LabelColumns
  readonly #left: readonly string[]
  readonly names: readonly string[]

  constructor(all: LabelColumns, left: readonly string[]) {
    this.#all = all
    this.#left = left
    this.names = all.names.filter((name) => !left.includes(name))
  }

  get size(): number {
    return this.#all.size
  }

  at(row: number): LabelSet {
    return this.#all.at(row).without(...this.#left)
  }

  column(name: string): LabelColumn {
    return this.#left.includes(name) ? { ids: new Uint32Array(this.size), valueOf: () => '' } : this.#all.column(name)
  }
}
