import { describe, expect, test } from 'vitest'
import { evaluateCall, vectorOf } from '../../../../test/support/promql-vectors.ts'
import type { Row } from '../../../../test/support/promql-vectors.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { NO_SPANS } from '../../../model/histogram.ts'

const HISTOGRAM: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 4,
  sum: 8,
  stale: false,
  integer: true,
  positive: { offsets: [0], lengths: [2], counts: [2, 2] },
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

const cases: [query: string, v: readonly Row[], want: readonly string[]][] = [
  ['abs(v)', [[{ a: '1' }, -1, undefined, HISTOGRAM]], ['{a="1"} 1 _ _']],
  ['sgn(v)', [[{}, -3, 0, NaN]], ['{} -1 0 NaN']],
  ['round(v)', [[{}, 2.5, -2.5, 1.4]], ['{} 3 -2 1']],
  ['round(v, 5)', [[{}, 7, 8]], ['{} 5 10']],
  ['clamp(v, 1, 3)', [[{}, 0, 2, 4, NaN]], ['{} 1 2 3 NaN']],
  ['clamp(v, 3, 1)', [[{}, 0]], ['{} _']],
  ['clamp_min(v, NaN)', [[{}, 1]], ['{} NaN']],
  ['clamp_max(v, -Inf)', [[{}, NaN, 1]], ['{} -Infinity -Infinity']],
  ['timestamp(v)', [[{}, 7, undefined, HISTOGRAM]], ['{} 0 _ 120']],
  ['hour()', [[{}, 1, 1]], ['{} 0 0']],
  ['minute()', [[{}, 1, 1, 1]], ['{} 0 1 2']],
  ['day_of_week(v)', [[{}, -1, 1, HISTOGRAM]], ['{} 3 4 _']],
  ['days_in_month(v)', [[{}, 951782400, 983318400]], ['{} 29 28']],
  ['absent(v{a="1",b=~"x",c="2",c="3"})', [[{}, 1, undefined, HISTOGRAM]], ['{a="1"} _ 1 _']],
  ['absent(v)', [[{}, 1]], []],
  ['label_replace(v, "b", "$1-${1}x$$", "a", "(.*)1")', [[{ a: 'x1' }, 1]], ['{a="x1", b="x-xx$"} 1']],
  ['label_replace(v, "b", "z", "a", "no")', [[{ a: 'x1' }, 1]], ['{a="x1"} 1']],
  [
    'label_replace(v, "a", "", "a", ".*")',
    [
      [{ a: '1' }, 1],
      [{ a: '2' }, undefined, 2],
    ],
    ['{} 1 2'],
  ],
  ['label_join(v, "c", "-", "b", "a", "z")', [[{ a: '1', b: '2' }, 1]], ['{a="1", b="2", c="2-1-"} 1']],
  [
    'sort(v)',
    [
      [{ a: '1' }, NaN],
      [{ a: '2' }, 3],
      [{ a: '3' }, 1],
      [{ a: '4' }, HISTOGRAM],
    ],
    ['{a="3"} 1', '{a="2"} 3', '{a="1"} NaN'],
  ],
  [
    'sort_desc(v)',
    [
      [{ a: '1' }, NaN],
      [{ a: '2' }, 1],
      [{ a: '3' }, 3],
    ],
    ['{a="3"} 3', '{a="2"} 1', '{a="1"} NaN'],
  ],
  [
    'sort_by_label(v, "a")',
    [
      [{ a: 'n10' }, 1],
      [{ a: 'n9' }, 2],
    ],
    ['{a="n9"} 2', '{a="n10"} 1'],
  ],
  [
    'sort_by_label_desc(v, "a")',
    [
      [{ a: 'n9' }, 2],
      [{ a: 'n10' }, 1],
    ],
    ['{a="n10"} 1', '{a="n9"} 2'],
  ],
  ['histogram_count(v)', [[{}, HISTOGRAM, 1]], ['{} 4 _']],
  ['histogram_avg(v)', [[{}, HISTOGRAM]], ['{} 2']],
]

