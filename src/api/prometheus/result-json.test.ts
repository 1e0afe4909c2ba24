import { describe, expect, test } from 'vitest'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { formatTimestamp, formatValue } from './number.ts'
import { histogramJson, labelsJson, matrixJson, vectorJson } from './result-json.ts'

describe('formatValue', () => {
  const cases: [value: number, want: string][] = [
    [0, '0'],
    [-0, '-0'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1e-6, '0.000001'],
    [1e-7, '1e-07'],
    [-2.5e-9, '-2.5e-09'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ]
  test.each(cases)('%f', (value, want) => expect(formatValue(value)).toBe(want))
})

describe('formatTimestamp', () => {
  const cases: [ms: number, want: string][] = [
    [1_435_781_430_781, '1435781430.781'],
    [1_000, '1'],
    [10, '0.010'],
    [-1, '-0.001'],
    [-61_500, '-61.500'],
  ]
  test.each(cases)('%d ms', (ms, want) => expect(formatTimestamp(ms)).toBe(want))
})

const labels = LabelSet.of({ __name__: 'up', é: '"\n' })
const base: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0.5,
  zeroCount: 2,
  count: 9,
  sum: -1.5,
  stale: false,
  integer: true,
  positive: { offsets: [0, 1], lengths: [1, 1], counts: [3, 4] },
  negative: { offsets: [1], lengths: [1], counts: [2] },
  customValues: [],
  resetHint: 'unknown',
}

describe('results', () => {
  test('a label set keeps its order and escapes', () => {
    expect(labelsJson(labels)).toBe('{"__name__":"up","é":"\\"\\n"}')
  })

  test('a vector has one point, a matrix all of them', () => {
    const series = { labels: LabelSet.of({ a: 'b' }), timestamps: [1500, 2000], values: [1, NaN], histograms: [] }
    expect(vectorJson([series])).toBe('"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.500,"1"]}]')
    expect(matrixJson([series])).toBe(
      '"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.500,"1"],[2,"NaN"]]}]',
    )
  })

  test('a native histogram lists negative, zero and positive buckets, empty ones left out', () => {
    expect(JSON.parse(histogramJson(base))).toEqual({
      count: '9',
      sum: '-1.5',
      buckets: [
        [1, '-2', '-1', '2'],
        [3, '-0.5', '0.5', '2'],
        [0, '0.5', '1', '3'],
        [0, '2', '4', '4'],
      ],
    })
  })

  test('custom buckets take their bounds from the histogram; the first one is closed on the left', () => {
    const custom: NativeHistogram = {
      ...base,
      schema: -53,
      zeroThreshold: 0,
      zeroCount: 0,
      negative: NO_SPANS,
      positive: { offsets: [0], lengths: [3], counts: [1, 0, 5] },
      customValues: [0.1, 1],
    }
    expect(JSON.parse(histogramJson(custom))).toMatchObject({
      buckets: [
        [3, '-Inf', '0.1', '1'],
        [0, '1', '+Inf', '5'],
      ],
    })
  })
})
