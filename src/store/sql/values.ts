/**
 * How bound values are written. ClickHouse's own server binding is used over HTTP (`param_p0=...`). In process its binding is
 * shared by all connections (two queries at once get each other's values), so there each placeholder becomes the cast of a
 * quoted string, which is just what the server's binding does with it. `quote` is the one place where a value becomes text.
 */
import { Bug } from '../../core/errors.ts'
import type { Sql, SqlValue } from '../engine.ts'

const PLACEHOLDER = /\{(\w+):([^{}]+)\}/g

/** A string literal. The lexer of ClickHouse ends it at an unescaped quote only; NUL would end the text in the C interface. */
export function quote(text: string): string {
  return `'${text.replace(/[\\'\0]/g, (c) => (c === '\0' ? '\\0' : `\\${c}`))}'`
}

/** The statement with its values as quoted literals. Each placeholder is replaced once: values are never looked at again. */
export function inline(query: Sql): string {
  return query.text.replace(PLACEHOLDER, (_, name: string, type: string) => {
    const value = query.params[name]
    if (value === undefined) throw new Bug(`no value for the SQL parameter ${name}`)
    const literal = quote(textOf(value))
    return type === 'String' ? literal : `CAST(${literal} AS ${type})`
  })
}

/** The value as the server's binding reads it: tab-separated escapes for scalars, quoted elements in arrays. */
export function httpParam(value: SqlValue): string {
  const text = textOf(value)
  return typeof value === 'string' ? text.replace(/[\\\t\n\r\0]/g, (c) => ESCAPES[c] ?? c) : text
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' }

function textOf(value: SqlValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'bigint') return value.toString()
  return `[${value.map((item) => (typeof item === 'string' ? quote(item) : textOf(item))).join(',')}]`
}

function numberText(value: number): string {
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  return Number.isNaN(value) ? 'nan' : String(value)
}
