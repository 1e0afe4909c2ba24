import { RE2JS } from 're2js'

/** A compiled label regular expression: RE2 syntax, fully anchored, `.` matches newline. */
export interface LabelRegexp {
  test(value: string): boolean
  /** All values that match, when the pattern is nothing but literals: an index looks them up instead of testing. */
  readonly literals?: readonly string[]
}

/** The same with capture groups, and the pattern that it was made of. */
export interface CapturingRegexp extends LabelRegexp {
  readonly source: string
  /** Undefined without a match; else the groups, the whole match first, '' for a group that took no part. */
  exec(value: string): readonly string[] | undefined
  /** Group number by its name, for `${name}` in templates. */
  readonly names: Readonly<Record<string, number>>
}

/** Characters that mean the same in RE2 and in JavaScript's engine, and can't backtrack: literals, `|` of literals, `.*`, `.+`. */
const LITERALS = /^[\w\-/:@ %,;=~<>&#"'`!]*$/

/**
 * Compiles RE2 syntax. Throws an Error with Go's words when it is none. Runs in linear time in the length of the value:
 * common shapes (literal, alternatives, prefix) never reach the regular-expression engine.
 */
export function compileLabelRegexp(pattern: string): LabelRegexp {
  const known = fastPath(pattern)
  if (known !== undefined) return known
  const compiled = compile(pattern)
  return { test: (value) => compiled.matches(value) }
}

/** Throws as `compileLabelRegexp` does, but costs next to nothing for patterns that are plainly right. */
export function checkLabelRegexp(pattern: string): void {
  if (!isPlain(pattern)) compile(pattern)
}

/** Anchors, `|`, `(`; and characters, escapes and `)`, each with at most one quantifier: no RE2 rule is broken by these alone. */
const PLAIN = /^(?:[$^|]|\((?!\?)|(?:[\w\-/:@ %,;=~<>&#"'`!.)]|\\[.\-/\\$|+*?()[\]{}^dws])(?:[*+?]\??)?)*$/

/** False when only RE2 can tell. */
function isPlain(pattern: string): boolean {
  if (pattern.length > 500 || !PLAIN.test(pattern) || closesTooEarly(pattern)) return false
  const bare = pattern.replaceAll(/\\./g, '')
  return bare.split('(').length === bare.split(')').length
}

/** As `compileLabelRegexp`, with groups. A pattern that is one group around everything never reaches the engine either. */
export function compileCapturingRegexp(pattern: string): CapturingRegexp {
  const compiled = compile(pattern)
  const names = compiled.namedGroups() as Readonly<Record<string, number>>
  const whole = fastPath(pattern)
  if (whole !== undefined) return fast(pattern, names, whole, (value) => [value])
  const [, before = '', inside = ''] = /^([^()?\\]*)\(([^()?\\]*)\)$/.exec(pattern) ?? []
  // One group at the end, with a literal before it: `(.*)`, `(a|b)`, `app_(.+)`.
  const grouped = before === '' || /^\.[*+]$/.test(inside) ? fastPath(before + inside) : undefined
  if (inside !== '' && grouped !== undefined && LITERALS.test(before)) {
    return fast(pattern, names, grouped, (value) => [value, value.slice(before.length)])
  }
  const prefix = literalPrefix(pattern)
  const exec = (value: string): readonly string[] | undefined => {
    if (!value.startsWith(prefix)) return undefined
    const match = compiled.matcher(value)
    if (!match.find()) return undefined
    return Array.from({ length: match.groupCount() + 1 }, (_, i) => match.group(i) ?? '')
  }
  const test = (value: string): boolean => value.startsWith(prefix) && compiled.matches(value)
  return { source: pattern, names, test, exec }
}

/** Text that every match begins with. */
function literalPrefix(pattern: string): string {
  if (pattern.includes('|')) return ''
  const [, literal = '', next = ''] = /^([\w\-/:@ %,;=~<>&#"'`!]*)(.?)/.exec(pattern) ?? []
  return '*?+{'.includes(next) && next !== '' ? literal.slice(0, -1) : literal
}

function fast(
  source: string,
  names: CapturingRegexp['names'],
  regexp: LabelRegexp,
  groups: (value: string) => readonly string[],
): CapturingRegexp {
  const test = (value: string): boolean => regexp.test(value)
  return { source, names, test, exec: (value) => (test(value) ? groups(value) : undefined) }
}

function compile(pattern: string): RE2JS {
  // In the group around it, `a)|(b` would be balanced.
  if (closesTooEarly(pattern)) RE2JS.compile(pattern)
  try {
    return RE2JS.compile(`^(?s:${pattern})$`)
  } catch (error) {
    RE2JS.compile(pattern) // its error names the pattern as it was written
    throw error
  }
}

/** True when a parenthesis may close none of the pattern's own; one in a class counts too, wrongly but harmlessly. */
function closesTooEarly(pattern: string): boolean {
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i++
    else if (char === '(') depth++
    else if (char === ')' && --depth < 0) return true
  }
  return false
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
