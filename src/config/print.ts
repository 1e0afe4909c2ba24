import { stringify } from 'yaml'
import type { z } from 'zod'
import { printDuration } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import type { Sections } from './load.ts'
import { metaOf, shapeOf } from './schema-walk.ts'
import { Secret } from './secret.ts'
import { redactUrl } from './url.ts'

/**
 * Parsed sections as the text of a file that means the same: defaults filled in, what is empty left out, secrets as `<secret>`,
 * passwords in URLs as `xxxxx`. In the order of `sections` and of their keys.
 */
export function printConfig(sections: Sections, values: Readonly<Record<string, unknown>>): string {
  const plain = Object.entries(sections).map(([key, { schema }]): [string, unknown] => [
    key,
    toPlain(schema, values[key]),
  ])
  return stringify(Object.fromEntries(plain.filter(([, value]) => value !== undefined)), { lineWidth: 0 })
}

/** One value of a section as YAML, in the way of `printConfig`. */
export function printValue(schema: z.ZodType, value: unknown): string {
  return stringify(toPlain(schema, value) ?? {}, { lineWidth: 0 })
}

/** Undefined for what is not worth a line. */
function toPlain(schema: z.ZodType, value: unknown): unknown {
  if (value instanceof Secret) return value.reveal() === '' ? undefined : String(value)
  if (typeof value === 'number') return printNumber(value, metaOf(schema).unit)
  if (typeof value === 'string') return metaOf(schema).url === true ? redactUrl(value) : value
  if (typeof value !== 'object' || value === null) return value ?? undefined
  if (isRegexp(value)) return value.source
  const shape = shapeOf(schema)
  if (Array.isArray(value)) {
    if (shape.kind !== 'list' || value.length === 0) return undefined
    return value.map((item) => toPlain(shape.item, item) ?? {})
  }
  const fields = value as Readonly<Record<string, unknown>>
  if (shape.kind === 'map') return record(Object.keys(fields), () => shape.value, fields)
  if (shape.kind === 'object') return record(Object.keys(shape.keys), (key) => shape.keys[key], fields)
  return value
}

function record(
  keys: readonly string[],
  schemaOf: (key: string) => z.ZodType | undefined,
  fields: Readonly<Record<string, unknown>>,
): unknown {
  const entries = keys
    .map((key): [string, unknown] => {
      const schema = schemaOf(key)
      return [key, schema === undefined ? undefined : toPlain(schema, fields[key])]
    })
    .filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function printNumber(value: number, unit: 'duration' | 'bytes' | undefined): unknown {
  if (unit === 'duration') return printDuration(value as DurationMs)
  return unit === 'bytes' ? printSize(value) : value
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** The largest unit that needs no fraction. */
function printSize(size: number): string | number {
  if (size === 0) return 0
  let power = 0
  while (power < SIZES.length - 1 && size % 1024 ** (power + 1) === 0) power++
  return `${size / 1024 ** power}${SIZES[power] ?? 'B'}`
}

function isRegexp(value: object): value is { readonly source: string } {
  return 'source' in value && typeof value.source === 'string' && 'test' in value && typeof value.test === 'function'
}
