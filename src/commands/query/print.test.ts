import { describe, expect, test } from 'vitest'
import { valueOf } from './answer.ts'
import { explainText } from './explain-text.ts'
import { jsonText } from './print-json.ts'
import { labelSetText, promqlText } from './print-promql.ts'
import { csvText, labelSetsTable, tableText } from './print-table.ts'

const vector = valueOf({
  resultType: 'vector',
  result: [
    { metric: { __name__: 'up', job: 'a', instance: 'x"y' }, value: [1435781451.781, '1e+21'] },
    { metric: {}, value: [1435781451.781, '+Inf'] },
    { metric: { __name__: 'up' }, value: [1435781451, '0.5'] },
  ],
})
const matrix = valueOf({
  resultType: 'matrix',
  result: [
    {
      metric: { job: 'a', zone: 'b' },
      values: [
        [1, '1'],
        [2, '3'],
      ],
    },
    { metric: { job: 'b' }, values: [[1, 'NaN']] },
  ],
})
const histogram = valueOf({
  resultType: 'vector',
  result: [
    {
      metric: { __name__: 'h' },
      histogram: [
        10,
        {
          count: '3',
          sum: '5.5',
          buckets: [
            [3, '-0.001', '0.001', '1'],
            [0, '1', '2', '2'],
          ],
        },
      ],
    },
  ],
})

describe('answers as promtool prints them', () => {
  test('a vector', () => {
    expect(promqlText(vector)).toBe(
      'up{instance="x\\"y", job="a"} => 1000000000000000000000 @[1435781451.781]\n' +
        '{} => +Inf @[1435781451.781]\n' +
        'up => 0.5 @[1435781451]',
    )
  })

  test('a matrix, those of fewer labels first', () => {
    expect(promqlText(matrix)).toBe('{job="b"} =>\nNaN @[1]\n{job="a", zone="b"} =>\n1 @[1]\n3 @[2]')
  })

  test('a histogram', () => {
    expect(promqlText(histogram)).toBe('h => Count: 3.000000, Sum: 5.500000, Buckets: [[-0.001,0.001]:1 (1,2]:2] @[10]')
  })

  test('a scalar and a string', () => {
    expect(promqlText(valueOf({ resultType: 'scalar', result: [1.5, '2'] }))).toBe('scalar: 2 @[1.5]')
    expect(promqlText(valueOf({ resultType: 'string', result: [1.5, 'text'] }))).toBe('text')
  })

  test('a series', () => {
    expect(labelSetText({ job: 'a', __name__: 'up' })).toBe('{__name__="up", job="a"}')
  })
})

describe('answers as JSON', () => {
  test('a vector, with keys in order', () => {
    expect(jsonText(vector)).toBe(
      '[{"metric":{"__name__":"up","instance":"x\\"y","job":"a"},"value":[1435781451.781,"1000000000000000000000"]},' +
        '{"metric":{},"value":[1435781451.781,"+Inf"]},{"metric":{"__name__":"up"},"value":[1435781451,"0.5"]}]',
    )
  })

  test('the others', () => {
    expect(jsonText(matrix)).toBe(
      '[{"metric":{"job":"a","zone":"b"},"values":[[1,"1"],[2,"3"]]},{"metric":{"job":"b"},"values":[[1,"NaN"]]}]',
    )
    expect(jsonText(histogram)).toBe(
      '[{"metric":{"__name__":"h"},"histogram":[10,{"count":"3","sum":"5.5","buckets":[[3,"-0.001","0.001","1"],[0,"1","2","2"]]}]}]',
    )
    expect(jsonText(valueOf({ resultType: 'scalar', result: [1.5, '2'] }))).toBe('[1.5,"2"]')
    expect(jsonText(valueOf({ resultType: 'string', result: [1.5, 'a"'] }))).toBe('[1.5,"a\\""]')
  })
})

describe('answers for people', () => {
  test('a table has a column for each label', () => {
    expect(tableText(vector)).toBe(
      [
        'metric  instance  job  value',
        'up      x"y       a    1e+21',
        '                        +Inf',
        'up                       0.5',
        '',
      ].join('\n'),
    )
  })

  test('ranges are drawn', () => {
    expect(tableText(matrix)).toBe(
      [
        'job  zone  values  min  max  last  samples',
        'b                  NaN  NaN   NaN        1',
        'a    b     ▁█        1    3     3        2',
        '',
      ].join('\n'),
    )
  })

  test('nothing is said to be nothing', () => {
    expect(tableText(valueOf({ resultType: 'vector', result: [] }))).toBe('no series\n')
    expect(labelSetsTable([])).toBe('no series\n')
  })

  test('CSV has a line for each sample', () => {
    expect(csvText(vector)).toBe(
      '__name__,instance,job,timestamp,value\r\nup,"x""y",a,1435781451.781,1e+21\r\n,,,1435781451.781,+Inf\r\nup,,,1435781451,0.5\r\n',
    )
  })

  test('an explanation is a tree', () => {
    const leaf = { text: 'x[5m]', samples: 12_000, route: 'head', children: [] }
    const root = {
      text: 'sum(rate(x[5m]))',
      series: 1,
      elapsedMs: 1.5,
      children: [{ text: 'rate(x[5m])', series: 1200, elapsedMs: 1, children: [leaf] }],
    }
    expect(explainText(root)).toBe(
      [
        'series  samples     ms  part              route',
        '     1           1.500  sum(rate(x[5m]))',
        ' 1,200           1.000  └─ rate(x[5m])',
        '         12,000            └─ x[5m]       head',
        '',
      ].join('\n'),
    )
  })
})
