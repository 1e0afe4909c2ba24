import { describe, expect, test } from 'vitest'
import { histogramOf } from '../../../../test/support/native-histogram.ts'
import { evaluateOver } from '../../../../test/support/promql-operators.ts'
import type { OperatorRun } from '../../../../test/support/promql-operators.ts'
import { vectorOf } from '../../../../test/support/promql-vectors.ts'

const vectors = {
  a: vectorOf([{ __name__: 'a', i: '1' }, 1, 2, undefined], [{ __name__: 'a', i: '2' }, 3, NaN, 5]),
  b: vectorOf([{ __name__: 'b', i: '1' }, 10, undefined, 30], [{ __name__: 'b', i: '3' }, 7, 7, 7]),
  parts: vectorOf(
    [{ __name__: 'parts', i: '1', mode: 'x' }, 1, 1, 1],
    [{ __name__: 'parts', i: '1', mode: 'y' }, 2, 2, undefined],
    [{ __name__: 'parts', i: '2', mode: 'x' }, 3, 3, 3],
  ),
  // Two series that take turns.
  owner: vectorOf([{ i: '1', owner: 'eve' }, 1, undefined, 1], [{ i: '1', owner: 'bob' }, undefined, 1, undefined]),
}
const run: OperatorRun = { vectors }

function checkAll(cases: readonly (readonly [query: string, ...want: string[]])[]): void {
  test.each(cases)('%s', (query, ...want) => expect(evaluateOver(query, run).rows).toEqual(want))
}

describe('a vector and a number', () => {
  checkAll([
    ['a + 1', '{i="1"} 2 3 _', '{i="2"} 4 NaN 6'],
    ['1 - a', '{i="1"} 0 -1 _', '{i="2"} -2 NaN -4'],
    ['a % 2', '{i="1"} 1 0 _', '{i="2"} 1 NaN 1'],
    ['2 ^ a', '{i="1"} 2 4 _', '{i="2"} 8 NaN 32'],
    ['a > 2', 'a{i="2"} 3 _ 5'],
    ['2 < a', 'a{i="2"} 3 _ 5'],
    ['a > bool 2', '{i="1"} 0 0 _', '{i="2"} 1 0 1'],
    ['a != NaN', 'a{i="1"} 1 2 _', 'a{i="2"} 3 NaN 5'],
    ['-a', '{i="1"} -1 -2 _', '{i="2"} -3 NaN -5'],
  ])
})

test('two numbers', () => {
  expect(evaluateOver('-7 % 4', run).value).toEqual({ type: 'scalar', values: Float64Array.of(-3, -3, -3) })
  expect(evaluateOver('3 > bool 2', run).value).toEqual({ type: 'scalar', values: Float64Array.of(1, 1, 1) })
})

describe('one to one', () => {
  checkAll([
    ['a + b', '{i="1"} 11 _ _'],
    ['a < b', 'a{i="1"} 1 _ _'],
    ['a > bool b', '{i="1"} 0 _ _'],
    ['a * on (i) b', '{i="1"} 10 _ _'],
    ['a + fill(0) b', '{i="1"} 11 2 30', '{i="2"} 3 NaN 5', '{i="3"} 7 7 7'],
    ['a - fill_left(1) b', '{i="1"} -9 _ -29', '{i="3"} -6 -6 -6'],
    ['a - fill_right(1) b', '{i="1"} -9 1 _', '{i="2"} 2 NaN 4'],
  ])
})

describe('many to one', () => {
  checkAll([
    [
      'parts / on (i) group_left a',
      '{i="1", mode="x"} 1 0.5 _',
      '{i="1", mode="y"} 2 1 _',
      '{i="2", mode="x"} 1 NaN 0.6',
    ],
    [
      'a / on (i) group_right parts',
      '{i="1", mode="x"} 1 2 _',
      '{i="1", mode="y"} 0.5 1 _',
      '{i="2", mode="x"} 1 NaN 1.6666666666666667',
    ],
    [
      'parts * on (i) group_left (owner) owner',
      '{i="1", mode="x", owner="eve"} 1 _ 1',
      '{i="1", mode="x", owner="bob"} _ 1 _',
      '{i="1", mode="y", owner="eve"} 2 _ _',
      '{i="1", mode="y", owner="bob"} _ 2 _',
    ],
    ['a * on (i) owner', '{i="1"} 1 2 _'],
    [
      'parts * on (i) group_left (owner) fill_right(0) owner',
      '{i="1", mode="x", owner="eve"} 1 _ 1',
      '{i="1", mode="x", owner="bob"} _ 1 _',
      '{i="1", mode="y", owner="eve"} 2 _ _',
      '{i="1", mode="y", owner="bob"} _ 2 _',
      '{i="2", mode="x"} 0 0 0',
    ],
  ])
})

