/** Which rows of two vectors match, and which labels they match in. */
import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import { RowGroups } from '../eval/row-groups.ts'
import type { VectorMatching } from '../syntax/ast.ts'

type MatchingLabels = Pick<VectorMatching, 'on' | 'labels'>

/** Numbers the match groups of both sides alike. */
export function matchGroups({ on, labels }: MatchingLabels): RowGroups {
  return new RowGroups(on ? { kind: 'only', labels } : { kind: 'all-but', labels: [...labels, METRIC_NAME] })
}

/** Rows match in this label. */
export function isMatched(name: string, { on, labels }: MatchingLabels): boolean {
  return on ? labels.includes(name) : name !== METRIC_NAME && !labels.includes(name)
}

/** The labels in which a row matches others. Follows Labels.MatchLabels. */
export function matchedLabels(set: LabelSet, matching: MatchingLabels): LabelSet {
  return keptLabels(set, (name) => isMatched(name, matching))
}

export function keptLabels(set: LabelSet, keep: (name: string) => boolean): LabelSet {
  return LabelSet.fromSorted([...set.entries()].filter(([name]) => keep(name)).flat())
}

/** The rows of each group, in order: those of group g are `rows[starts[g]]` up to, not including, `rows[starts[g + 1]]`. */
export interface GroupedRows {
  readonly starts: Uint32Array
  readonly rows: Uint32Array
}

export function rowsByGroup(groups: Uint32Array, count: number): GroupedRows {
  const starts = new Uint32Array(count + 1)
  for (const group of groups) starts[group + 1] = (starts[group + 1] as number) + 1
  for (let group = 0; group < count; group++)
    starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number)
  const next = starts.slice()
  const rows = new Uint32Array(groups.length)
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row] as number
    const at = next[group] as number
    rows[at] = row
    next[group] = at + 1
  }
  return { starts, rows }
}
