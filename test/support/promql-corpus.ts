import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The queries of public dashboards, with something fitting in place of each variable. */
export function corpusQueries(conformance: string): readonly string[] {
  const file = join(conformance, 'grafana/corpus-promql.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as readonly string[]).map(withoutVariables)
}

const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$\{[^}]*\}|\$\w+|\[\[[^\]]*\]\]/gs
const LABELS_BEFORE = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*$/i

/** In strings variables are text already; elsewhere a duration, a name or a number stands for them. */
function withoutVariables(query: string): string {
  return query.replaceAll(TOKENS, (token: string, at: number) => {
    if (/^["'`]/.test(token)) return token
    const before = query.slice(0, at)
    const after = query.slice(at + token.length)
    if (/\[\s*(?:[^\]]*:\s*)?$/.test(before) || /offset\s+-?$/i.test(before)) return '5m'
    if (/[\w:]$/.test(before) || /^[\w:{[]/.test(after) || LABELS_BEFORE.test(before)) return 'x'
    return '5'
  })
}