describe('sets', () => {
  checkAll([
    ['a and on (i) b', 'a{i="1"} 1 _ _'],
    ['a unless on (i) b', 'a{i="1"} _ 2 _', 'a{i="2"} 3 NaN 5'],
    ['a or on (i) b', 'a{i="1"} 1 2 _', 'a{i="2"} 3 NaN 5', 'b{i="1"} _ _ 30', 'b{i="3"} 7 7 7'],
    ['a or (a + 1)', 'a{i="1"} 1 2 _', 'a{i="2"} 3 NaN 5'],
    ['(a > 4) or on () (a < 3)', 'a{i="1"} 1 2 _', 'a{i="2"} _ _ 5'],
  ])
})

describe('rows that can not be matched', () => {
  test.each([
    [
      'a + on () b',
      'found duplicate series for the match group {} on the right hand-side of the operation: ' +
        '[{__name__="b", i="1"}, {__name__="b", i="3"}];many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    [
      'parts + on (i) group_right a',
      'found duplicate series for the match group {i="1"} on the left hand-side of the operation: ' +
        '[{__name__="parts", i="1", mode="x"}, {__name__="parts", i="1", mode="y"}];many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['parts + on (i) a', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'],
    ['parts + on (i) group_left (mode) a', 'multiple matches for labels: grouping labels must ensure unique matches'],
    ['-both', 'vector cannot contain metrics with the same labelset'],
    ['both * 2', 'vector cannot contain metrics with the same labelset'],
  ])('%s', (query, message) => {
    const both = vectorOf([{ __name__: 'x' }, 1, 1], [{ __name__: 'y' }, undefined, 2])
    expect(() => evaluateOver(query, { vectors: { ...vectors, both } })).toThrow(message)
  })

  test('only samples at the same step make it so', () => {
    const x = vectorOf([{ __name__: 'x', m: '1' }, 1, undefined], [{ __name__: 'x', m: '2' }, undefined, 2])
    const y = vectorOf([{ __name__: 'y' }, 10, 20])
    const outcome = evaluateOver('x + ignoring (m) y', { vectors: { x, y } })
    expect(outcome.rows).toEqual(['{} 11 22'])
    expect(evaluateOver('y + ignoring (m) x', { vectors: { x, y } }).rows).toEqual(['{} 11 22'])
    expect(evaluateOver('-x', { vectors: { x: vectorOf([{ __name__: 'x' }, 1], [{ __name__: 'y' }]) } }).rows).toEqual([
      '{} -1',
    ])
  })

  test('duplicates at a step at which the other side has nothing do no harm', () => {
    const x = vectorOf([{ m: '1' }, undefined, 1], [{ m: '2' }, undefined, undefined])
    const y = vectorOf([{ m: '1' }, 1, 1], [{ m: '2' }, 2, undefined])
    expect(evaluateOver('x + on () y', { vectors: { x, y } }).rows).toEqual(['{} _ 2'])
  })
})

describe('names that are dropped at the end', () => {
  const delayed: OperatorRun = { vectors, delayedNameRemoval: true }
  test.each([
    ['a + 1', ['!a{i="1"} 2 3 _', '!a{i="2"} 4 NaN 6']],
    ['a > bool b', ['!a{i="1"} 0 _ _']],
    ['a + b', ['{i="1"} 11 _ _']],
    ['a < b', ['a{i="1"} 1 _ _']],
    ['-a', ['!a{i="1"} -1 -2 _', '!a{i="2"} -3 NaN -5']],
  ])('%s', (query, want) => {
    expect(evaluateOver(query, delayed).rows).toEqual(want)
  })
})

