/** The label sets of what a binary operator makes of pairs of rows. Follows resultMetric, promql/engine.go@v3.14. */
import type { LabelSet } from '../../../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'
import { METADATA_LABELS } from '../eval/rows.ts'
import type { VectorMatching } from '../syntax/ast.ts'
import { isMatched, keptLabels, matchedLabels } from './match-groups.ts'

/** In place of a row that a fill value stands for. */
export const FILLED = 0xffffffff

/** Rows of both sides, by pair. `many` is the side that may have several rows in a group: it gives most of the labels. */
export interface Pairs {
  readonly many: Uint32Array
  readonly one: Uint32Array
}

interface Sides {
  readonly many: LabelColumns
  readonly one: LabelColumns
}

export class PairedLabels implements LabelColumns {
  readonly #sides: Sides
  readonly #pairs: Pairs
  readonly #matching: VectorMatching
  readonly #dropsMetadata: boolean
  readonly #columns = new Map<string, LabelColumn>()
  readonly #hasFills: boolean
  readonly names: readonly string[]

  constructor(sides: Sides, pairs: Pairs, matching: VectorMatching, dropsMetadata: boolean) {
    this.#sides = sides
    this.#pairs = pairs
    this.#matching = matching
    this.#dropsMetadata = dropsMetadata
    this.#hasFills = pairs.many.includes(FILLED) || pairs.one.includes(FILLED)
    const base = new Set([...sides.many.names, ...(this.#hasFills ? sides.one.names : [])])
    this.names = [...new Set([...[...base].filter((name) => this.#isKept(name)), ...matching.include])]
  }

  get size(): number {
    return this.#pairs.many.length
  }

  at(pair: number): LabelSet {
    const [many, one] = [this.#pairs.many[pair] as number, this.#pairs.one[pair] as number]
    const base = many === FILLED ? this.#matchedOf('one', one) : this.#sides.many.at(many)
    const kept = keptLabels(base, (name) => this.#isKept(name))
    const { include } = this.#matching
    if (include.length === 0) return kept
    const other = one === FILLED ? this.#matchedOf('many', many) : this.#sides.one.at(one)
    return kept.with(Object.fromEntries(include.map((name) => [name, other.get(name) ?? ''])))
  }

  column(name: string): LabelColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = this.#columnOf(name)
      this.#columns.set(name, column)
    }
    return column
  }

  #columnOf(name: string): LabelColumn {
    const isIncluded = this.#matching.include.includes(name)
    if (!isIncluded && !this.#isKept(name)) return { ids: new Uint32Array(this.size), valueOf: () => '' }
    const [first, second] = isIncluded ? (['one', 'many'] as const) : (['many', 'one'] as const)
    const own = this.#sides[first].column(name)
    const ids = this.#pairs[first].map((row) => (row === FILLED ? 0 : (own.ids[row] as number)))
    // What a fill value stands for has the labels that its partner was matched in.
    if (!this.#hasFills || !isMatched(name, this.#matching)) return { ids, valueOf: own.valueOf }
    return this.#filled(name, { first, second }, { ids, valueOf: own.valueOf })
  }

  #filled(
    name: string,
    { first, second }: { readonly first: keyof Pairs; readonly second: keyof Pairs },
    { ids, valueOf }: LabelColumn,
  ): LabelColumn {
    const values = ['']
    const numbers = new Map<string, number>([['', 0]])
    const other = this.#sides[second].column(name)
    for (let pair = 0; pair < ids.length; pair++) {
      const isFilled = this.#pairs[first][pair] === FILLED
      const row = this.#pairs[second][pair] as number
      const text = isFilled ? other.valueOf(other.ids[row] as number) : valueOf(ids[pair] as number)
      let number = numbers.get(text)
      if (number === undefined) {
        number = values.length
        numbers.set(text, number)
        values.push(text)
      }
      ids[pair] = number
    }
    return { ids, valueOf: (id) => values[id] as string }
  }

  #matchedOf(side: keyof Sides, row: number): LabelSet {
    return matchedLabels(this.#sides[side].at(row), this.#matching)
  }

  /** Labels of the many side that stay, before those of the other side are included. */
  #isKept(name: string): boolean {
    if (this.#dropsMetadata && METADATA_LABELS.includes(name)) return false
    const { cardinality, on, labels } = this.#matching
    return cardinality !== 'one-to-one' || labels.includes(name) === on
  }
}
