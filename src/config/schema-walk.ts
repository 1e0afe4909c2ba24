/** Looks into zod schemas: the one place that knows how they are built. */
import { z } from 'zod'
import type { Path } from './problem.ts'

/** What a schema is under its wrappers (optional, default, transform, ...), as far as a reader of files has to know. */
export type Shape =
  | { readonly kind: 'object'; readonly keys: Readonly<Record<string, z.ZodType>> }
  | { readonly kind: 'list'; readonly item: z.ZodType }
  | { readonly kind: 'map'; readonly value: z.ZodType }
  | { readonly kind: 'value' }

/** What `.meta()` may say about a value; the outermost schema that says something counts. */
export interface ValueMeta {
  /** The path of a file, relative to the file that names it. */
  readonly path?: boolean
  /** The file is written, not read. */
  readonly output?: boolean
  readonly unit?: 'duration' | 'bytes'
  readonly secret?: boolean
  /** May hold a password, which is never shown. */
  readonly url?: boolean
  /** It is read and checked, but changes nothing. */
  readonly notActedOn?: NotActedOn
}

export interface NotActedOn {
  /** What a user should know about that. */
  readonly why: string
  /** A value that asks for what is done anyway: of that there is nothing to tell. */
  readonly except?: unknown
}

export function shapeOf(schema: z.ZodType): Shape {
  const inner = unwrapped(schema).at(-1) as z.ZodType
  if (inner instanceof z.ZodObject) return { kind: 'object', keys: inner.shape }
  if (inner instanceof z.ZodArray) return { kind: 'list', item: inner.element as z.ZodType }
  if (inner instanceof z.ZodRecord) return { kind: 'map', value: inner.valueType as z.ZodType }
  return { kind: 'value' }
}

/** The schema of one key of an object or map; undefined where the key is not known. */
export function schemaOfKey(shape: Shape, key: string): z.ZodType | undefined {
  if (shape.kind === 'map') return shape.value
  return shape.kind === 'object' && Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined
}

export function metaOf(schema: z.ZodType): ValueMeta {
  const layers = unwrapped(schema).reverse()
  const said = layers.flatMap((one) => [one instanceof z.ZodPipe ? (one.out as z.ZodType).meta() : {}, one.meta()])
  return Object.assign({}, ...said) as ValueMeta
}

/** The schema and what it wraps, from the outside in, on the side of the input. */
export function unwrapped(schema: z.ZodType): z.ZodType[] {
  const chain = [schema]
  for (;;) {
    const last = chain.at(-1) as z.ZodType
    if (last instanceof z.ZodPipe) chain.push(last.in as z.ZodType)
    else if ('innerType' in last.def) chain.push(last.def.innerType as z.ZodType)
    else return chain
  }
}

/** The schema at `path` within another one. */
export function schemaAt(schema: z.ZodType, path: readonly (string | number)[]): z.ZodType | undefined {
  const [part, ...rest] = path
  if (part === undefined) return schema
  const shape = shapeOf(schema)
  const next = shape.kind === 'list' ? shape.item : schemaOfKey(shape, String(part))
  return next === undefined ? undefined : schemaAt(next, rest)
}

/** A value as it was given, before it is parsed, with its schema and its place. */
export interface GivenValue {
  readonly path: Path
  readonly schema: z.ZodType
  readonly value: unknown
}

/** `value` and all that stands within it, from the outside in, as far as the schema knows it. `enter` false: not what is within. */
export function* valuesWithin(given: GivenValue, enter: (given: GivenValue) => boolean): Iterable<GivenValue> {
  yield given
  const { path, schema, value } = given
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || !enter(given)) return
  const shape = shapeOf(schema)
  if (Array.isArray(value)) {
    if (shape.kind !== 'list') return
    for (const [i, item] of value.entries()) {
      yield* valuesWithin({ path: [...path, i], schema: shape.item, value: item as unknown }, enter)
    }
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const inner = schemaOfKey(shape, key)
    if (inner !== undefined) {
      yield* valuesWithin({ path: [...path, key], schema: inner, value: item as unknown }, enter)
    }
  }
}
