import { compareUtf8 } from '../../core/utf8.ts'
import type { LabelColumn, LabelColumns } from '../../signals/metrics.ts'
import { labelsJson } from './result-json.ts'

/** Below this many rows, columns cost more than they save. */
const FEW_ROWS = 8

/** `{"a":"b",...}` of each row, in the order of label sets; a label's text is made once for all rows that carry it. */
export function rowLabels(labels: LabelColumns): (row: number) => string {
  if (labels.size <= FEW_ROWS) return (row) => labelsJson(labels.at(row))
  const columns: readonly TextColumn[] = labels.names.toSorted(compareUtf8).map((name) => {
    const { ids, valueOf } = labels.column(name)
    return { ids, valueOf, head: `${JSON.stringify(name)}:`, texts: new Map<number, string>() }
  })
  const parts = joinedConstants(columns)
  return (row) => {
    let text = ''
    for (const part of parts) {
      const label = typeof part === 'string' ? part : labelOf(part, row)
      if (label !== '') text += text === '' ? label : `,${label}`
    }
    return `{${text}}`
  }
}

interface TextColumn extends LabelColumn {
  /** The label's name with its colon. */
  readonly head: string
  /** By id of a value. */
  readonly texts: Map<number, string>
}

function labelOf({ ids, valueOf, head, texts }: TextColumn, row: number): string {
  const id = ids[row] as number
  if (id === 0) return ''
  let label = texts.get(id)
  if (label === undefined) texts.set(id, (label = head + JSON.stringify(valueOf(id))))
  return label
}

/** Labels that all rows have in common as text, those side by side in one. */
function joinedConstants(columns: readonly TextColumn[]): readonly (TextColumn | string)[] {
  const parts: (TextColumn | string)[] = []
  for (const column of columns) {
    const { ids } = column
    if (!ids.every((id) => id === ids[0])) {
      parts.push(column)
      continue
    }
    const label = labelOf(column, 0)
    const before = parts.at(-1)
    if (typeof before === 'string' && label !== '') parts[parts.length - 1] = `${before},${label}`
    else if (label !== '') parts.push(label)
  }
  return parts
}
