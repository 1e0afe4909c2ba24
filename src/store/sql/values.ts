/**
 * How bound values are written: each placeholder becomes the cast of a quoted string, which is just what ClickHouse's own
 * binding makes of it. Its own is no choice: in process it is shared by all connections (two queries at once get each other's
 * values), and over HTTP a value may have 128 KiB, where a list of ids has more. So both engines bind here, and `quote` is the
 * one place where a value becomes text.
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
    // A day as its number is no text of a date.
    const literal = type === 'Date' && typeof value === 'number' ? numberText(value) : quote(textOf(value))
    return type === 'String' ? literal : `CAST(${literal} AS ${type})`
  })
}

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
