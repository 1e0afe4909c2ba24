/** Values under one verb, with what is in them. Follows print.go of Go's fmt. */
import { compareUtf8 } from '../../utf8.ts'
import { entriesOf, itemsOf, kindOf, rawOf, Typed, typeOf } from '../value.ts'
import type { Fields, GoValue } from '../value.ts'
import { printBool, printFloat, printInteger, printString } from './scalars.ts'
import { padded, PLAIN_VERB } from './verb.ts'
import type { Verb } from './verb.ts'

/** What text verbs ask a value for by itself, before looking into it. */
const TEXT_VERBS = 'vsxXq'

export function printValue(value: GoValue, verb: Verb, depth = 0): string {
  if (value === undefined || value === null) return printNil(verb, depth)
  if (verb.char === 'T') return padded(typeOf(value)?.name ?? '', { ...verb, char: 's' })
  const text = ownText(value)
  if (text !== undefined && TEXT_VERBS.includes(verb.char) && !(verb.char === 'v' && verb.sharp)) {
    return printString(text, verb.char === 'v' ? { ...verb, char: 's' } : verb) ?? ''
  }
  return printed(value, verb, depth) ?? badVerb(value, verb)
}

function printNil(verb: Verb, depth: number): string {
  if (verb.char === 'v' && verb.sharp && depth > 0) return 'interface {}(nil)'
  if (verb.char === 'v' || verb.char === 'T') return padded('<nil>', verb)
  return depth > 0 ? '<nil>' : `%!${verb.char}(<nil>)`
}

/** What a value says about itself (String() or Error()), also through a pointer. */
function ownText(value: GoValue): string | undefined {
  if (!(value instanceof Typed)) return undefined
  const { type, raw } = value
  if (type.kind !== 'pointer') return type.text?.(value)
  if (type.elem?.text === undefined) return undefined
  return raw === null ? '<nil>' : type.elem.text(raw as Typed)
}

/** The value is shown as `%v`, as wide and as precise as was asked for. */
function badVerb(value: GoValue, { char, width, precision, minus, zero }: Verb): string {
  const shown = printValue(value, { ...PLAIN_VERB, width, precision, minus, zero })
  return `%!${char}(${typeOf(value)?.name ?? ''}=${shown})`
}

function printed(value: GoValue, verb: Verb, depth: number): string | undefined {
  const raw = rawOf(value)
  const kind = kindOf(value)
  switch (kind) {
    case 'bool':
      return printBool(raw as boolean, verb)
    case 'int':
    case 'uint':
      return printInteger(raw as bigint, verb, kind === 'uint')
    case 'float':
      return printFloat(raw as number, verb)
    case 'string':
      return printString(raw as string, verb)
    case 'slice':
      return printSlice(value, verb, depth)
    case 'map':
      return printMap(value, verb, depth)
    case 'struct':
      return printStruct(value as Typed, verb, depth)
    case 'pointer':
      return printPointer(value as Typed, verb, depth)
    default:
      return undefined
  }
}

const isGoSyntax = ({ char, sharp }: Verb): boolean => char === 'v' && sharp
const nameOf = (value: GoValue): string => typeOf(value)?.name ?? ''

function printSlice(value: GoValue, verb: Verb, depth: number): string {
  const items = itemsOf(value).map((item) => printValue(item, verb, depth + 1))
  if (!isGoSyntax(verb)) return `[${items.join(' ')}]`
  return rawOf(value) === null ? `${nameOf(value)}(nil)` : `${nameOf(value)}{${items.join(', ')}}`
}

function printMap(value: GoValue, verb: Verb, depth: number): string {
  const entries = sortedEntries(value).map(
    ([key, entry]) => `${printValue(key, verb, depth + 1)}:${printValue(entry, verb, depth + 1)}`,
  )
  if (!isGoSyntax(verb)) return `map[${entries.join(' ')}]`
  return rawOf(value) === null ? `${nameOf(value)}(nil)` : `${nameOf(value)}{${entries.join(', ')}}`
}

function printStruct({ type, raw }: Typed, verb: Verb, depth: number): string {
  const parts = Object.keys(type.fields ?? {}).map((name) => {
    const text = printValue((raw as Fields)[name], verb, depth + 1)
    return (verb.plus && verb.char === 'v') || isGoSyntax(verb) ? `${name}:${text}` : text
  })
  return isGoSyntax(verb) ? `${type.name}{${parts.join(', ')}}` : `{${parts.join(' ')}}`
}

/** Where a pointer points to tells nothing here: within a value, what is there is shown as at its top. */
function printPointer({ type, raw }: Typed, verb: Verb, depth: number): string {
  if (raw === null) return isGoSyntax(verb) ? `(${type.name})(nil)` : padded('<nil>', verb)
  return `&${printValue(raw as GoValue, verb, depth + 1)}`
}

/** The entries of a map in the order in which Go prints and ranges over them. */
export function sortedEntries(value: GoValue): readonly (readonly [GoValue, GoValue])[] {
  return [...entriesOf(value)].sort(([a], [b]) => compareKeys(rawOf(a), rawOf(b)))
}

function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b)
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1
  const [x, y] = [a as number, b as number]
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : -1
  return x < y ? -1 : Number(x > y)
}

/** The values one after the other, with spaces between those of which neither is a string. Follows fmt.Sprint. */
export function sprint(values: readonly GoValue[]): string {
  let text = ''
  for (const [i, value] of values.entries()) {
    const isParted = i > 0 && kindOf(value) !== 'string' && kindOf(values[i - 1]) !== 'string'
    text += (isParted ? ' ' : '') + printValue(value, PLAIN_VERB)
  }
  return text
}

/** The values with spaces between all of them, and a line feed. Follows fmt.Sprintln. */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map((value) => printValue(value, PLAIN_VERB)).join(' ')}\n`
}
