import { createHash } from 'node:crypto'
import { isLabelName } from '../../model/names.ts'
import type { NameScheme } from '../../model/names.ts'
import type { RelabelAction, RelabelConfig } from './config.ts'
import type { LabelChanges } from './label-changes.ts'
import { toLower, toUpper } from '../../core/go-case.ts'
import { expandTemplate, parseTemplate } from '../../model/regexp-template.ts'

/** One rule, ready to run: changes `labels`; false drops them. */
export type RelabelStep = (labels: LabelChanges) => boolean

/** What each action does. Follows relabel, prometheus/model/relabel/relabel.go@v3.14. */
export const ACTIONS: Readonly<Record<RelabelAction, (rule: RelabelConfig, scheme: NameScheme) => RelabelStep>> = {
  keep: (rule) => {
    const source = joined(rule)
    return (labels) => rule.regex.test(source(labels))
  },

  drop: (rule) => {
    const source = joined(rule)
    return (labels) => !rule.regex.test(source(labels))
  },

  keepequal: (rule) => {
    const source = joined(rule)
    return (labels) => labels.get(rule.target_label) === source(labels)
  },

  dropequal: (rule) => {
    const source = joined(rule)
    return (labels) => labels.get(rule.target_label) !== source(labels)
  },

  replace: (rule, scheme) => {
    const source = joined(rule)
    const target = parseTemplate(rule.target_label, rule.regex)
    const replacement = parseTemplate(rule.replacement, rule.regex)
    const fixed = rule.target_label.includes('$') ? undefined : rule.target_label
    return (labels) => {
      const groups = rule.regex.exec(source(labels))
      if (groups === undefined) return true
      const name = fixed ?? expandTemplate(target, groups)
      if (isLabelName(name, scheme)) labels.set(name, expandTemplate(replacement, groups))
      return true
    }
  },

  lowercase: writes((value) => toLower(value)),
  uppercase: writes((value) => toUpper(value)),
  hashmod: writes((value, { modulus }) => String(hash(value) % BigInt(modulus))),

  labelmap: (rule) => {
    const replacement = parseTemplate(rule.replacement, rule.regex)
    return (labels) => {
      for (const [name, value] of labels.entries()) {
        const groups = rule.regex.exec(name)
        const mapped = groups === undefined ? '' : expandTemplate(replacement, groups)
        if (mapped !== '') labels.set(mapped, value)
      }
      return true
    }
  },

  labeldrop: deletes((rule, name) => rule.regex.test(name)),
  labelkeep: deletes((rule, name) => !rule.regex.test(name)),
}

/** An action that writes a function of the joined value into the target label. */
function writes(map: (value: string, rule: RelabelConfig) => string): (rule: RelabelConfig) => RelabelStep {
  return (rule) => {
    const source = joined(rule)
    return (labels) => {
      labels.set(rule.target_label, map(source(labels), rule))
      return true
    }
  }
}

/** An action that deletes the labels whose name is `doomed`. */
function deletes(doomed: (rule: RelabelConfig, name: string) => boolean): (rule: RelabelConfig) => RelabelStep {
  return (rule) => (labels) => {
    for (const [name] of labels.entries()) if (doomed(rule, name)) labels.set(name, '')
    return true
  }
}

/** Reads the values of the source labels, joined. */
function joined({ source_labels: names = [], separator }: RelabelConfig): (labels: LabelChanges) => string {
  const [only] = names
  if (only !== undefined && names.length === 1) return (labels) => labels.get(only)
  return (labels) => names.map((name) => labels.get(name)).join(separator)
}

/** The last eight bytes of the MD5 sum, big-endian. */
function hash(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8)
}
