import { RE2JS } from 're2js'
import { isAscii, shapeOf } from './regexp-shape.ts'
import type { Shape } from './regexp-shape.ts'
import { shapeLiterals, shapeTest } from './shape-matching.ts'

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

/** Characters that stand for themselves. */
const LITERALS = /^[\w\-/:@ %,;=~<>&#"'`!]*$/

/**
 * Compiles RE2 syntax. Throws an Error with Go's words when it is none. Runs in linear time in the length of the value:
 * expressions that are no more than texts and `.*` (regexp-shape.ts) never reach the regular-expression engine.
 */
export function compileLabelRegexp(pattern: string): LabelRegexp {
  const shape = shapeOf(pattern)
  if (shape === undefined) {
    const compiled = compile(pattern)
    return { test: (value) => compiled.matches(value) }
  }
  const test = testOf(pattern, shape)
  const literals = shapeLiterals(shape)
  return literals === undefined ? { test } : { test, literals }
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
  const regexp = compileLabelRegexp(pattern)
  const test = (value: string): boolean => regexp.test(value)
  const groups = quickGroups(pattern, compiled.groupCount())
  if (groups !== undefined) {
    return { source: pattern, names, test, exec: (value) => (test(value) ? groups(value) : undefined) }
  }
  const exec = (value: string): readonly string[] | undefined => {
    if (!test(value)) return undefined
    const match = compiled.matcher(value)
    if (!match.find()) return undefined
    return Array.from({ length: match.groupCount() + 1 }, (_, i) => match.group(i) ?? '')
  }
  return { source: pattern, names, test, exec }
}

/** The groups of a value that matches, where they can be told without the engine. */
function quickGroups(pattern: string, count: number): ((value: string) => readonly string[]) | undefined {
  if (count === 0) return (value) => [value]
  // One group at the end, with a literal before it: `(.*)`, `(a|b)`, `app_(.+)`.
  const [, before = '', inside = ''] = /^([^()?\\]*)\(([^()?\\]*)\)$/.exec(pattern) ?? []
  const isOne = LITERALS.test(before) && (/^\.[*+]$/.test(inside) || (inside !== '' && isLiterals(inside)))
  return isOne ? (value) => [value, value.slice(before.length)] : undefined
}

function isLiterals(pattern: string): boolean {
  return pattern.split('|').every((one) => LITERALS.test(one))
}

/** A match, with its groups, the whole match first. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly groups: readonly string[]
}

/** A pattern that may match anywhere: the engine behind search-regexp.ts. */
export interface UnanchoredRegexp {
  readonly names: Readonly<Record<string, number>>
  /** The first match from `at` on. */
  find(text: string, at: number): Match | undefined
}

/** Throws as `compileLabelRegexp` does. `.` matches no newline here, as Go has it. */
export function compileUnanchored(pattern: string): UnanchoredRegexp {
  const compiled = RE2JS.compile(pattern)
  if (/\{\d/.test(pattern) && compiled.programSize() > MOST_INSTRUCTIONS) {
    throw new Error('error parsing regexp: expression too large')
  }
  return {
    names: compiled.namedGroups(),
    find: (text, at) => {
      const match = compiled.matcher(text)
      if (!match.find(at)) return undefined
      const groups = Array.from({ length: match.groupCount() + 1 }, (_, i) => match.group(i) ?? '')
      return { start: match.start(), end: match.end(), groups }
    },
  }
}

function testOf(pattern: string, shape: Shape): (value: string) => boolean {
  const test = shapeTest(shape)
  if (!shape.ignoresCase) return test
  // Beyond ASCII the engine knows which letters are one but for their case.
  let compiled: RE2JS | undefined
  return (value) => {
    if (isAscii(value)) return test(value.toLowerCase())
    compiled ??= compile(pattern)
    return compiled.matches(value)
  }
}

/**
 * Counted repetition multiplies: a short pattern may need a program that takes minutes for one long value. Instructions of such
 * a pattern, each of which may be tried at each character.
 */
const MOST_INSTRUCTIONS = 10_000

function compile(pattern: string): RE2JS {
  // In the group around it, `a)|(b` would be balanced.
  if (closesTooEarly(pattern)) RE2JS.compile(pattern)
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(`^(?s:${pattern})$`)
  } catch (error) {
    RE2JS.compile(pattern) // its error names the pattern as it was written
    throw error
  }
  if (/\{\d/.test(pattern) && compiled.programSize() > MOST_INSTRUCTIONS) {
    throw new Error('error parsing regexp: expression too large')
  }
  return compiled
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
