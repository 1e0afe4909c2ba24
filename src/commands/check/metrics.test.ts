import { expect, test } from 'vitest'
import { printed } from '../../../test/support/terminal.ts'
import { metrics } from './metrics.ts'

const PAGE = `# HELP x_total Things.
# TYPE x_total counter
x_total{a="1"} 1
x_total{a="2"} 1
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="+Inf"} 1
h_sum 1
h_count 1
`

test('tells what is against the conventions', async () => {
  expect(await printed(metrics, [], { input: PAGE })).toEqual({ code: 3, out: '', err: 'h no help text\n' })
})

test('counts series, in the columns of promtool', async () => {
  expect(await printed(metrics, ['--extended', '--lint', 'none', '-'], { input: PAGE })).toEqual({
    code: 0,
    err: '',
    out: [
      'Metric     Cardinality    Percentage    ',
      'h          4              66.67%        ',
      'x_total    2              33.33%        ',
      'Total      6              100%          ',
      '',
    ].join('\n'),
  })
})

test('a page that can not be read is told with its line', async () => {
  const { code, err } = await printed(metrics, [], { input: 'a 1\nb {\n' })
  expect(code).toBe(1)
  expect(err).toMatch(/^error while linting: standard input:2: /)
})

test('OpenMetrics is held to its own rules', async () => {
  const { code, err } = await printed(metrics, [], { input: '# TYPE x counter\nx_total -1\n# EOF\n' })
  expect([code, err]).toEqual([1, 'error while linting: standard input:2: "_total" is not negative\n'])
})

test('something has to be asked for', async () => {
  await expect(printed(metrics, ['--lint=none'])).rejects.toThrow('at least one of --extended or linting')
  await expect(printed(metrics, ['--lint=some'])).rejects.toThrow('there is all and none')
})