describe('functions of instant vectors', () => {
  test.each(cases)('%s', (query, v, want) => {
    expect(evaluateCall(query, { v: vectorOf(...v) }).rows).toEqual(want)
  })

  test('scalar takes the only float', () => {
    const v = vectorOf([{ a: '1' }, 1, 2, undefined, HISTOGRAM], [{ a: '2' }, undefined, 3, undefined, 5])
    expect(evaluateCall('scalar(v)', { v }).value).toEqual({ type: 'scalar', values: Float64Array.of(1, NaN, NaN, 5) })
  })

  test('sorting a range warns and leaves the order', () => {
    const { rows, annotations } = evaluateCall('sort(v)', { v: vectorOf([{ a: '1' }, 2, 2], [{ a: '2' }, 1, 1]) })
    expect(rows).toEqual(['{a="1"} 2 2', '{a="2"} 1 1'])
    expect(annotations.warnings).toEqual([
      'PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:1)',
    ])
  })

  test('label functions tell what is wrong in Prometheus words', () => {
    const v = vectorOf([{ a: '1' }, 1], [{ a: '2' }, 1])
    const failures: [query: string, message: string][] = [
      ['label_replace(v, "b", "", "a", "(")', 'invalid regular expression in label_replace(): ('],
      ['label_replace(v, "", "", "a", "")', 'invalid destination label name in label_replace(): '],
      ['label_join(v, "", "-", "a")', 'invalid destination label name in label_join(): '],
      ['label_join(v, "b", "-", "")', 'invalid source label name in label_join(): '],
      ['label_replace(v, "a", "", "a", ".*")', 'vector cannot contain metrics with the same labelset'],
    ]
    for (const [query, message] of failures) expect(() => evaluateCall(query, { v })).toThrow(message)
  })
})

describe('classic histograms', () => {
  const buckets = (labels: Readonly<Record<string, string>>, counts: Readonly<Record<string, number[]>>): Row[] =>
    Object.entries(counts).map(([le, samples]) => [{ ...labels, le }, ...samples])

  test('are read by their bounds, whatever their order and spelling', () => {
    const v = vectorOf(...buckets({ a: '1' }, { '+Inf': [10, 0], '1': [4, 0], '2.0': [4, 0], '2': [4, 0] }), [
      { a: '2' },
      3,
    ])
    const { rows, annotations } = evaluateCall('histogram_quantile(0.5, v)', { v })
    expect(rows).toEqual(['{a="1"} 1.25 NaN', '{a="2"} _ _'])
    expect(annotations.warnings).toEqual([
      'PromQL warning: bucket label "le" is missing or has a malformed value of "" (1:25)',
    ])
  })

  test('whose counts fall are mended, with an info that tells how much', () => {
    const v = vectorOf(...buckets({ __name__: 'x' }, { '1': [5, 5], '2': [3, 4], '+Inf': [10, 10] }))
    const { annotations } = evaluateCall('histogram_quantile(0.9, v)', { v }, { delayedNameRemoval: true })
    expect(annotations.infos).toEqual([
      'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "x", from buckets 2 to 2, with a max diff of 2, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:25)',
    ])
  })

  test('beside native ones of the same labels give nothing but a warning', () => {
    const v = vectorOf(...buckets({}, { '1': [5], '+Inf': [10] }), [{}, HISTOGRAM, HISTOGRAM])
    const { rows, annotations } = evaluateCall('histogram_quantile(0.5, v)', { v })
    expect(rows).toEqual(['{} _ 1'])
    expect(annotations.warnings).toEqual([
      'PromQL warning: vector contains a mix of classic and native histograms (1:25)',
    ])
  })

  test('give several quantiles, each with its label', () => {
    const v = vectorOf(...buckets({}, { '1': [5], '+Inf': [10] }))
    const { rows, annotations } = evaluateCall('histogram_quantiles(v, "q", 0.25, 1, 2)', { v })
    expect(rows).toEqual(['{q="0.25"} 0.5', '{q="1.0"} 1', '{q="2.0"} Infinity'])
    expect(annotations.warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2 (1:38)'])
  })

  test('tell fractions', () => {
    const v = vectorOf(...buckets({}, { '1': [5], '2': [10], '+Inf': [20] }))
    expect(evaluateCall('histogram_fraction(0.5, 1.5, v)', { v }).rows).toEqual(['{} 0.25'])
  })
})
