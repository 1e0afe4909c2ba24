import { describe, expect, test } from 'vitest'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { histogramJson, labelsJson } from './result-json.ts'
import { formatTimestamp } from './timestamp.ts'

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

  test('a zero bucket of a negative count is not shown, as in Prometheus', () => {
    expect(JSON.parse(histogramJson({ ...base, zeroCount: -2 }))).toMatchObject({
      buckets: [
        [1, '-2', '-1', '2'],
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
