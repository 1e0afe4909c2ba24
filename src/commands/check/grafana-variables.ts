/** Queries of dashboards hold variables, which stand for something that only Grafana knows. */

const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$\{[^}]*\}|\$\w+|\[\[[^\]]*\]\]/gs
const IN_LABEL_LIST = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*$/i
const IN_WINDOW = /\[\s*(?:[^[\]]*:\s*)?$/
const BEHIND_OFFSET = /\boffset\s+-?$/i

/**
 * The query with something fitting in place of each variable: a duration, a name or a number, as long as the variable was, so
 * that places stay what they are. In strings variables are text already.
 */
export function withoutVariables(query: string): string {
  return query.replaceAll(TOKENS, (token: string, at: number) => {
    if (/^["'`]/.test(token)) return token
    const before = query.slice(0, at)
    const after = query.slice(at + token.length)
    if (IN_WINDOW.test(before) || BEHIND_OFFSET.test(before)) {
      return /^[a-z]/i.test(after) ? '5'.padStart(token.length, '0') : '5m'.padEnd(token.length)
    }
    // A variable that holds whole matchers, as those of ad hoc filters do.
    if (/[{,]\s*$/.test(before) && /^\s*[,}]/.test(after))
      return token.length < 5 ? ' '.repeat(token.length) : 'x="_"'.padEnd(token.length)
    const isLabel = /[{,]\s*$/.test(before) && /^\s*(?:=|!)/.test(after)
    if (isLabel || /[\w:]$/.test(before) || /^\s*[\w:{[]/.test(after) || IN_LABEL_LIST.test(before))
      return 'x'.padEnd(token.length, '_')
    return '5'.padEnd(token.length)
  })
}
