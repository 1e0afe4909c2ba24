/** What of an expression a replacement needs to know. */
type Named = { readonly names: Readonly<Record<string, number>> }

/** A replacement text, read once: literal parts, and numbers of capture groups. */
export type Template = readonly (string | number)[]

const REFERENCE = /^(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u

/**
 * Reads `$1`, `$name`, `${name}` and `$$`. A name runs as far as letters, digits and `_` do; a `$` before anything else stands
 * for itself; a group that the expression does not have is empty. Follows regexp.Expand of Go.
 */
export function parseTemplate(text: string, regexp: Named): Template {
  const parts: (string | number)[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) break
    literal += text.slice(at, dollar)
    at = dollar + 1
    if (text[at] === '$') {
      literal += '$'
      at++
      continue
    }
    const reference = REFERENCE.exec(text.slice(at))
    if (reference === null) {
      literal += '$'
      continue
    }
    at += reference[0].length
    const group = groupOf(reference[1] ?? reference[2] ?? '', regexp)
    if (group === undefined) continue
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(group)
  }
  literal += text.slice(at)
  if (literal !== '') parts.push(literal)
  return parts
}

export function expandTemplate(template: Template, groups: readonly string[]): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : (groups[part] ?? '')
  return text
}

function groupOf(name: string, regexp: Named): number | undefined {
  if (/^(0|[1-9]\d{0,8})$/.test(name)) return Number(name)
  return Object.hasOwn(regexp.names, name) ? regexp.names[name] : undefined
}
