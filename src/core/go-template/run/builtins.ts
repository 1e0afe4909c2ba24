/** The functions that every template has. Follows funcs.go of Go's text/template. */
import { sprintf } from '../print/printf.ts'
import { printValue, sprint, sprintln } from '../print/values.ts'
import { PLAIN_VERB } from '../print/verb.ts'
import {
  ANY,
  entriesOf,
  goFunction,
  GoError,
  indirect,
  isAssignable,
  isTrue,
  itemsOf,
  kindOf,
  rawOf,
  STRING,
  Typed,
  typeOf,
  UINT8,
  variadicFunction,
  WHATEVER,
  zeroOf,
} from '../value.ts'
import type { GoFunction, GoValue } from '../value.ts'
import { equalsAny, isLess } from './comparison.ts'
import { escapeHtml, escapeJs, escapeQuery } from '../escapers.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function length(value: GoValue): bigint {
  const { value: of, isNil } = indirect(value)
  if (isNil) throw new GoError('len of nil pointer')
  switch (kindOf(of)) {
    case 'string':
      return BigInt(bytesOf(rawOf(of) as string).length)
    case 'slice':
      return BigInt(itemsOf(of).length)
    case 'map':
      return BigInt(entriesOf(of).size)
    case undefined:
      throw new GoError('reflect: call of reflect.Value.Type on zero Value')
    default:
      throw new GoError(`len of type ${typeOf(of)?.name ?? ''}`)
  }
}

function indexed(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoError('index of untyped nil')
  return indexes.reduce(indexedOnce, item)
}

function indexedOnce(item: GoValue, index: GoValue): GoValue {
  const { value, isNil } = indirect(item)
  if (isNil || value === undefined) throw new GoError('index of nil pointer')
  switch (kindOf(value)) {
    case 'slice':
      return at(itemsOf(value), index, 'slice')
    case 'string':
      return new Typed(UINT8, BigInt(at([...bytesOf(rawOf(value) as string)], index, 'string')))
    case 'map': {
      const type = typeOf(value)
      const key = keyFor(index, type?.key ?? STRING)
      const entries = entriesOf(value)
      return entries.has(key) ? entries.get(key) : zeroOf(type?.elem ?? ANY)
    }
    default:
      throw new GoError(`can't index item of type ${typeOf(value)?.name ?? ''}`)
  }
}

function at<T>(items: readonly T[], index: GoValue, what: string): T {
  const place = placeOf(index, items.length)
  if (place === items.length) throw new GoError(`reflect: ${what} index out of range`)
  return items[place] as T
}

/** An index up to `most`. */
function placeOf(index: GoValue, most: number): number {
  const kind = kindOf(index)
  if (kind === undefined) throw new GoError('cannot index slice/array with nil')
  if (kind !== 'int' && kind !== 'uint') throw new GoError(`cannot index slice/array with type ${typeOf(index)?.name}`)
  const place = rawOf(index) as bigint
  if (place < 0n || place > BigInt(most)) throw new GoError(`index out of range: ${place}`)
  return Number(place)
}

function keyFor(index: GoValue, type: NonNullable<ReturnType<typeof typeOf>>): GoValue {
  const from = typeOf(index)
  if (from === undefined) throw new GoError(`value is nil; should be of type ${type.name}`)
  if (isAssignable(from, type)) return index
  if ((from.kind === 'int' || from.kind === 'uint') && (type.kind === 'int' || type.kind === 'uint')) return index
  throw new GoError(`value has type ${from.name}; should be ${type.name}`)
}

function sliced(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoError('slice of untyped nil')
  if (indexes.length > 3) throw new GoError(`too many slice indexes: ${indexes.length}`)
  const kind = kindOf(item)
  if (kind === 'string' && indexes.length === 3) throw new GoError('cannot 3-index slice a string')
  if (kind !== 'string' && kind !== 'slice') throw new GoError(`can't slice item of type ${typeOf(item)?.name ?? ''}`)
  const bytes = kind === 'string' ? bytesOf(rawOf(item) as string) : undefined
  const size = bytes?.length ?? itemsOf(item).length
  const places = indexes.map((index) => placeOf(index, size))
  const [from = 0, to = size, most = size] = places
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`)
  if (to > most) throw new GoError(`invalid slice index: ${to} > ${most}`)
  if (bytes !== undefined) return new TextDecoder().decode(bytes.subarray(from, to))
  const items = itemsOf(item).slice(from, to)
  return item instanceof Typed ? new Typed(item.type, items) : items
}

function call(fn: GoValue): never {
  if (fn === undefined || fn === null) throw new GoError('call of nil')
  throw new GoError(`non-function ${printValue(fn, PLAIN_VERB)} of type ${typeOf(fn)?.name ?? ''}`)
}

const escaper = (escape: (text: string) => string): GoFunction =>
  variadicFunction([ANY], (...args) => escape(printedArguments(args)))

/** Arguments as one text; no value shows as in an action. */
export function printedArguments(args: readonly GoValue[]): string {
  return sprint(args.map((arg) => arg ?? '<no value>'))
}

const compared = (compare: (a: GoValue, b: GoValue) => boolean): GoFunction =>
  goFunction([WHATEVER, WHATEVER], (a, b) => compare(a, b))

export const BUILTINS: Readonly<Record<string, GoFunction>> = {
  // These two are seen to by the evaluator, which knows when to stop.
  and: variadicFunction([WHATEVER, WHATEVER], (...args) => args.at(-1)),
  or: variadicFunction([WHATEVER, WHATEVER], (...args) => args.at(-1)),
  call: variadicFunction([WHATEVER, WHATEVER], (fn) => call(fn)),
  eq: variadicFunction([WHATEVER, WHATEVER], (...args) => equalsAny(args)),
  ge: compared((a, b) => !isLess(a, b)),
  gt: compared((a, b) => !isLess(a, b) && !equalsAny([a, b])),
  html: escaper(escapeHtml),
  index: variadicFunction([WHATEVER, WHATEVER], (item, ...indexes) => indexed(item, indexes)),
  js: escaper(escapeJs),
  le: compared((a, b) => isLess(a, b) || equalsAny([a, b])),
  len: goFunction([WHATEVER], length),
  lt: compared(isLess),
  ne: compared((a, b) => !equalsAny([a, b])),
  not: goFunction([WHATEVER], (value) => !isTrue(value)),
  print: variadicFunction([ANY], (...args) => sprint(args)),
  printf: variadicFunction([STRING, ANY], (format, ...args) => sprintf(rawOf(format) as string, args)),
  println: variadicFunction([ANY], (...args) => sprintln(args)),
  slice: variadicFunction([WHATEVER, WHATEVER], (item, ...indexes) => sliced(item, indexes)),
  urlquery: escaper(escapeQuery),
}
