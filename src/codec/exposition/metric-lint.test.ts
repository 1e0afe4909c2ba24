import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { lintFamilies } from './metric-lint.ts'
import { formatOfPage, readFamilies } from './read-families.ts'

/** `metric: problem`, for a page of these lines. */
const lint = (...lines: string[]): string[] => {
  const page = Buffer.from(`${lines.join('\n')}\n`)
  return lintFamilies(readFamilies(page, formatOfPage(page))).map(({ metric, text }) => `${metric}: ${text}`)
}
/** A family of one sample, with help. */
const page = (type: string, name: string, series = name): string[] => [
  `# HELP ${name} x`,
  `# TYPE ${name} ${type}`,
  `${series} 1`,
]

describe('names and types', () => {
  const cases: [name: string, page: string[], want: string[]][] = [
    ['good ones', page('counter', 'x_seconds_total'), []],
    ['no help', ['# TYPE x gauge', 'x 1'], ['x: no help text']],
    ['empty help', ['# HELP x', '# TYPE x gauge', 'x 1'], ['x: no help text']],
    [
      'a unit that is no base unit',
      page('untyped', 'x_milliseconds'),
      ['x_milliseconds: use base unit "seconds" instead of "milliseconds"'],
    ],
    [
      'a unit of another kind',
      page('untyped', 'x_inches_total'),
      ['x_inches_total: use base unit "meters" instead of "inches"'],
    ],
    ['a counter without _total', page('counter', 'x'), ['x: counter metrics should have "_total" suffix']],
    ['a gauge with _total', page('gauge', 'x_total'), ['x_total: non-counter metrics should not have "_total" suffix']],
    ['an untyped one with _total', page('untyped', 'x_total'), []],
    [
      'a bucket that is none',
      page('gauge', 'x_bucket'),
      ['x_bucket: non-histogram metrics should not have "_bucket" suffix'],
    ],
    [
      'a count that is none',
      page('gauge', 'x_count'),
      ['x_count: non-histogram and non-summary metrics should not have "_count" suffix'],
    ],
    ['le of no histogram', page('gauge', 'x', 'x{le="1"}'), ['x: non-histogram metrics should not have "le" label']],
    [
      'quantile of no summary',
      page('gauge', 'x', 'x{quantile="1"}'),
      ['x: non-summary metrics should not have "quantile" label'],
    ],
    ['the type in the name', page('gauge', 'x_gauge'), [`x_gauge: metric name should not include type 'gauge'`]],
    ['a colon', page('gauge', 'x:y'), [`x:y: metric names should not contain ':'`]],
    [
      'camelCase',
      page('gauge', 'xY', 'xY{aB="1"}'),
      [
        `xY: label names should be written in 'snake_case' not 'camelCase'`,
        `xY: metric names should be written in 'snake_case' not 'camelCase'`,
      ],
    ],
    ['an abbreviation', page('gauge', 'x_ms'), ['x_ms: metric names should not contain abbreviated units']],
    ['a series twice', [...page('gauge', 'x', 'x{a="1"}'), 'x{a="1"} 2'], ['x: metric not unique']],
  ]
  test.each(cases)('%s', (_, lines, want) => {
    expect(lint(...lines)).toEqual(want)
  })

  test('histograms and summaries are one metric each', () => {
    const histogram = [
      '# HELP h x',
      '# TYPE h histogram',
      'h_bucket{le="1"} 1',
      'h_bucket{le="+Inf"} 1',
      'h_sum 1',
      'h_count 1',
    ]
    const summary = ['# HELP s x', '# TYPE s summary', 's{quantile="0.5"} 1', 's_sum 1', 's_count 1']
    expect(lint(...histogram, ...summary)).toEqual([])
  })

  test('OpenMetrics names a counter without _total, and its info with a suffix', () => {
    const counter = ['# HELP x x', '# TYPE x counter', 'x_total 1', 'x_created 5']
    expect(lint(...counter, '# HELP i x', '# TYPE i info', 'i_info{a="b"} 1', '# EOF')).toEqual([])
  })
})
