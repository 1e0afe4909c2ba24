/**
 * The values that templates work on: what of Go's type system a template can see. Plain values stand for themselves, everything
 * else is a `Typed` with the name and kind that Go's messages and formats tell.
 */

export type GoKind = 'bool' | 'int' | 'uint' | 'float' | 'string' | 'slice' | 'map' | 'struct' | 'pointer' | 'interface'

export interface GoType {
  /** As `%T` prints it: `map[string]string`, `*template.sample`. */
  readonly name: string
  readonly kind: GoKind
  /** Of slices, maps and pointers. */
  readonly elem?: GoType
  /** Of maps. */
  readonly key?: GoType
  /** Of structs, in order. */
  readonly fields?: Readonly<Record<string, GoType>>
  /** Of the type or of a pointer to it. */
  readonly methods?: Readonly<Record<string, GoMethod>>
  /** What its String() or Error() answers. */
  readonly text?: (value: Typed) => string
}

/** What a struct holds, by field; opaque types hold what they like. */
export type Fields = Readonly<Record<string, GoValue>>

/** A value with a type of its own. `raw` is null for a nil of that type, and the value pointed to for a pointer. */
export class Typed<R = unknown> {
  readonly type: GoType
  readonly raw: R

  constructor(type: GoType, raw: R) {
    this.type = type
    this.raw = raw
  }
}

/**
 * `undefined` is no value at all (printed as `<no value>`), `null` a nil in an `interface {}`, `number` a float64, `bigint` an int,
 * an array `[]interface {}`, a Map `map[string]interface {}`.
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly GoValue[]
  | ReadonlyMap<GoValue, GoValue>
  | Typed

/** A function that templates may call. What it throws as `GoError` is the template's error; everything else is a bug. */
export interface GoFunction {
  readonly params: readonly GoType[]
  /** The last parameter may be given any number of times, also none. */
  readonly variadic: boolean
  readonly call: (...args: GoValue[]) => GoValue
}

export interface GoMethod {
  readonly params: readonly GoType[]
  readonly call: (receiver: Typed, ...args: GoValue[]) => GoValue
}

/** The error that a Go function returns. */
export class GoError extends Error {}

export const BOOL: GoType = { name: 'bool', kind: 'bool' }
export const INT: GoType = { name: 'int', kind: 'int' }
export const INT64: GoType = { name: 'int64', kind: 'int' }
export const UINT8: GoType = { name: 'uint8', kind: 'uint' }
export const FLOAT64: GoType = { name: 'float64', kind: 'float' }
export const STRING: GoType = { name: 'string', kind: 'string' }
export const ANY: GoType = { name: 'interface {}', kind: 'interface' }
/** Takes whatever there is, also no value at all. */
export const WHATEVER: GoType = { name: 'reflect.Value', kind: 'interface' }
export const ANY_SLICE: GoType = sliceOf(ANY)
export const ANY_MAP: GoType = mapOf(STRING, ANY)
export const STRING_SLICE: GoType = sliceOf(STRING)
export const STRING_MAP: GoType = mapOf(STRING, STRING)

export function sliceOf(elem: GoType): GoType {
  return { name: `[]${elem.name}`, kind: 'slice', elem }
}

export function mapOf(key: GoType, elem: GoType): GoType {
  return { name: `map[${key.name}]${elem.name}`, kind: 'map', key, elem }
}

export function pointerTo(elem: GoType): GoType {
  return { name: `*${elem.name}`, kind: 'pointer', elem }
}

export function goFunction(params: readonly GoType[], call: GoFunction['call']): GoFunction {
  return { params, variadic: false, call }
}

/** The last of `params` is what may be repeated. */
export function variadicFunction(params: readonly GoType[], call: GoFunction['call']): GoFunction {
  return { params, variadic: true, call }
}

/** A `map[string]string`. */
export function stringMap(entries: Iterable<readonly [string, string]>): Typed<ReadonlyMap<string, string>> {
  return new Typed(STRING_MAP, new Map(entries))
}

/** The type of a value; undefined for no value and for a bare nil. */
export function typeOf(value: GoValue): GoType | undefined {
  switch (typeof value) {
    case 'boolean':
      return BOOL
    case 'number':
      return FLOAT64
    case 'bigint':
      return INT
    case 'string':
      return STRING
    default:
      if (value === undefined || value === null) return undefined
      if (value instanceof Typed) return value.type
      return Array.isArray(value) ? ANY_SLICE : ANY_MAP
  }
}

/** What a value holds, without its type. */
export function rawOf(value: GoValue): unknown {
  return value instanceof Typed ? value.raw : value
}

export function kindOf(value: GoValue): GoKind | undefined {
  return typeOf(value)?.kind
}

/** The value of a slice's elements. */
export function itemsOf(value: GoValue): readonly GoValue[] {
  return (rawOf(value) ?? []) as readonly GoValue[]
}

export function entriesOf(value: GoValue): ReadonlyMap<GoValue, GoValue> {
  return (rawOf(value) ?? new Map()) as ReadonlyMap<GoValue, GoValue>
}

/** The value behind pointers; a nil pointer stays one, with `isNil`. */
export function indirect(value: GoValue): { readonly value: GoValue; readonly isNil: boolean } {
  let found = value
  while (found instanceof Typed && found.type.kind === 'pointer') {
    if (found.raw === null) return { value: found, isNil: true }
    found = found.raw as GoValue
  }
  return { value: found, isNil: found === null }
}

/** The value that a type starts with. */
export function zeroOf(type: GoType): GoValue {
  switch (type.kind) {
    case 'interface':
      return null
    case 'bool':
      return type === BOOL ? false : new Typed(type, false)
    case 'float':
      return type === FLOAT64 ? 0 : new Typed(type, 0)
    case 'int':
    case 'uint':
      return type === INT ? 0n : new Typed(type, 0n)
    case 'string':
      return type === STRING ? '' : new Typed(type, '')
    case 'struct':
      return new Typed(
        type,
        Object.fromEntries(Object.entries(type.fields ?? {}).map(([name, field]) => [name, zeroOf(field)])),
      )
    default:
      return new Typed(type, null)
  }
}

/** True when nil is a value of the type. */
export function canBeNil({ kind }: GoType): boolean {
  return kind === 'interface' || kind === 'map' || kind === 'pointer' || kind === 'slice'
}

export function isAssignable(from: GoType, to: GoType): boolean {
  if (to.kind === 'interface' || from === to || from.name === to.name) return true
  // A named list or map fits where the bare type is wanted.
  if (from.kind !== to.kind || (to.kind !== 'slice' && to.kind !== 'map')) return false
  const isBare = to.name.startsWith('[]') || to.name.startsWith('map[')
  return isBare && from.elem?.name === to.elem?.name && from.key?.name === to.key?.name
}

/** Whether `if` takes the value for true: not the zero of its kind, not empty. */
export function isTrue(value: GoValue): boolean {
  const raw = rawOf(value)
  switch (kindOf(value)) {
    case undefined:
      return false
    case 'slice':
      return itemsOf(value).length > 0
    case 'map':
      return entriesOf(value).size > 0
    case 'struct':
      return true
    case 'pointer':
      return raw !== null
    case 'float':
      return raw !== 0
    case 'int':
    case 'uint':
      return raw !== 0n
    default:
      return raw !== '' && raw !== false && raw !== null
  }
}
