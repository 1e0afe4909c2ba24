import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { LabelList } from '../../query/promql/eval/label-columns.ts'
import { emptyTable, setFloat, setHistogram } from '../../query/promql/eval/vector.ts'
import type { StepTable } from '../../query/promql/eval/vector.ts'
import type { QueryValue } from '../../query/promql/result.ts'
import { BufferPool } from './chunks.ts'
import { MAX_CELLS, PointWriter } from './point-writer.ts'
import { encodeValue } from './result-encoder.ts'

const points = PointWriter.open()
const encode = (value: QueryValue, limit = 0): string =>
  Buffer.concat([
    ...encodeValue(value, points, { before: '{', after: '}', limit, buffers: new BufferPool() }),
  ]).toString()

/** A table of `labels.length` rows; cells are `[row, step, value]`. */
function table(labels: readonly Record<string, string>[], steps: number, cells: [number, number, number][]): StepTable {
  const made = emptyTable(new LabelList(labels.map((one) => LabelSet.of(one))), steps)
  for (const [row, step, value] of cells) setFloat(made, row * steps + step, value)
  return made
}

const histogram: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 1,
  sum: 2,
  stale: false,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

const grid = { start: 1000, step: 500, count: 3 }

describe('encodeValue', () => {
  test('a scalar and a string', () => {
    expect(encode({ type: 'scalar', time: 1500, value: -0 })).toBe('{"resultType":"scalar","result":[1.500,"-0"]}')
    expect(encode({ type: 'string', time: 0, value: '"é"' })).toBe('{"resultType":"string","result":[0,"\\"é\\""]}')
  })

  test('a matrix without rows that have no sample', () => {
    const vector = table([{ a: '1' }, { a: '2' }, { é: '"' }], 3, [
      [0, 0, 1],
      [0, 2, NaN],
      [2, 1, 0.25],
    ])
    expect(encode({ type: 'matrix', grid, vector })).toBe(
      '{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1,"1"],[2,"NaN"]]},' +
        '{"metric":{"é":"\\""},"values":[[1.500,"0.25"]]}]}',
    )
  })

  test('no more rows than asked for', () => {
    const vector = table([{ a: '1' }, { a: '2' }, { a: '3' }], 1, [
      [0, 0, 1],
      [1, 0, 2],
      [2, 0, 3],
    ])
    expect(encode({ type: 'vector', time: 0, vector }, 2)).toBe(
      '{"resultType":"vector","result":[{"metric":{"a":"1"},"value":[0,"1"]},{"metric":{"a":"2"},"value":[0,"2"]}]}',
    )
    expect(encode({ type: 'matrix', grid: { start: 0, step: 1, count: 1 }, vector }, 1)).toBe(
      '{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[0,"1"]]}]}',
    )
  })

  test('the labels of many rows, from columns', () => {
    const rows = Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? { b: 'x', a: String(i) } : { '"': '\n', b: 'y' }))
    const vector = table(
      rows,
      1,
      rows.map((_, i) => [i, 0, i / 2]),
    )
    const { result } = JSON.parse(encode({ type: 'vector', time: 5, vector })) as { result: unknown }
    expect(result).toEqual(rows.map((metric, i) => ({ metric, value: [0.005, String(i / 2)] })))
  })

  test('floats and histograms of one row apart', () => {
    const vector = table([{ a: '1' }], 3, [[0, 1, 5]])
    setHistogram(vector, 0, histogram)
    expect(encode({ type: 'matrix', grid, vector })).toBe(
      '{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1.500,"5"]],' +
        '"histograms":[[1,{"count":"1","sum":"2"}]]}]}',
    )
    const instant = table([{}], 1, [])
    setHistogram(instant, 0, histogram)
    expect(encode({ type: 'vector', time: 1000, vector: instant })).toBe(
      '{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"2"}]}]}',
    )
  })

  test('series with times of their own', () => {
    const series = [
      { labels: LabelSet.of({ a: '1' }), timestamps: [1, 2], values: [1, 2], histograms: [] },
      { labels: LabelSet.of({ a: '2' }), timestamps: [], values: [], histograms: [] },
      { labels: LabelSet.of({ a: '3' }), timestamps: [5], values: [3], histograms: [] },
    ]
    expect(encode({ type: 'samples', series })).toBe(
      '{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[0.001,"1"],[0.002,"2"]]},' +
        '{"metric":{"a":"3"},"values":[[0.005,"3"]]}]}',
    )
  })

  test('nothing', () => {
    const vector = table([{ a: '1' }], 1, [])
    expect(encode({ type: 'vector', time: 0, vector })).toBe('{"resultType":"vector","result":[]}')
    expect(encode({ type: 'matrix', grid: { ...grid, count: 1 }, vector })).toBe('{"resultType":"matrix","result":[]}')
    expect(encode({ type: 'samples', series: [] })).toBe('{"resultType":"matrix","result":[]}')
  })

  test('a long answer comes in chunks, and two that take turns do not mix', () => {
    const answer = (start: number): QueryValue => {
      const count = MAX_CELLS + 5
      const labels = Array.from({ length: 5 }, (_, i) => ({ ['name\n']: `é${i}` }))
      const vector = table(labels, count, [])
      for (let cell = 0; cell < 5 * count; cell++) setFloat(vector, cell, cell / 3)
      return { type: 'matrix', grid: { start, step: 1000, count }, vector }
    }
    const answers = [answer(0), answer(7)]
    const running = new Map(
      answers.map((one, i) => [
        i,
        encodeValue(one, points, { before: '{', after: '}', limit: 0, buffers: new BufferPool() }),
      ]),
    )
    const parts: Buffer[][] = [[], []]
    while (running.size > 0) {
      for (const [i, chunks] of running) {
        const next = chunks.next()
        if (next.done === true) running.delete(i)
        else parts[i]?.push(next.value)
      }
    }
    for (const [i, one] of answers.entries()) {
      expect(parts[i]?.length).toBeGreaterThan(1)
      const want = JSON.stringify({
        resultType: 'matrix',
        result: plain(one as Extract<QueryValue, { type: 'matrix' }>),
      })
      expect(Buffer.concat(parts[i] ?? []).toString() === want).toBe(true)
    }
  })
})

/** What a matrix of floats is in JSON, made in the plainest way. */
function plain({ vector, grid: { start, step }, grid: { count } }: Extract<QueryValue, { type: 'matrix' }>): unknown[] {
  return Array.from({ length: vector.labels.size }, (_, row) => ({
    metric: vector.labels.at(row).toRecord(),
    values: Array.from({ length: count }, (_value, s) => [
      (start + s * step) / 1000,
      String(vector.values[row * count + s]),
    ]),
  }))
}
