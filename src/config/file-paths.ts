import { isAbsolute, join } from 'node:path'
import type { z } from 'zod'
import type { Path } from './problem.ts'
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

/** Every path of a file to be read that `value` names, with where it stands. */
export function filePathsIn(schema: z.ZodType, value: unknown, at: Path): readonly { path: Path; file: string }[] {
  if (typeof value === 'string') {
    const { path, output } = metaOf(schema)
    return path === true && output !== true && value !== '' ? [{ path: at, file: value }] : []
  }
  const shape = shapeOf(schema)
  if (Array.isArray(value)) {
    if (shape.kind !== 'list') return []
    return value.flatMap((item: unknown, i) => filePathsIn(shape.item, item, [...at, i]))
  }
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = schemaOfKey(shape, key)
    return inner === undefined ? [] : filePathsIn(inner, item, [...at, key])
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}
