/** Functions that put the rows of an instant result in order. Over a range they only warn. */
import { compareUtf8 } from '../../../core/utf8.ts'
import { compareLabelSets } from '../../../model/labels.ts'
import { byLabels } from '../eval/order.ts'
import { pickRows, withoutEmptyRows } from '../eval/rows.ts'
import type { Evaluation } from '../eval/context.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import type { Call } from '../syntax/ast.ts'
import { floatsOnly, stringAt, vectorAt, vectorValue } from './columns.ts'
import type { FunctionEntry, FunctionTable } from './contract.ts'
import { chunksOf, precedesNaturally } from './natural-order.ts'

const INEFFECTIVE = 'sort is ineffective for range queries since results are always ordered by labels'

/** `a` has its place before `b`. */
type Precedes = (a: number, b: number) => boolean

function sorter(
  prepare: (vector: StepVector) => StepVector,
  order: (vector: StepVector, args: readonly Value[]) => Precedes,
): FunctionEntry {
  return {
    name: 'keep',
    whole: true,
    evaluate: (args, call: Call, { grid, annotations }: Evaluation) => {
      const vector = prepare(vectorAt(args, 0))
      if (grid.count !== 1) {
        annotations.warn(INEFFECTIVE, call.span)
        return vectorValue(vector)
      }
      const rows = withoutEmptyRows(vector)
      return vectorValue(pickRows(rows, sortedRows(rows, order(rows, args))))
    },
  }
}

/**
 * Rows that come in order of their labels are put in order. `precedes` may be no strict order: few rows are sorted by
 * insertion, as Go does with up to 12, so that the outcome is the same there.
 */
function sortedRows({ labels }: StepVector, precedes: Precedes): Uint32Array {
  const rows = byLabels(labels)
  if (rows.length > 12) return rows.sort((a, b) => (precedes(a, b) ? -1 : precedes(b, a) ? 1 : 0))
  for (let i = 1; i < rows.length; i++) {
    for (let at = i; at > 0 && precedes(rows[at] as number, rows[at - 1] as number); at--) {
      const row = rows[at] as number
      rows[at] = rows[at - 1] as number
      rows[at - 1] = row
    }
  }
  return rows
}

/** NaN comes last in both directions. */
function byValue(sign: 1 | -1): FunctionEntry {
  return sorter(floatsOnly, ({ values }) => (a, b) => {
    const x = values[a] as number
    const y = values[b] as number
    if (y !== y) return x === x
    return sign * x < sign * y
  })
}

/** By the values of the given labels in natural order, then by all labels. */
function byLabel(sign: 1 | -1): FunctionEntry {
  return sorter(
    (vector) => vector,
    ({ labels }, args) => {
      const keys = args.slice(1).map((_, i) => {
        const { ids, valueOf } = labels.column(stringAt(args, i + 1))
        const chunks = new Map<number, readonly string[]>()
        for (const id of ids) if (!chunks.has(id)) chunks.set(id, chunksOf(valueOf(id)))
        return { ids, chunks }
      })
      return (a, b) => {
        for (const { ids, chunks } of keys) {
          if (ids[a] === ids[b]) continue
          const x = chunks.get(ids[a] as number) as readonly string[]
          const y = chunks.get(ids[b] as number) as readonly string[]
          // Not the other way round: neither may precede the other.
          return precedesNaturally(x, y, compareUtf8) === (sign === 1)
        }
        return sign * compareLabelSets(labels.at(a), labels.at(b)) < 0
      }
    },
  )
}

export const sortFunctions: FunctionTable = {
  sort: byValue(1),
  sort_desc: byValue(-1),
  sort_by_label: byLabel(1),
  sort_by_label_desc: byLabel(-1),
}
