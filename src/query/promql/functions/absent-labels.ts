import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import type { Expression } from '../syntax/ast.ts'

/**
 * Labels of what absent and absent_over_time answer: those that the selector asks for with one `=` each. Follows
 * createLabelsForAbsentFunction, promql/functions.go@v3.14.
 */
export function absentLabels(argument: Expression | undefined): LabelSet {
  const labels = new Map<string, string>()
  const equal = new Set<string>()
  for (const { name, op, value } of matchersOf(argument)) {
    if (name === METRIC_NAME) continue
    if (op === '=' && !equal.has(name)) {
      labels.set(name, value)
      equal.add(name)
    } else {
      labels.delete(name)
    }
  }
  return LabelSet.from(labels)
}

function matchersOf(argument: Expression | undefined): readonly Matcher[] {
  if (argument?.kind === 'selector') return argument.matchers
  return argument?.kind === 'matrix' ? argument.selector.matchers : []
}
