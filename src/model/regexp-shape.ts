/**
 * Regular expressions that are no more than texts and `.*` between them, read as such: most of those that people write for
 * labels. Matching needs no engine then, and the meaning is the same.
 */

/** A text, or a gap of at least so many characters. */
type Item = string | number
/** Items one behind the other; never two texts or two gaps in a row, no empty text. */
export type Sequence = readonly Item[]

export interface Shape {
  /** Letter case does not matter. Texts are then ASCII in lower case. */
  readonly ignoresCase: boolean
  /** Any of these. */
  readonly alternatives: readonly Sequence[]
}

/** More alternatives than this are not made by multiplying out groups. */
const MOST_PRODUCTS = 512
const MOST_DEPTH = 50

/** The shape of an anchored expression in which `.` matches everything; undefined when it has none (or is no expression). */
export function shapeOf(pattern: string): Shape | undefined {
  if (!isWellFormed(pattern)) return undefined
  const [body, ignoresCase] = withoutFlags(pattern)
  const reader = new ShapeReader(body)
  const alternatives = reader.whole()
  if (alternatives === undefined) return undefined
  if (!ignoresCase) return { ignoresCase, alternatives }
  if (!isAscii(body)) return undefined
  const lower = alternatives.map((items) => items.map((item) => (typeof item === 'string' ? item.toLowerCase() : item)))
  return { ignoresCase, alternatives: lower }
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)
}

