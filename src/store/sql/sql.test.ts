import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identifier, join, param, sql } from './sql.ts'
import { inline, quote } from './values.ts'

describe('sql', () => {
  test('numbers the values of all pieces in order', () => {
    const conditions = [sql`a = ${param('String', 'x')}`, sql`b IN ${param('Array(UInt64)', [1n, 2n])}`]
    const query = sql`SELECT ${identifier('id')} FROM ${identifier('db.t')} WHERE ${join(conditions, ' AND ')} LIMIT ${param('UInt32', 5)}`
    expect(query.text).toBe('SELECT id FROM db.t WHERE a = {p0:String} AND b IN {p1:Array(UInt64)} LIMIT {p2:UInt32}')
    expect(query.params).toEqual({ p0: 'x', p1: [1n, 2n], p2: 5 })
  })

  test('refuses a bare value, also where the types were talked out of it', () => {
    const value = 'x' as unknown as ReturnType<typeof identifier>
    expect(() => sql`SELECT ${value}`).toThrow(/bare value/)
  })

  test.each(['a b', '1a', "a'", 'a.b.c', '', 'a;'])('refuses %j as a name', (name) => {
    expect(() => identifier(name)).toThrow(/no name for SQL/)
  })

  test.each(['String}; DROP', '', 'a{b'])('refuses %j as a type', (type) => {
    expect(() => param(type, 1)).toThrow(/no ClickHouse type/)
  })
})

describe('inline', () => {
  test('casts quoted literals', () => {
    const query = sql`SELECT ${param('String', "it's \\ {p1:String}")}, ${param('Float64', NaN)}, ${param('Array(String)', ["a'b", 'c'])}`
    expect(inline(query)).toBe(
      `SELECT 'it\\'s \\\\ {p1:String}', CAST('nan' AS Float64), CAST('[\\'a\\\\\\'b\\',\\'c\\']' AS Array(String))`,
    )
  })

  test('takes the number of a day for a date', () => {
    expect(inline(sql`SELECT ${param('Date', 20_000)}, ${param('Date', '2024-01-01')}`)).toBe(
      `SELECT CAST(20000 AS Date), CAST('2024-01-01' AS Date)`,
    )
  })

  test('a quoted text ends where it should, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '\\', '\0', '-', ';', '\n', '/', '*', 'n', '日') }),
        (text) => {
          const literal = quote(text)
          // What ClickHouse's lexer takes as one string: no quote inside that is not escaped, and the escapes undo to the text.
          expect(literal).toMatch(/^'(?:[^'\\]|\\.)*'$/s)
          expect(literal.slice(1, -1).replace(/\\(.)/gs, (_, c: string) => (c === '0' ? '\0' : c))).toBe(text)
        },
      ),
    )
  })
})
