import { compareUtf8 } from '../../core/utf8.ts'
import type { LabelColumns } from '../../signals/metrics.ts'
import { labelsJson } from './result-json.ts'

/** Below this many rows, columns cost more than they save. */
const FEW_ROWS = 8

/** `{"a":"b",...}` of each row, in the order of label sets; a label's text is made once for all rows that carry it. */
export function rowLabels(labels: LabelColumns): (row: number) => string {
  if (labels.size <= FEW_ROWS) return (row) => labelsJson(labels.at(row))
  const columns = labels.names.toSorted(compareUtf8).map((name) => {
    const { ids, valueOf } = labels.column(name)
    return { ids, valueOf, head: `${JSON.stringify(name)}:`, texts: [] as string[] }
  })
  return (row) => {
    let text = ''
    for (const { ids, valueOf, head, texts } of columns) {
      const id = ids[row] as number
      if (id === 0) continue
      const label = (texts[id] ??= head + JSON.stringify(valueOf(id)))
      text += text === '' ? label : `,${label}`
    }
    return `{${text}}`
  }
}
