/** Functions that change labels and nothing else. Follow evalLabelReplace and evalLabelJoin, promql/functions.go@v3.14. */
import { METRIC_NAME } from '../../../model/labels.ts'
import { isLabelName } from '../../../model/names.ts'
import { compileCapturingRegexp } from '../../../model/regexp.ts'
import type { CapturingRegexp } from '../../../model/regexp.ts'
import { expandTemplate, parseTemplate } from '../../../model/regexp-template.ts'
import { executionFailed } from '../eval/errors.ts'
import { merged, withoutEmptyRows } from '../eval/rows.ts'
import type { StepVector, Value } from '../eval/vector.ts'
import { stringAt, vectorAt, vectorValue } from './columns.ts'
import type { FunctionTable } from './contract.ts'
import { ChangedLabel } from './changed-label.ts'

/** `label_replace(v, dst, replacement, src, regex)`: the expression runs once for each distinct value of `src`. */
function labelReplace(args: readonly Value[]): Value {
  const [target, replacement, source, pattern] = [1, 2, 3, 4].map((i) => stringAt(args, i)) as [
    string,
    string,
    string,
    string,
  ]
  const regexp = compiled(pattern)
  if (!isLabelName(target, 'utf8')) throw badName('destination label name in label_replace()', target)
  const template = parseTemplate(replacement, regexp)
  const { labels } = vectorAt(args, 0)
  const column = labels.column(source)
  const made = new Map<number, string | undefined>()
  const values = Array.from(column.ids, (id) => {
    if (!made.has(id)) {
      const groups = regexp.exec(column.valueOf(id))
      made.set(id, groups === undefined ? undefined : expandTemplate(template, groups))
    }
    return made.get(id)
  })
  return relabelled(vectorAt(args, 0), target, values)
}

function compiled(pattern: string): CapturingRegexp {
  try {
    return compileCapturingRegexp(pattern)
  } catch {
    throw executionFailed({ message: `invalid regular expression in label_replace(): ${pattern}` })
  }
}

/** `label_join(v, dst, separator, src...)`. */
function labelJoin(args: readonly Value[]): Value {
  const target = stringAt(args, 1)
  const separator = stringAt(args, 2)
  const sources = args.slice(3).map((_, i) => stringAt(args, i + 3))
  for (const source of sources) {
    if (!isLabelName(source, 'utf8')) throw badName('source label name in label_join()', source)
  }
  if (!isLabelName(target, 'utf8')) throw badName('destination label name in label_join()', target)
  const { labels } = vectorAt(args, 0)
  const columns = sources.map((source) => labels.column(source))
  const values = Array.from({ length: labels.size }, (_, row) =>
    columns.map(({ ids, valueOf }) => valueOf(ids[row] as number)).join(separator),
  )
  return relabelled(vectorAt(args, 0), target, values)
}

function badName(what: string, name: string): Error {
  return executionFailed({ message: `invalid ${what}: ${name}` })
}

/** With `values` (undefined = as it was) as the label; rows that become equal are one where they have no step in common. */
function relabelled(vector: StepVector, name: string, values: readonly (string | undefined)[]): Value {
  const labels = new ChangedLabel(vector.labels, name, values)
  // Who writes the metric's name wants it kept.
  const dropName =
    name === METRIC_NAME ? vector.dropName?.map((flag, row) => (values[row] === undefined ? flag : 0)) : vector.dropName
  return vectorValue(merged(withoutEmptyRows({ ...vector, labels, dropName })))
}

export const labelFunctions: FunctionTable = {
  label_replace: { name: 'keep', whole: true, evaluate: labelReplace },
  label_join: { name: 'keep', whole: true, evaluate: labelJoin },
}
