import { compareUtf8 } from '../../../core/utf8.ts'
import { compareLabelSets } from '../../../model/labels.ts'
import type { LabelColumns } from '../../../signals/metrics.ts'
import type { Expression } from '../syntax/ast.ts'
import { withoutParens } from './plan.ts'

/** Rows in order of their label sets (labels.Compare of Prometheus). */
export function byLabels(labels: LabelColumns): Uint32Array {
  const rows = Uint32Array.from({ length: labels.size }, (_, row) => row)
  if (rows.length < 2) return rows
  const ranks = sharedRanks(labels)
  if (ranks !== undefined) return rows.sort((a, b) => compareRanks(ranks, a, b))
  const sets = Array.from(rows, (row) => labels.at(row))
  return rows.sort((a, b) => compareLabelSets(sets[a] as (typeof sets)[0], sets[b] as (typeof sets)[0]))
}

/**
 * By label name in order: the rank of each row's value. Only where every row has the same names: else which name comes first
 * differs from pair to pair.
 */
function sharedRanks(labels: LabelColumns): readonly Uint32Array[] | undefined {
  const ranks: Uint32Array[] = []
  for (const name of [...labels.names].sort(compareUtf8)) {
    const { ids, valueOf } = labels.column(name)
    const distinct = [...new Set(ids)]
    if (distinct.length === 1 && distinct[0] === 0) continue
    if (distinct.includes(0)) return undefined
    if (distinct.length === 1) continue
    const rankOf = new Map<number, number>()
    const sorted = distinct.sort((a, b) => compareUtf8(valueOf(a), valueOf(b)))
    for (const [rank, id] of sorted.entries()) rankOf.set(id, rank)
    ranks.push(ids.map((id) => rankOf.get(id) as number))
  }
  return ranks
}

function compareRanks(ranks: readonly Uint32Array[], a: number, b: number): number {
  for (const rank of ranks) {
    const order = (rank[a] as number) - (rank[b] as number)
    if (order !== 0) return order
  }
  return 0
}

const SORTS: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc'])

/** The order of the result's rows is part of what the expression says. */
export function hasOwnOrder(expression: Expression): boolean {
  const node = withoutParens(expression)
  if (node.kind === 'call') return SORTS.has(node.func.name)
  if (node.kind === 'aggregation') return node.op === 'topk' || node.op === 'bottomk'
  return false
}
