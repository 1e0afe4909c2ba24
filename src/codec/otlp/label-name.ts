/**
 * Label names as Prometheus builds them from attribute names.
 * Follows LabelNamer, prometheus/otlptranslator/label_namer.go and strconv.go.
 */

export interface LabelNaming {
  /** True: names are taken as they are. */
  readonly utf8: boolean
  /** Puts `key` before a name that begins with one underscore. */
  readonly underscoreSanitization: boolean
  /** Keeps runs of underscores, which the specification would have as one. */
  readonly preserveMultipleUnderscores: boolean
}

/** The label name, or undefined when the attribute's name is empty or nothing but underscores would be left of it. */
export function labelName(attribute: string, naming: LabelNaming): string | undefined {
  if (attribute === '') return undefined
  const name = naming.utf8 ? attribute : escapedName(attribute, naming)
  return /^_*$/.test(name) ? undefined : name
}

function escapedName(attribute: string, naming: LabelNaming): string {
  const name = naming.preserveMultipleUnderscores ? attribute.replace(/[^a-zA-Z0-9]/gu, '_') : collapsed(attribute)
  if (/^[0-9]/.test(name)) return `key_${name}`
  return naming.underscoreSanitization && /^_(?!_)/.test(name) ? `key${name}` : name
}

function collapsed(attribute: string): string {
  const reserved = /^__(.*)__$/s.exec(attribute)?.[1]
  const name = (reserved ?? attribute).replace(/[^a-zA-Z0-9]+/gu, '_')
  return reserved === undefined ? name : `__${name}__`
}
