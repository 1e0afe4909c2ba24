import { describe, expect, test } from 'vitest'
import { shown, table, widthOf } from './display.ts'
import { underlined } from './underline.ts'

describe('text in cells of a terminal', () => {
  const widths: [text: string, want: number][] = [
    ['up', 2],
    ['서울', 4],
    ['東京1', 5],
    ['e\u0301', 1],
    ['📈', 2],
  ]
  test.each(widths)('%s', (text, want) => {
    expect(widthOf(text)).toBe(want)
  })

  test('a table lines up, whatever its letters are', () => {
    const columns = [{ title: 'city' }, { title: 'value', right: true }]
    expect(
      table(columns, [
        ['서울', '10'],
        ['Ulm', '7'],
      ]),
    ).toBe('city  value\n서울     10\nUlm       7\n')
  })

  test('a value can not act on the terminal', () => {
    expect(shown('a\u001b[31mb\n')).toBe('a\\x1b[31mb\\x0a')
  })
})

describe('a place in a query', () => {
  const mark = (text: string, part: string): string => {
    const start = text.indexOf(part)
    return underlined(text, { start, end: start + part.length }, '')
  }

  test('is underlined', () => {
    expect(mark('sum(rat(x))', 'rat')).toBe('sum(rat(x))\n    ^~~\n')
  })

  test('stands right behind letters that are wide', () => {
    expect(mark('up{a="서울"} foo', 'foo')).toBe('up{a="서울"} foo\n             ^~~\n')
  })

  test('on its line, up to its end', () => {
    expect(mark('a +\n\tb(c\n)', 'b(c\n)')).toBe(' b(c\n ^~~\n')
  })

  test('of a long line, with what is near', () => {
    const text = `${'a'.repeat(100)} + ${'b'.repeat(100)}`
    expect(mark(text, '+')).toBe(`…${'a'.repeat(59)} + ${'b'.repeat(58)}…\n${' '.repeat(61)}^\n`)
  })

  test('at the end of the text', () => {
    expect(underlined('sum(x', { start: 5, end: 5 }, '')).toBe('sum(x\n     ^\n')
  })
})
