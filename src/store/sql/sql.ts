/**
 * SQL with bound values. The only way to make an `Sql`: text comes from the source code, values from `param`, names from
 * `identifier`, and other pieces from `sql` again, so no value ever becomes text of a statement.
 *
 *   const query = sql`SELECT id FROM ${identifier('series')} WHERE tenant = ${param('String', tenant)}`
 */
import { Bug } from '../../core/errors.ts'
import type { Sql, SqlValue } from '../engine.ts'

class Identifier {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

class Param {
  readonly type: string
  readonly value: SqlValue
  constructor(type: string, value: SqlValue) {
    this.type = type
    this.value = value
  }
}

/** A piece of SQL; a whole statement is one too. */
export class SqlPiece implements Sql {
  readonly parts: readonly (string | Param)[]
  readonly text: string
  readonly params: Readonly<Record<string, SqlValue>>

  /** Not for callers: use `sql`. */
  constructor(parts: readonly (string | Param)[]) {
    this.parts = parts
    const params: Record<string, SqlValue> = {}
    let count = 0
    let text = ''
    for (const part of parts) {
      if (typeof part === 'string') text += part
      else {
        const name = `p${count++}`
        params[name] = part.value
        text += `{${name}:${part.type}}`
      }
    }
    this.text = text
    this.params = params
  }
}

export type SqlArgument = Identifier | Param | SqlPiece

/** The template tag. Values go in as `param`, names as `identifier`, pieces as `sql`; a bare string does not compile. */
export function sql(strings: TemplateStringsArray, ...args: readonly SqlArgument[]): SqlPiece {
  const parts: (string | Param)[] = []
  for (const [i, text] of strings.entries()) {
    parts.push(text)
    const arg = args[i]
    if (arg instanceof Identifier) parts.push(arg.text)
    else if (arg instanceof Param) parts.push(arg)
    else if (arg instanceof SqlPiece) parts.push(...arg.parts)
    else if (i < args.length) throw new Bug('a bare value in SQL: bind it with param')
  }
  return new SqlPiece(parts)
}

/** A value bound as `type` (`String`, `UInt64`, `Array(String)`, ...). Lists are bound as arrays: `id IN ${param('Array(UInt64)', ids)}`. */
export function param(type: string, value: SqlValue): Param {
  if (!/^[A-Za-z][A-Za-z0-9_(), ']*$/.test(type)) throw new Bug(`no ClickHouse type: ${JSON.stringify(type)}`)
  return new Param(type, value)
}

/** A name of a table, column or database, each part checked: letters, digits and underscores only. */
export function identifier(name: string): Identifier {
  if (!/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/.test(name))
    throw new Bug(`no name for SQL: ${JSON.stringify(name)}`)
  return new Identifier(name)
}

/** Pieces in a row: `join(conditions, ' AND ')`. */
export function join(pieces: readonly SqlPiece[], separator: ' AND ' | ' OR ' | ', ' | ' UNION ALL '): SqlPiece {
  return new SqlPiece(pieces.flatMap((piece, i) => (i === 0 ? piece.parts : [separator, ...piece.parts])))
}
