import { compareUtf8 } from '../../../core/utf8.ts'
import { compareLabelSets } from '../../../model/labels.ts'
import type { LabelColumn, LabelColumns } from '../../../signals/metrics.ts'
import type { Expression } from '../syntax/ast.ts'
import { withoutParens } from './plan.ts'

/** Rows in order of their label sets (labels.Compare of Prometheus). */
export function byLabels(labels: LabelColumns): Uint32Array {
  const rows = Uint32Array.from({ length: labels.size }, (_, row) => row)
  if (rows.length < 2) return rows
  const columns = varyingColumns(labels)
  if (columns !== undefined) return rows.sort((a, b) => compareColumns(columns, a, b))
  const sets = Array.from(rows, (row) => labels.at(row))
  return rows.sort((a, b) => compareLabelSets(sets[a] as (typeof sets)[0], sets[b] as (typeof sets)[0]))
}

/** A column and, once two rows had to be told apart by it, the rank of each of its values. */
interface Ranked extends LabelColumn {
  ranks: ReadonlyMap<number, number> | undefined
}

/**
 * By label name in order, but for those that are the same in all rows. Only where every row has the same names: else which name
 * comes first differs from pair to pair.
 */
function varyingColumns(labels: LabelColumns): readonly Ranked[] | undefined {
  const columns: Ranked[] = []
  for (const name of [...labels.names].sort(compareUtf8)) {
    const { ids, valueOf } = labels.column(name)
    const first = ids[0] as number
    if (ids.every((id) => id === first)) continue
    if (ids.includes(0)) return undefined
    columns.push({ ids, valueOf, ranks: undefined })
  }
  return columns
}

function compareColumns(columns: readonly Ranked[], a: number, b: number): number {
  for (const column of columns) {
    const [x, y] = [column.ids[a] as number, column.ids[b] as number]
    if (x === y) continue
    column.ranks ??= ranksOf(column)
    return (column.ranks.get(x) as number) - (column.ranks.get(y) as number)
  }
  return 0
}

function ranksOf({ ids, valueOf }: LabelColumn): ReadonlyMap<number, number> {
  const sorted = [...new Set(ids)].sort((a, b) => compareUtf8(valueOf(a), valueOf(b)))
  return new Map(sorted.map((id, rank) => [id, rank]))
}

const SORTS: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc'])

/** The order of the result's rows is part of what the expression says. */
export function hasOwnOrder(expression: Expression): boolean {
  const node = withoutParens(expression)
  if (node.kind === 'call') return SORTS.has(node.func.name)
  if (node.kind === 'aggregation') return node.op === 'topk' || node.op === 'bottomk'
  return false
}
