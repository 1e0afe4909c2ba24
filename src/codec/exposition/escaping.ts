/**
 * How names outside `[a-zA-Z_:][a-zA-Z0-9_:]*` are told to readers that don't take UTF-8 names.
 * Source: https://prometheus.io/docs/instrumenting/escaping_schemes/.
 */
import { isMetricName } from '../../model/names.ts'

export const ESCAPING_SCHEMES = ['allow-utf-8', 'underscores', 'dots', 'values'] as const
export type EscapingScheme = (typeof ESCAPING_SCHEMES)[number]

/** The name as a page of this scheme shows it. Legacy names stay as they are, whatever the scheme. */
export function escapeName(name: string, scheme: EscapingScheme): string {
  if (name === '' || scheme === 'allow-utf-8' || isMetricName(name, 'legacy')) return name
  const escape = ESCAPES[scheme]
  let first = true
  let escaped = scheme === 'values' ? 'U__' : ''
  for (const character of name) {
    const legal = /[a-zA-Z_:]/.test(character) || (!first && /\d/.test(character))
    escaped += escape(character, legal)
    first = false
  }
  return escaped
}

const ESCAPES: Readonly<Record<Exclude<EscapingScheme, 'allow-utf-8'>, (character: string, legal: boolean) => string>> =
  {
    underscores: (character, legal) => (legal ? character : '_'),
    dots: (character, legal) => (character === '.' ? '_dot_' : legal && character !== '_' ? character : '__'),
    values: (character, legal) => {
      if (character === '_') return '__'
      if (legal) return character
      const point = character.codePointAt(0) as number
      return point >= 0xd800 && point <= 0xdfff ? '_FFFD_' : `_${point.toString(16)}_`
    },
  }
