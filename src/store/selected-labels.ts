import type { LabelSet } from '../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../signals/metrics.ts'
import type { SeriesRegistry } from './head/registry.ts'

/**
 * The label sets of a selection: first the series that the head knows, whose values are numbered there already, then those
 * that only the tables know. The head keeps its labels for as long as this can be reached (`Head.keepLabelsOf`).
 */
export class SelectedLabels implements LabelColumns {
  readonly #registry: SeriesRegistry
  readonly #refs: Uint32Array
  readonly #stored: readonly LabelSet[]
  readonly #columns = new Map<string, LabelColumn>()
  #names: readonly string[] | undefined

  constructor(registry: SeriesRegistry, refs: Uint32Array, stored: readonly LabelSet[]) {
    this.#registry = registry
    this.#refs = refs
    this.#stored = stored
  }

  get size(): number {
    return this.#refs.length + this.#stored.length
  }

  get names(): readonly string[] {
    if (this.#names === undefined) {
      const names = this.#registry.namesOf(this.#refs)
      for (const { pairs } of this.#stored) for (let i = 0; i < pairs.length; i += 2) names.add(pairs[i] as string)
      this.#names = [...names]
    }
    return this.#names
  }

  at(row: number): LabelSet {
    const known = this.#refs.length
    return row < known ? this.#registry.labelsOf(this.#refs[row] as number) : (this.#stored[row - known] as LabelSet)
  }

  column(name: string): LabelColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = this.#makeColumn(name)
      this.#columns.set(name, column)
    }
    return column
  }

  #makeColumn(name: string): LabelColumn {
    const ids = new Uint32Array(this.size)
    const label = this.#registry.label(name)
    if (label !== undefined) this.#registry.column(label, this.#refs, ids)
    if (this.#stored.length === 0) return { ids, valueOf: (id) => label?.valueOf(id) ?? '' }
    // Values that the head does not know are numbered behind its own of now; those it knows it may forget, so they are kept.
    let next = label?.capacity ?? 1
    const numbers = new Map<string, number>()
    const values = new Map<number, string>()
    for (const [i, labels] of this.#stored.entries()) {
      const value = labels.get(name)
      if (value === undefined) continue
      let id = numbers.get(value)
      if (id === undefined) {
        id = label?.idOf(value) ?? next++
        values.set(id, value)
        numbers.set(value, id)
      }
      ids[this.#refs.length + i] = id
    }
    return { ids, valueOf: (id) => values.get(id) ?? label?.valueOf(id) ?? '' }
  }
}