test('results of one step that are alike only fail once their names are dropped', () => {
  const x = vectorOf([{ __name__: 'x', m: '1' }, 1], [{ __name__: 'x', m: '2' }, 2])
  const y = vectorOf([{ __name__: 'y', n: '1' }, 1])
  const query = 'x * on () group_left (m) y'
  expect(() => evaluateOver(query, { vectors: { x, y } })).toThrow('grouping labels must ensure unique matches')
  const alike = vectorOf([{ m: '1' }, 1], [{ m: '1' }, 2])
  expect(evaluateOver('alike or y', { vectors: { alike, y }, delayedNameRemoval: true }).rows).toHaveLength(3)
  expect(() => evaluateOver('alike or y', { vectors: { alike, y } })).toThrow('same labelset')
})

describe('native histograms', () => {
  const one = histogramOf('schema:0 count:3 sum:4 buckets:[1 2]')
  const two = histogramOf('schema:0 count:6 sum:8 buckets:[2 4]')
  const custom = histogramOf('schema:-53 count:3 sum:4 custom_values:[1 2] buckets:[1 2]')
  const h = vectorOf([{ i: '1' }, one, 5, one])
  const k = vectorOf([{ i: '1' }, two, two, one])
  const c = vectorOf([{ i: '1' }, custom, 1, custom])
  const with_ = (query: string): ReturnType<typeof evaluateOver> => evaluateOver(query, { vectors: { h, k, c } })

  test.each([
    ['h * 2', ['{i="1"} {{count:6 sum:8 buckets:[2 4]}} 10 {{count:6 sum:8 buckets:[2 4]}}']],
    ['2 * h / 2', ['{i="1"} {{count:3 sum:4 buckets:[1 2]}} 5 {{count:3 sum:4 buckets:[1 2]}}']],
    [
      '-h',
      [
        '{i="1"} {{count:-3 sum:-4 counter_reset_hint:gauge buckets:[-1 -2]}} -5 {{count:-3 sum:-4 counter_reset_hint:gauge buckets:[-1 -2]}}',
      ],
    ],
    ['k - h', ['{i="1"} {{count:3 sum:4 counter_reset_hint:gauge buckets:[1 2]}} _ {{counter_reset_hint:gauge}}']],
    ['h == k', ['{i="1"} _ _ {{count:3 sum:4 buckets:[1 2]}}']],
    ['h != bool k', ['{i="1"} 1 _ 0']],
    ['h >/ 10', ['{i="1"} {{}} _ {{}}']],
  ])('%s', (query, want) => {
    expect(with_(query).rows).toEqual(want)
  })

  test.each([
    ['h + 1', [], ['incompatible sample types encountered for binary operator "+": histogram + float (1:1)']],
    ['h </ 10', [], ['incompatible sample types encountered for binary operator "</": float </ float (1:1)']],
    [
      'h < k',
      [],
      [
        'incompatible sample types encountered for binary operator "<": histogram < histogram (1:1)',
        'incompatible sample types encountered for binary operator "<": float < histogram (1:1)',
      ],
    ],
    ['h - c', ['incompatible bucket layout encountered for binary operator - (1:1)'], []],
  ])('%s tells why it has no result', (query, warnings, infos) => {
    const outcome = with_(query)
    expect(outcome.warnings).toEqual(warnings.map((text) => `PromQL warning: ${text}`))
    expect(outcome.infos).toEqual(infos.map((text) => `PromQL info: ${text}`))
  })

  test('resets that contradict each other cost the result', () => {
    const x = vectorOf([{ i: '1' }, { ...one, resetHint: 'reset' }])
    const y = vectorOf([{ i: '1' }, { ...one, resetHint: 'not_reset' }])
    const outcome = evaluateOver('x + y', { vectors: { x, y } })
    expect(outcome.rows).toEqual([])
    expect(outcome.warnings).toEqual(['PromQL warning: conflicting counter resets during histogram addition (1:1)'])
  })
})
