/** The groups of an aggregation and their labels. Follows generateGroupingKey and generateGroupingLabels, promql/engine.go@v3.14. */
import { compareUtf8 } from '../../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import type { LabelColumns } from '../../../signals/metrics.ts'
import { RowGroups } from '../eval/row-groups.ts'
import type { Aggregation } from '../syntax/ast.ts'

/** What `by (...)` or `without (...)` says. */
export type GroupingClause = Pick<Aggregation, 'grouping' | 'without'>

export class Grouping {
  readonly #groups: RowGroups
  readonly #labelsOf: (labels: LabelColumns, row: number) => LabelSet
  readonly #sets: LabelSet[] = []

  /** `leftOut`: a label that tells no groups apart and is in no group's labels, whatever the clause says. */
  constructor({ grouping, without }: GroupingClause, leftOut?: string) {
    if (without) {
      const dropped = leftOut === undefined ? [...grouping, METRIC_NAME] : [...grouping, METRIC_NAME, leftOut]
      this.#groups = new RowGroups({ kind: 'all-but', labels: dropped })
      this.#labelsOf = (labels, row) => labels.at(row).without(...dropped)
    } else {
      const kept = [...new Set(grouping)].filter((name) => name !== leftOut).sort(compareUtf8)
      this.#groups = new RowGroups({ kind: 'only', labels: kept })
      this.#labelsOf = (labels, row) => keptLabels(labels, row, kept)
    }
  }

  get size(): number {
    return this.#groups.size
  }

  /** The label sets of the groups, by number; grows with each part. */
  get sets(): readonly LabelSet[] {
    return this.#sets
  }

  /** The group of each row. */
  of(labels: LabelColumns): Uint32Array {
    const groups = this.#groups.of(labels)
    for (let row = 0; row < groups.length; row++) {
      if ((groups[row] as number) === this.#sets.length) this.#sets.push(this.#labelsOf(labels, row))
    }
    return groups
  }
}

function keptLabels(labels: LabelColumns, row: number, names: readonly string[]): LabelSet {
  const pairs: string[] = []
  for (const name of names) {
    const { ids, valueOf } = labels.column(name)
    const id = ids[row] as number
    if (id !== 0) pairs.push(name, valueOf(id))
  }
  return LabelSet.fromSorted(pairs)
}
