import { describe, expect, test } from 'vitest'
import { printEntries } from '../../../test/support/entries.ts'
import { MalformedExposition } from './malformed.ts'
import { SeriesCache } from './series-cache.ts'
import { TextCursor } from './text-cursor.ts'
import type { TextCursorOptions } from './text-cursor.ts'

const read = (page: string, options: TextCursorOptions): string[] =>
  printEntries(new TextCursor(Buffer.from(page), options))

describe('text format', () => {
  const cases: [name: string, page: string, want: string[]][] = [
    ['reads a bare name', 'up 1', ['up 1']],
    ['reads a timestamp in ms', 'up 1 1700000000123\n', ['up 1 @1700000000123']],
    [
      'reads negative zero, infinities and hundreds of digits',
      `a -0\nb +Inf\nc 0.${'1'.repeat(300)}\n`,
      ['a 0', 'b Infinity', 'c 0.1111111111111111'],
    ],
    ['allows blanks nearly anywhere', '\n\t x { a = "b" , c="d", }\t 2  3 \n', ['x{a="b", c="d"} 2 @3']],
    ['allows labels without commas', 'x{a="1"b="2"} 1\n', ['x{a="1", b="2"} 1']],
    ['reads quoted UTF-8 names', '{"a.b","c d"="e"} 1\n', ['{"a.b", "c d"="e"} 1']],
    ['undoes escapes, and leaves unknown ones', 'x{a="\\\\ \\" \\n \\t"} 1\n', ['x{a="\\\\ \\" \\n \\\\t"} 1']],
    ['leaves empty labels out', 'x{a="",b="c"} 1\n', ['x{b="c"} 1']],
    [
      'normalises le and quantile by the type',
      '# TYPE h histogram\nh_bucket{le="1"} 1\n# TYPE s summary\ns{quantile="1e3",le="1"} 1\n',
      ['type h histogram', 'h_bucket{le="1.0"} 1', 'type s summary', 's{le="1", quantile="1000.0"} 1'],
    ],
    [
      'reads help with escapes',
      '# HELP x a\\n\\\\b\\"\n# HELP "y.z"  two\n',
      ['help x "a\\n\\\\b\\\\\\""', 'help y.z " two"'],
    ],
    ['passes comments', '# just so\n#\n#HELP\nx 1\n', ['comment', 'comment', 'comment', 'x 1']],
    ['ends at a NUL where a line starts', 'x 1\n\u0000y 2\n', ['x 1']],
  ]
  test.each(cases)('%s', (_, page, want) => {
    expect(read(page, { format: 'text' })).toEqual(want)
  })

  test('tells line and offset of what it does not understand', () => {
    const cursor = new TextCursor(Buffer.from('a 1\nb 2\nc{ 3\n'), { format: 'text' })
    const error = (() => {
      try {
        return printEntries(cursor)
      } catch (caught) {
        return caught
      }
    })()
    expect(error).toBeInstanceOf(MalformedExposition)
    expect(error).toMatchObject({ line: 3, offset: 11, code: 'exposition.malformed' })
  })

  test('refuses a label that is there twice', () => {
    expect(() => read('x{a="1",a="2"} 1\n', { format: 'text' })).toThrow('label name "a" is not unique: invalid sample')
  })
})

describe('OpenMetrics', () => {
  const page = [
    '# TYPE c counter',
    '# UNIT c_seconds seconds',
    'c_total{a="b"} 1 1.5 # {trace_id="x"} 0.5 2.5',
    'c_created{a="b"} 1000',
    'c_total{a="c"} 2',
    '# EOF\n',
  ].join('\n')

  test('reads exemplars, and times in seconds', () => {
    expect(read(page, { format: 'openmetrics' })).toEqual([
      'type c counter',
      'unit c_seconds seconds',
      'c_total{a="b"} 1 @1500 # {trace_id="x"} 0.5 2500',
      'c_created{a="b"} 1000',
      'c_total{a="c"} 2',
    ])
  })

  test('takes _created lines as start timestamps when asked to', () => {
    expect(
      read(page.replace('# UNIT c_seconds seconds\n', ''), { format: 'openmetrics', createdTimestamps: true }),
    ).toEqual(['type c counter', 'c_total{a="b"} 1 @1500 since 1000000 # {trace_id="x"} 0.5 2500', 'c_total{a="c"} 2'])
  })

  test('looks ahead once for a family without _created lines', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `x_total{a="${i}"} 1`)
    const long = `# TYPE x counter\n${lines.join('\n')}\n# EOF\n`
    expect(read(long, { format: 'openmetrics', createdTimestamps: true })).toHaveLength(20_001)
  })
})

describe('with a cache', () => {
  const formats: TextCursorOptions['format'][] = ['text', 'openmetrics']
  test.each(formats)('%s reads the second page as it reads it without one', (format) => {
    const seconds = format === 'openmetrics'
    const lines = [
      '# TYPE x gauge',
      'x 1',
      'x{a="b c} d"} 2.5e3',
      'x{a="\\""} NaN',
      `x{a="é"} -3 ${seconds ? '1.5' : '15'}`,
    ]
    const first = [...lines, 'x{a="gone"} 4', '# EOF\n'].join('\n')
    const second = [...lines.toReversed(), 'x{a="new"} 4', '# EOF\n'].join('\n')
    const cache = new SeriesCache()
    read(first, { format, cache })
    expect(read(second, { format, cache })).toEqual(read(second, { format }))
    expect(read(first, { format, cache })).toEqual(read(first, { format }))
    expect(cache.size).toBe(6)
  })

  test('leaves a line that goes on unplainly to the long way', () => {
    const cache = new SeriesCache()
    read('x 1\ny{a="b"} 1\n', { format: 'text', cache })
    expect(read('x {b="c"} 2\ny{a="b"}  0x\n'.replace('0x', '3'), { format: 'text', cache })).toEqual([
      'x{b="c"} 2',
      'y{a="b"} 3',
    ])
    expect(() => read('x 1\ny{a="b"} 1 2 3\n', { format: 'text', cache })).toThrow(
      'expected next entry after timestamp',
    )
    expect(() => read('x 1_0\n', { format: 'text', cache })).toThrow('unsupported character in float')
  })
})
