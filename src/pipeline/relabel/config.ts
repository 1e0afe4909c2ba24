/** The rules of `*relabel_configs`. Keys, defaults and checks follow relabel.Config, prometheus/model/relabel/relabel.go@v3.14. */
import { z } from 'zod'
import { messageOf } from '../../core/errors.ts'
import { compileCapturingRegexp } from '../../model/regexp.ts'
import type { CapturingRegexp } from '../../model/regexp.ts'
import { isLabelName, isUnicode } from '../../model/names.ts'
import type { NameScheme } from '../../model/names.ts'

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const
export type RelabelAction = (typeof RELABEL_ACTIONS)[number]

const DEFAULT = { separator: ';', regex: '(.*)', replacement: '$1' } as const

const regex = z
  .string()
  .nullable() // `regex:` with nothing behind it is the empty pattern, not the default one
  .transform((pattern, ctx): CapturingRegexp => {
    try {
      return compileCapturingRegexp(pattern ?? '')
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: `not a regular expression: ${messageOf(error)}` })
      return compileCapturingRegexp('')
    }
  })

const known: ReadonlySet<string> = new Set(RELABEL_ACTIONS)

const action = z
  .string()
  .nullable()
  .transform((text, ctx): RelabelAction => {
    const name = (text ?? '').toLowerCase()
    if (known.has(name)) return name as RelabelAction
    const message =
      name === ''
        ? 'relabel action cannot be empty'
        : `unknown relabel action ${JSON.stringify(text)} (there are ${RELABEL_ACTIONS.join(', ')})`
    ctx.addIssue({ code: 'custom', message })
    return 'replace'
  })

const emptyWhenNull = z
  .string()
  .nullable()
  .transform((text) => text ?? '')

export const relabelSchema = z
  .strictObject({
    source_labels: z
      .array(z.string().refine((name) => isLabelName(name, 'utf8'), { error: 'not a valid label name' }))
      .optional()
      .describe('labels whose values are joined'),
    separator: emptyWhenNull.prefault(DEFAULT.separator).describe('stands between the joined values'),
    regex: regex
      .prefault(DEFAULT.regex)
      .describe('RE2 expression that the joined value (or a label name) must match as a whole'),
    modulus: z.int().min(0).prefault(0).describe('what the hash is divided by, for hashmod'),
    target_label: z.string().prefault('').describe('label that is written; may hold $1 or ${name} for replace'),
    replacement: emptyWhenNull.prefault(DEFAULT.replacement).describe('what is written; may hold $1 or ${name}'),
    action: action.prefault('replace').describe('what to do'),
  })
  .superRefine((rule, ctx) => {
    for (const { key, message } of relabelFaults(rule, 'utf8')) {
      ctx.addIssue({ code: 'custom', path: key === undefined ? [] : [key], message })
    }
  })

/** One rule, with its expression compiled. Whether its label names must be legacy ones is the job's matter: `relabelFaults`. */
export type RelabelConfig = z.output<typeof relabelSchema>

export interface RelabelFault {
  /** The key at fault; undefined when it is one that is missing. */
  readonly key?: keyof RelabelConfig
  readonly message: string
}

const NEEDS_TARGET: readonly RelabelAction[] = [
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]
const ONLY: Readonly<Partial<Record<RelabelAction, readonly (keyof RelabelConfig)[]>>> = {
  keepequal: ['source_labels', 'target_label'],
  dropequal: ['source_labels', 'target_label'],
  labeldrop: ['regex'],
  labelkeep: ['regex'],
}

/** Everything that is wrong with a rule under `scheme`. A rule without faults under `legacy` has none under `utf8`. */
export function relabelFaults(rule: RelabelConfig, scheme: NameScheme): readonly RelabelFault[] {
  return [...needs(rule), ...names(rule, scheme), ...leftOvers(rule)]
}

function* needs({ action: act, modulus, target_label: target }: RelabelConfig): Iterable<RelabelFault> {
  if (act === 'hashmod' && modulus === 0) {
    yield { message: 'relabel configuration for hashmod requires non-zero modulus' }
  }
  if (NEEDS_TARGET.includes(act) && target === '') {
    yield { message: `relabel configuration for ${act} action requires 'target_label' value` }
  }
}

function* names(rule: RelabelConfig, scheme: NameScheme): Iterable<RelabelFault> {
  const { action: act, target_label: target, replacement } = rule
  const mayHoldGroups = act === 'replace' && target.includes('$')
  if (NEEDS_TARGET.includes(act) && target !== '') {
    const valid = mayHoldGroups ? isLabelTemplate(target, scheme) : isLabelName(target, scheme)
    if (!valid)
      yield { key: 'target_label', message: `${JSON.stringify(target)} is invalid 'target_label' for ${act} action` }
  }
  if (act === 'labelmap' && !isLabelTemplate(replacement, scheme)) {
    yield { key: 'replacement', message: `${JSON.stringify(replacement)} is invalid 'replacement' for ${act} action` }
  }
}

function* leftOvers(rule: RelabelConfig): Iterable<RelabelFault> {
  const { action: act } = rule
  if ((act === 'lowercase' || act === 'uppercase') && rule.replacement !== DEFAULT.replacement) {
    yield { key: 'replacement', message: `'replacement' can not be set for ${act} action` }
  }
  const allowed = ONLY[act]
  if (allowed === undefined) return
  const set: Readonly<Record<Exclude<keyof RelabelConfig, 'action'>, boolean>> = {
    source_labels: rule.source_labels !== undefined,
    separator: rule.separator !== DEFAULT.separator,
    regex: rule.regex.source !== DEFAULT.regex,
    modulus: rule.modulus !== 0,
    target_label: rule.target_label !== '',
    replacement: rule.replacement !== DEFAULT.replacement,
  }
  for (const key of Object.keys(set) as (keyof typeof set)[]) {
    if (!set[key] || allowed.includes(key)) continue
    const wanted = allowed.map((one) => `'${one}'`).join(' and ')
    yield { key, message: `${act} action requires only ${wanted}, and no other fields` }
  }
}

const LEGACY_TEMPLATE = /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))(?:\w|\$(?:\{\w+\}|\w+))*$/

/** A label name that may hold `$1` and `${name}`; in UTF-8 names those characters are allowed as they are. */
function isLabelTemplate(text: string, scheme: NameScheme): boolean {
  return scheme === 'legacy' ? LEGACY_TEMPLATE.test(text) : text !== '' && isUnicode(text)
}
