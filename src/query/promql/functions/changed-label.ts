import type { LabelSet } from '../../../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'

/** The same label sets with another value of one label, by row; undefined leaves a row as it is, '' takes the label away. */
export class ChangedLabel implements LabelColumns {
  readonly names: readonly string[]
  readonly #all: LabelColumns
  readonly #name: string
  readonly #values: readonly (string | undefined)[]
  #column: LabelColumn | undefined

  constructor(all: LabelColumns, name: string, values: readonly (string | undefined)[]) {
    this.#all = all
    this.#name = name
    this.#values = values
    this.names = all.names.includes(name) ? all.names : [...all.names, name]
  }

  get size(): number {
    return this.#all.size
  }

  at(row: number): LabelSet {
    const value = this.#values[row]
    const labels = this.#all.at(row)
    return value === undefined ? labels : labels.with({ [this.#name]: value })
  }

  column(name: string): LabelColumn {
    if (name !== this.#name) return this.#all.column(name)
    this.#column ??= this.#changed()
    return this.#column
  }

  #changed(): LabelColumn {
    const before = this.#all.column(this.#name)
    const values = ['']
    const numbers = new Map<string, number>([['', 0]])
    const ids = before.ids.map((id, row) => {
      const value = this.#values[row] ?? before.valueOf(id)
      let number = numbers.get(value)
      if (number === undefined) {
        number = values.length
        numbers.set(value, number)
        values.push(value)
      }
      return number
    })
    return { ids, valueOf: (id) => values[id] as string }
  }
}
