import type { LabelSet } from '../../model/labels.ts'
import type { NameScheme } from '../../model/names.ts'
import { ACTIONS } from './actions.ts'
import type { RelabelConfig } from './config.ts'
import { LabelChanges } from './label-changes.ts'

/** Undefined when a rule dropped the labels; the very same set when no rule changed it. */
export type Relabeler = (labels: LabelSet) => LabelSet | undefined

/**
 * Makes a list of rules ready to run, in their order. Compile once a job: expressions and templates are read here.
 * `scheme` decides which names `replace` may write. Costs linear time in the length of the labels.
 */
export function compileRelabeling(rules: readonly RelabelConfig[], scheme: NameScheme = 'utf8'): Relabeler {
  const steps = rules.map((rule) => ACTIONS[rule.action](rule, scheme))
  if (steps.length === 0) return (labels) => labels
  return (labels) => {
    const changes = new LabelChanges(labels)
    for (const step of steps) if (!step(changes)) return undefined
    return changes.finish()
  }
}
