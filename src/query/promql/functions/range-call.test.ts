import { describe, expect, test } from 'vitest'
import { rangeCall } from '../../../../test/support/range-harness.ts'
import { LabelSet } from '../../../model/labels.ts'
import { Annotations } from '../eval/annotations.ts'
import type { Evaluation } from '../eval/context.ts'
import { LabelList } from '../eval/label-columns.ts'
import { ABSENT, emptyTable, FLOAT, setFloat } from '../eval/vector.ts'
import { absentLabels } from './absent-labels.ts'
import { noteNonCounters, spanOf } from './range-call.ts'
import type { RangeFunctionEntry } from './range-contract.ts'
import { rangeFunctions } from './range-table.ts'

const call = rangeCall('rate')

function infosOf(labels: Readonly<Record<string, string>>[], typeAndUnitLabels: boolean): readonly string[] {
  const annotations = new Annotations('rate(m[1m])')
  const selected = new LabelList(labels.map((one) => LabelSet.of(one)))
  const out = emptyTable(selected, 2)
  for (let row = 0; row < labels.length; row++) if (labels[row]?.['empty'] === undefined) setFloat(out, row * 2 + 1, 1)
  noteNonCounters(selected, out, call, {
    annotations,
    dialect: { typeAndUnitLabels },
  } as Partial<Evaluation> as Evaluation)
  return annotations.infos
}

describe('a metric that might not be a counter', () => {
  const byName = 'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket:'
  const byType = 'PromQL info: metric might not be a counter, __type__ label is not set to "counter" or "histogram",'

  test('is known by its name, once', () => {
    const labels = [
      { __name__: 'a' },
      { __name__: 'a', i: '1' },
      { __name__: 'b_total' },
      { __name__: 'c_bucket' },
      { i: '2' },
    ]
    expect(infosOf(labels, false)).toEqual([`${byName} "a" (1:1)`])
  })

  test('is not told of without a result', () => {
    expect(infosOf([{ __name__: 'a', empty: 'yes' }], false)).toEqual([])
  })

  test('is known by its type', () => {
    const labels = [
      { __name__: 'a_total', __type__: 'gauge' },
      { __name__: 'a_total', __type__: 'counter' },
      { __name__: 'a', __type__: 'histogram' },
      { __name__: 'b_total' },
    ]
    expect(infosOf(labels, true)).toEqual([
      `${byType} got "gauge": "a_total" (1:1)`,
      `${byType} got "": "b_total" (1:1)`,
    ])
  })
})

test('annotations point at the first argument, those of a subquery at the start of the query', () => {
  const span = { start: 7, end: 9 }
  const number = { kind: 'number', span, value: 1, isDuration: false } as const
  expect(spanOf({ ...call, args: [number, ...call.args] })).toEqual(span)
  expect(spanOf({ ...call, args: [{ kind: 'parens', span: { start: 6, end: 10 }, inner: number }] })).toEqual(span)
  const modifiers = { offset: 0, offsetExpr: undefined, at: undefined }
  const subquery = {
    kind: 'subquery',
    span,
    inner: number,
    window: 1,
    windowExpr: undefined,
    step: 1,
    stepExpr: undefined,
  } as const
  expect(spanOf({ ...call, args: [{ ...subquery, ...modifiers }] })).toEqual({ start: 0, end: 0 })
})

test('absent_over_time is 1 where no series had a sample', () => {
  const { reduce } = rangeFunctions['absent_over_time'] as RangeFunctionEntry
  const row = emptyTable(new LabelList([LabelSet.EMPTY]), 3)
  setFloat(row, 1, 1)
  const result = reduce?.(row, call)
  expect([...(result?.kinds ?? [])]).toEqual([FLOAT, ABSENT, FLOAT])
  setFloat(row, 0, 1)
  setFloat(row, 2, 1)
  expect(reduce?.(row, call).labels.size).toBe(0)
})

const matched: [matchers: [name: string, op: '=' | '!=', value: string][], want: Record<string, string>][] = [
  [
    [
      ['a', '=', '1'],
      ['__name__', '=', 'm'],
    ],
    { a: '1' },
  ],
  [
    [
      ['a', '=', '1'],
      ['a', '=', '2'],
      ['b', '=', '3'],
    ],
    { b: '3' },
  ],
  [
    [
      ['a', '!=', '1'],
      ['a', '=', '2'],
    ],
    { a: '2' },
  ],
  [
    [
      ['a', '=', '1'],
      ['a', '!=', '2'],
    ],
    {},
  ],
]

test.each(matched)('labels of an absent %j are %j', (matchers, want) => {
  const [matrix] = call.args
  if (matrix?.kind !== 'matrix') throw new TypeError('a call of rate has a range')
  const selector = { ...matrix.selector, matchers: matchers.map(([name, op, value]) => ({ name, op, value })) }
  expect(absentLabels(selector).toRecord()).toEqual(want)
  expect(absentLabels({ ...matrix, selector }).toRecord()).toEqual(want)
})