/** The expression without `(?i)`, `(?s)` and the like around all of it, and whether case is ignored. */
function withoutFlags(pattern: string): readonly [body: string, ignoresCase: boolean] {
  const prefix = /^\(\?([is]+)\)/.exec(pattern)
  if (prefix !== null) return [pattern.slice(prefix[0].length), prefix[1]?.includes('i') === true]
  const group = /^\(\?([is]+):/.exec(pattern)
  if (group === null || !pattern.endsWith(')') || pattern.endsWith('\\)')) return [pattern, false]
  return [pattern.slice(group[0].length, -1), group[1]?.includes('i') === true]
}

const SPECIAL = '\\.[](){}*+?^$|'
const QUANTIFIERS = '*+?{'

/** Reads alternatives from left to right. Methods give undefined where the expression has no shape. */
class ShapeReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): readonly Sequence[] | undefined {
    const alternatives = this.#alternation(0)
    return this.#at === this.#text.length ? alternatives : undefined
  }

  /** Up to a `)` or the end. */
  #alternation(depth: number): readonly Sequence[] | undefined {
    const all: Sequence[] = []
    for (;;) {
      const some = this.#concatenation(depth)
      if (some === undefined) return undefined
      for (const one of some) all.push(one)
      if (this.#text[this.#at] !== '|') return all
      this.#at += 1
    }
  }

  #concatenation(depth: number): readonly Sequence[] | undefined {
    let made: readonly Sequence[] = [[]]
    if (depth === 0 && this.#text[this.#at] === '^') this.#at += 1
    while (!this.#isAtEnd()) {
      if (depth === 0 && this.#skipsEndAnchor()) break
      const next = this.#atom(depth)
      const product = next === undefined ? undefined : multiplied(made, next)
      if (product === undefined) return undefined
      made = product
    }
    return made
  }

  #isAtEnd(): boolean {
    const char = this.#text[this.#at]
    return char === undefined || char === '|' || char === ')'
  }

  #skipsEndAnchor(): boolean {
    const next = this.#text[this.#at + 1]
    if (this.#text[this.#at] !== '$' || (next !== undefined && next !== '|')) return false
    this.#at += 1
    return true
  }

  #atom(depth: number): readonly Sequence[] | undefined {
    const char = this.#text[this.#at] as string
    if (char === '.') return this.#gap()
    if (char === '(') return this.#optional(this.#group(depth))
    if (char === '[') return this.#optional(this.#class())
    if (char === '\\') return this.#optional(this.#escape())
    if (SPECIAL.includes(char)) return undefined
    const text = String.fromCodePoint(this.#text.codePointAt(this.#at) as number)
    this.#at += text.length
    return this.#optional([[text]])
  }

  /** `.*` or `.+`, lazy or not. */
  #gap(): readonly Sequence[] | undefined {
    const quantifier = this.#text[this.#at + 1]
    if (quantifier !== '*' && quantifier !== '+') return undefined
    this.#at += this.#text[this.#at + 2] === '?' ? 3 : 2
    return this.#isQuantified() ? undefined : [[quantifier === '+' ? 1 : 0]]
  }

  #group(depth: number): readonly Sequence[] | undefined {
    const opening = /^\((?:\?:|(?!\?))/.exec(this.#text.slice(this.#at, this.#at + 3))
    if (opening === null || depth >= MOST_DEPTH) return undefined
    this.#at += opening[0].length
    const inside = this.#alternation(depth + 1)
    if (this.#text[this.#at] !== ')') return undefined
    this.#at += 1
    return inside
  }

  /** A few ASCII characters and ranges of them. */
  #class(): readonly Sequence[] | undefined {
    const found =
      /^\[((?:[\w .:,;=~<>&#"'`!@%/]|\\[-.+*?()|[\]{}^$\\])(?:[\w .:,;=~<>&#"'`!@%/]|\\[-.+*?()|[\]{}^$\\]|-(?=[\w]))*)\]/.exec(
        this.#text.slice(this.#at, this.#at + 200),
      )
    if (found === null) return undefined
    this.#at += found[0].length
    const chars = membersOf(found[1] as string)
    return chars === undefined ? undefined : Array.from(chars, (char) => [char])
  }

  /** `\.` and the like. */
  #escape(): readonly Sequence[] | undefined {
    const char = this.#text[this.#at + 1]
    if (char === undefined || !/^[!-/:-@[-`{-~]$/.test(char)) return undefined
    this.#at += 2
    return [[char]]
  }

  #isQuantified(): boolean {
    const char = this.#text[this.#at]
    return char !== undefined && QUANTIFIERS.includes(char)
  }

  /** With `?` behind it: or nothing. Other quantifiers have no shape. */
  #optional(some: readonly Sequence[] | undefined): readonly Sequence[] | undefined {
    if (some === undefined || !this.#isQuantified()) return some
    if (this.#text[this.#at] !== '?') return undefined
    this.#at += this.#text[this.#at + 1] === '?' ? 2 : 1
    return this.#isQuantified() ? undefined : [...some, []]
  }
}

function membersOf(inside: string): ReadonlySet<string> | undefined {
  const units = inside.match(/\\.|[^]/g) ?? []
  const chars = new Set<string>()
  for (let i = 0; i < units.length; i++) {
    const from = plain(units[i] as string)
    if (units[i + 1] !== '-' || i + 2 >= units.length) {
      chars.add(from)
      continue
    }
    const to = plain(units[i + 2] as string)
    if (from > to) return undefined
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) chars.add(String.fromCharCode(code))
    i += 2
  }
  return chars
}

function plain(unit: string): string {
  return unit.length === 2 ? (unit[1] as string) : unit
}

/** Each of the first followed by each of the second. */
function multiplied(first: readonly Sequence[], second: readonly Sequence[]): readonly Sequence[] | undefined {
  if (first.length * second.length > MOST_PRODUCTS && first.length > 1 && second.length > 1) return undefined
  return first.flatMap((a) => second.map((b) => joined(a, b)))
}

function joined(a: Sequence, b: Sequence): Sequence {
  const last = a[a.length - 1]
  const next = b[0]
  if (last === undefined || next === undefined) return [...a, ...b]
  if (typeof last === 'string' && typeof next === 'string') return [...a.slice(0, -1), last + next, ...b.slice(1)]
  if (typeof last === 'number' && typeof next === 'number') return [...a.slice(0, -1), last + next, ...b.slice(1)]
  return [...a, ...b]
}
