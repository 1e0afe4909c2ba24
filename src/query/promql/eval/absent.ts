/** What `absent` and `absent_over_time` answer: one series with value 1 where no other has a sample. */
import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import type { Expression } from '../syntax/ast.ts'
import { LabelList } from './label-columns.ts'
import { ABSENT, emptyTable, FLOAT } from './vector.ts'
import type { StepVector } from './vector.ts'

/** 1 at each step at which none of the rows has a sample; no series at all when there is no such step. `arg` gives the labels. */
export async function absentIn(
  parts: AsyncIterable<StepVector>,
  arg: Expression | undefined,
  steps: number,
): Promise<StepVector> {
  const isPresent = new Uint8Array(steps)
  for await (const { kinds } of parts) {
    for (let cell = 0; cell < kinds.length; cell++) if (kinds[cell] !== ABSENT) isPresent[cell % steps] = 1
  }
  const labels = isPresent.includes(0) ? [labelsOf(arg)] : []
  const table = emptyTable(new LabelList(labels), steps)
  if (labels.length === 0) return table
  for (let s = 0; s < steps; s++) {
    if (isPresent[s] === 1) continue
    table.kinds[s] = FLOAT
    table.values[s] = 1
  }
  return table
}

function labelsOf(arg: Expression | undefined): LabelSet {
  if (arg?.kind === 'selector') return equalityLabels(arg.matchers)
  return arg?.kind === 'matrix' ? equalityLabels(arg.selector.matchers) : LabelSet.EMPTY
}

/** Labels that a selector names by equality; a label that it names more than once is left out. */
function equalityLabels(matchers: readonly Matcher[]): LabelSet {
  const labels = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, op, value } of matchers) {
    if (name === METRIC_NAME) continue
    if (op === '=' && !seen.has(name)) {
      labels.set(name, value)
      seen.add(name)
    } else labels.delete(name)
  }
  return LabelSet.from(labels)
}
