import { describe, expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { evaluateOver } from '../../../../test/support/promql-operators.ts'
import type { OperatorRun } from '../../../../test/support/promql-operators.ts'
import { vectorOf } from '../../../../test/support/promql-vectors.ts'

const vectors = {
  m: vectorOf(
    [{ __name__: 'm', job: 'a', i: '1' }, 1, 5, undefined],
    [{ __name__: 'm', job: 'a', i: '2' }, 2, NaN, 4],
    [{ __name__: 'm', job: 'b', i: '1' }, 10, undefined, undefined],
    [{ __name__: 'n', i: '3' }, 7, 7, 7],
  ),
  n: vectorOf([{ __name__: 'n', i: '3' }, 7, 7, 7]),
  huge: vectorOf([{ i: '1' }, 1.7e308], [{ i: '2' }, 1.7e308], [{ i: '3' }, -1.7e308]),
  tiny: vectorOf([{ i: '1' }, 1], [{ i: '2' }, 1e100], [{ i: '3' }, 1], [{ i: '4' }, -1e100]),
}
const run: OperatorRun = { vectors }

const rows: readonly (readonly [query: string, ...want: string[]])[] = [
  ['sum by (job) (m)', '{job="a"} 3 NaN 4', '{job="b"} 10 _ _', '{} 7 7 7'],
  ['sum without (i) (m)', '{job="a"} 3 NaN 4', '{job="b"} 10 _ _', '{} 7 7 7'],
  ['sum(m)', '{} 20 NaN 11'],
  ['sum by (__name__) (m)', 'm 13 NaN 4', 'n 7 7 7'],
  ['sum(tiny)', '{} 2 _ _'],
  ['avg by (job) (m)', '{job="a"} 1.5 NaN 4', '{job="b"} 10 _ _', '{} 7 7 7'],
  ['avg(huge)', '{} 5.666666666666665e+307 _ _'],
  ['sum(huge)', '{} Infinity _ _'],
  ['count by (job) (m)', '{job="a"} 2 2 1', '{job="b"} 1 _ _', '{} 1 1 1'],
  ['group by (i) (m)', '{i="1"} 1 1 _', '{i="2"} 1 1 1', '{i="3"} 1 1 1'],
  ['min(m)', '{} 1 5 4'],
  ['max(m)', '{} 10 7 7'],
  ['stddev by (job) (m)', '{job="a"} 0.5 NaN 0', '{job="b"} 0 _ _', '{} 0 0 0'],
  ['stdvar by (job) (m)', '{job="a"} 0.25 NaN 0', '{job="b"} 0 _ _', '{} 0 0 0'],
  ['quantile(0.5, m)', '{} 4.5 5 5.5'],
  ['quantile(0, m)', '{} 1 NaN 4'],
  ['count_values by (job) ("v", n)', '{v="7"} 1 1 1'],
  ['count_values without (i, v) ("v", m)', '{job="a"} 2 2 1', '{job="b"} 1 _ _', '{} 1 1 1'],
  ['limitk(1, m)', 'm{i="1", job="a"} 1 5 _', 'm{i="2", job="a"} _ _ 4'],
  [
    'limit_ratio(1, m)',
    'm{i="1", job="a"} 1 5 _',
    'm{i="2", job="a"} 2 NaN 4',
    'm{i="1", job="b"} 10 _ _',
    'n{i="3"} 7 7 7',
  ],
  ['limit_ratio(0, m)'],
  ['topk(0, m)'],
]

describe('aggregations', () => {
  test.each(rows)('%s', (query, ...want) => {
    expect(evaluateOver(query, run).rows).toEqual(want)
  })

  test.each(rows)('%s, a row at a time', (query) => {
    expect(evaluateOver(query, { ...run, partSize: 1 }).rows).toEqual(evaluateOver(query, run).rows)
  })

  test('topk keeps the labels, and tells the rows of an instant in the order of their values', () => {
    const v = vectorOf([{ i: '1' }, 3], [{ i: '2' }, NaN], [{ i: '3' }, 9], [{ i: '4' }, 5], [{ i: '5' }, 9.5])
    expect(evaluateOver('topk(3, v)', { vectors: { v } }).rows).toEqual(['{i="5"} 9.5', '{i="3"} 9', '{i="4"} 5'])
    expect(evaluateOver('bottomk(2, v)', { vectors: { v } }).rows).toEqual(['{i="1"} 3', '{i="4"} 5'])
    expect(evaluateOver('topk(9, v)', { vectors: { v } }).rows.at(-1)).toBe('{i="2"} NaN')
  })

  test('the number of rows may differ from step to step', () => {
    const scalars = { k: [1, 0, 2.9] }
    expect(evaluateOver('topk(scalar(k), m)', { vectors, scalars }).rows).toEqual([
      'm{i="2", job="a"} _ _ 4',
      'm{i="1", job="b"} 10 _ _',
      'n{i="3"} _ _ 7',
    ])
  })

  test.each([
    ['topk(NaN, m)', 'Parameter value is NaN'],
    ['limitk(1e20, m)', 'Scalar value 1e+20 overflows int64'],
    ['limit_ratio(NaN, m)', 'Ratio value is NaN'],
    ['count_values("", m)', 'invalid label name ""'],
  ])('%s fails', (query, message) => {
    expect(() => evaluateOver(query, run)).toThrow(message)
  })

  test('a step whose count is too low does not hide that of another one', () => {
    const scalars = { k: [2, -1e19, 1] }
    expect(() => evaluateOver('topk(scalar(k), m)', { vectors, scalars })).toThrow(
      'Scalar value -1e+19 underflows int64',
    )
  })

  test.each([
    ['quantile(1.5, m)', 'quantile value should be between 0 and 1, got 1.5 (1:10)'],
    ['quantile(NaN, m)', 'quantile value should be between 0 and 1, got NaN (1:10)'],
    ['limit_ratio(1.5, m)', 'ratio value should be between -1 and 1, got 1.5, capping to 1 (1:13)'],
    ['limit_ratio(-2, m)', 'ratio value should be between -1 and 1, got -2, capping to -1 (1:13)'],
  ])('%s warns', (query, text) => {
    expect(evaluateOver(query, run).warnings).toEqual([`PromQL warning: ${text}`])
  })

  test('names that are to be dropped later stay so in the groups they are in', () => {
    const m = { ...vectors.m, dropName: Uint8Array.of(0, 1, 0, 0) }
    const outcome = evaluateOver('sum by (__name__) (m)', { vectors: { m }, delayedNameRemoval: true })
    expect(outcome.rows).toEqual(['!m 13 NaN 4', 'n 7 7 7'])
    const top = evaluateOver('topk(2, m)', { vectors: { m }, delayedNameRemoval: true, partSize: 1 })
    expect(top.rows).toContain('!m{i="2", job="a"} _ _ 4')
    expect(top.rows).toContain('n{i="3"} 7 7 7')
  })
})

describe('aggregations of native histograms', () => {
  const one = histogramOf('schema:0 count:3 sum:4 buckets:[1 2]')
  const two = histogramOf('schema:0 count:6 sum:8 buckets:[2 4]')
  const custom = histogramOf('schema:-53 count:3 sum:4 custom_values:[1 2] buckets:[1 2]')
  const other = histogramOf('schema:-53 count:3 sum:4 custom_values:[1 3] buckets:[1 2]')
  const h = vectorOf([{ i: '1' }, one, one, 3], [{ i: '2' }, two, 2, 4], [{ i: '3' }, one, undefined, 5])

  test('sums and means, but not of histograms and floats', () => {
    const sum = evaluateOver('sum(h)', { vectors: { h } })
    expect(sum.rows).toEqual(['{} {{count:12 sum:16 buckets:[4 8]}} _ 12'])
    expect(sum.warnings).toEqual(['PromQL warning: encountered a mix of histograms and floats for aggregation (1:5)'])
    const avg = evaluateOver('avg(h)', { vectors: { h }, partSize: 1 })
    expect(avg.rows).toEqual([
      '{} {{count:4 sum:5.333333333333333 buckets:[1.3333333333333333 2.6666666666666665]}} _ 4',
    ])
  })

  test('histograms of other schemas have no sum, and nothing after them counts', () => {
    const mixed = vectorOf([{ __name__: 'x', i: '1' }, one], [{ __name__: 'y', i: '2' }, custom], [{ i: '3' }, 1])
    const { rows: none, warnings } = evaluateOver('sum(mixed)', { vectors: { mixed } })
    expect(none).toEqual([])
    expect(warnings).toEqual([
      'PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "y" (1:5)',
    ])
  })

  test('bounds that differ are told, and so are resets that contradict each other', () => {
    const bounds = vectorOf([{ i: '1' }, custom], [{ i: '2' }, other])
    expect(evaluateOver('avg(bounds)', { vectors: { bounds } }).infos).toEqual([
      'PromQL info: mismatched custom buckets were reconciled during aggregation (1:5)',
    ])
    const resets = vectorOf(
      [{ i: '1' }, { ...one, resetHint: 'reset' }],
      [{ i: '2' }, { ...one, resetHint: 'not_reset' }],
    )
    expect(evaluateOver('sum(resets)', { vectors: { resets } }).warnings).toEqual([
      'PromQL warning: conflicting counter resets during histogram aggregation (1:5)',
    ])
  })

  test.each([
    ['min(h)', '{} _ 2 3', '1:5'],
    ['stddev(h)', '{} _ 0 0.816496580927726', '1:8'],
    ['quantile(0.5, h)', '{} _ 2 4', '1:15'],
    ['topk(1, h)', '{i="2"} _ 2 _', '1:1'],
  ])('%s leaves them out', (query, row, position) => {
    const { rows: got, infos } = evaluateOver(query, { vectors: { h } })
    expect(got[0]).toBe(row)
    expect(infos).toEqual([`PromQL info: ignored histogram in ${query.replace(/\(.*/, '')} aggregation (${position})`])
  })

  test('count and count_values take them like any other sample', () => {
    expect(evaluateOver('count(h)', { vectors: { h } }).rows).toEqual(['{} 3 2 3'])
    expect(evaluateOver('count_values("v", h)', { vectors: { h } }).rows[0]).toBe(
      '{v="{count:3, sum:4, (0.5,1]:1, (1,2]:2}"} 2 1 _',
    )
  })
})
