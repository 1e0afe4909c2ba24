import { isAbsolute, join } from 'node:path'
import type { z } from 'zod'
import { metaOf, schemaOfKey, shapeOf } from './schema-walk.ts'

/** A copy of `value` in which every path of a file (schema `filePath`) that is relative is joined to `folder`. */
export function resolveFilePaths(schema: z.ZodType, value: unknown, folder: string): unknown {
  if (typeof value === 'string') {
    const relative = metaOf(schema).path === true && value !== '' && !isAbsolute(value)
    return relative ? join(folder, value) : value
  }
  const shape = shapeOf(schema)
  if (Array.isArray(value)) {
    return shape.kind === 'list' ? value.map((item) => resolveFilePaths(shape.item, item, folder)) : value
  }
  if (!isRecord(value) || (shape.kind !== 'object' && shape.kind !== 'map')) return value
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    const inner = schemaOfKey(shape, key)
    return [key, inner === undefined ? item : resolveFilePaths(inner, item, folder)]
  })
  return Object.fromEntries(entries)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}
