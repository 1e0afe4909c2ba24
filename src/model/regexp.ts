import { RE2JS } from 're2js'

/** A compiled label regular expression: RE2 syntax, fully anchored, `.` matches newline. */
export interface LabelRegexp {
  test(value: string): boolean
  /** All values that match, when the pattern is nothing but literals: an index looks them up instead of testing. */
  readonly literals?: readonly string[]
}

/** Characters that mean the same in RE2 and in JavaScript's engine, and can't backtrack: literals, `|` of literals, `.*`, `.+`. */
const LITERALS = /^[\w\-/:@ %,;=~<>&#"'`!]*$/

/**
 * Compiles RE2 syntax. Throws an Error with Go's words when it is none. Runs in linear time in the length of the value:
 * common shapes (literal, alternatives, prefix) never reach the regular-expression engine.
 */
export function compileLabelRegexp(pattern: string): LabelRegexp {
  const compiled = RE2JS.compile(`^(?s:${pattern})$`)
  return fastPath(pattern) ?? { test: (value) => compiled.matches(value) }
}

function fastPath(pattern: string): LabelRegexp | undefined {
  if (pattern === '.*') return { test: () => true }
  if (pattern === '.+') return { test: (value) => value !== '' }
  const alternatives = pattern.split('|')
  if (alternatives.every((one) => LITERALS.test(one))) {
    const set = new Set(alternatives)
    return { test: (value) => set.has(value), literals: [...set] }
  }
  const wildcard = /^(.*?)\.([*+])$/s.exec(pattern)
  if (wildcard !== null && LITERALS.test(wildcard[1] ?? '')) {
    const prefix = wildcard[1] ?? ''
    const atLeast = prefix.length + (wildcard[2] === '+' ? 1 : 0)
    return { test: (value) => value.length >= atLeast && value.startsWith(prefix) }
  }
  return undefined
}
