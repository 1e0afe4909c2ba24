import { describe, expect, test } from 'vitest'
import { lintOpenMetrics } from './openmetrics-lint.ts'

const lint = (...lines: string[]): string | undefined => {
  const problem = lintOpenMetrics(Buffer.from(`${lines.join('\n')}\n# EOF\n`))
  return problem === undefined ? undefined : `${problem.line}: ${problem.message}`
}

describe('lintOpenMetrics', () => {
  const bucket = 'h_bucket{le="+Inf"} 1'
  const cases: [name: string, lines: string[], want: string | undefined][] = [
    [
      'a proper page',
      ['# TYPE c counter', 'c_total 1', '# TYPE h histogram', bucket, 'h_count 1', 'h_sum 2'],
      undefined,
    ],
    ['a series of no family', ['x 1', 'y 2'], undefined],
    ['a counter that falls below zero', ['# TYPE c counter', 'c_total -1'], '2: "_total" is not negative'],
    ['metadata behind samples', ['c 1', '# HELP c x'], '2: metadata of "c" after its samples'],
    ['a repeated TYPE', ['# TYPE c gauge', '# TYPE c gauge'], '2: more than one type of "c"'],
    ['a clashing name', ['# TYPE c_created gauge', '# TYPE c counter'], '3: clashing name "c_created"'],
    ['a comma too many', ['c{a="b",} 1'], '1: comma before the closing brace'],
    [
      'a count that does not fit',
      ['# TYPE h histogram', bucket, 'h_count 2', 'h_sum 1'],
      '5: the count is not that of the bucket for le="+Inf"',
    ],
    ['an exemplar on a gauge', ['# TYPE g gauge', 'g 1 # {} 1'], `2: exemplar on a gauge's "" sample`],
    [
      'a split group',
      ['# TYPE g gauge', 'g{a="1"} 1', 'g{a="2"} 1', 'g{a="1"} 2'],
      '4: samples of one metric are not together',
    ],
    ['a timestamp that goes back', ['g 1 2.5', 'g 1 2.4'], '2: timestamps of a metric go back'],
    ['a stateset of 2', ['# TYPE s stateset', 's{s="a"} 2'], '2: a stateset is 0 or 1'],
    [
      'what no scrape reads either',
      ['c  1'],
      '1: expected value after metric, got "  " ("INVALID") while parsing: "c  "',
    ],
  ]
  test.each(cases)('tells of %s', (_, lines, want) => {
    expect(lint(...lines)).toBe(want)
  })
})
