import { describe, expect, test } from 'vitest'
import { printEntries } from '../../../test/support/entries.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { escapeName, ESCAPING_SCHEMES } from './escaping.ts'
import type { Family } from './family.ts'
import { federatedFamilies, writePage } from './federate.ts'
import type { FederatedSample } from './federate.ts'
import { negotiate } from './negotiate.ts'
import type { WriteFormat } from './negotiate.ts'
import { ProtobufCursor } from './protobuf-cursor.ts'
import { TextCursor } from './text-cursor.ts'
import { finishOpenMetrics, writeOpenMetrics, writeText } from './write-text.ts'
import { writeProtobuf } from './write-protobuf.ts'

const FAMILIES: readonly Family[] = [
  {
    name: 'requests_total',
    type: 'counter',
    help: 'a "b" \\ \n c',
    metrics: [
      {
        labels: [['path', 'a"\\\n']],
        startTimestamp: 1500,
        timestamp: 2500,
        value: { kind: 'number', value: 1e21, exemplar: { labels: [['id', 'x']], value: 2, timestamp: 1000 } },
      },
    ],
  },
  {
    name: 'a.b_seconds',
    type: 'gauge',
    unit: 'seconds',
    metrics: [{ labels: [['c d', 'e']], value: { kind: 'number', value: 0 } }],
  },
  {
    name: 'lat',
    type: 'histogram',
    metrics: [{ labels: [], value: { kind: 'histogram', count: 3, sum: 1.5, buckets: [{ bound: 1, count: 2 }] } }],
  },
  {
    name: 'sum',
    type: 'summary',
    metrics: [{ labels: [['z', '']], value: { kind: 'summary', count: 2, sum: NaN, quantiles: [[0.5, 1]] } }],
  },
]

describe('writeText', () => {
  test('writes every type', () => {
    expect(FAMILIES.map((family) => writeText(family, 'allow-utf-8')).join(''))
      .toBe(`# HELP requests_total a "b" \\\\ \\n c
# TYPE requests_total counter
requests_total{path="a\\"\\\\\\n"} 1e+21 2500
# TYPE "a.b_seconds" gauge
{"a.b_seconds","c d"="e"} 0
# TYPE lat histogram
lat_bucket{le="1"} 2
lat_bucket{le="+Inf"} 3
lat_sum 1.5
lat_count 3
# TYPE sum summary
sum{z="",quantile="0.5"} 1
sum_sum{z=""} NaN
sum_count{z=""} 2
`)
  })
})

describe('writeOpenMetrics', () => {
  test('writes every type', () => {
    const page = FAMILIES.map((family) => writeOpenMetrics(family, 'underscores', true)).join('') + finishOpenMetrics()
    expect(page).toBe(`# HELP requests a \\"b\\" \\\\ \\n c
# TYPE requests counter
requests_total{path="a\\"\\\\\\n"} 1e+21 2.5 # {id="x"} 2.0 1.0
requests_created{path="a\\"\\\\\\n"} 1.5
# TYPE a_b_seconds gauge
# UNIT a_b_seconds seconds
a_b_seconds{c_d="e"} 0.0
# TYPE lat histogram
lat_bucket{le="1.0"} 2
lat_bucket{le="+Inf"} 3
lat_sum 1.5
lat_count 3
# TYPE sum summary
sum{z="",quantile="0.5"} 1.0
sum_sum{z=""} NaN
sum_count{z=""} 2
# EOF
`)
  })

  test('calls a counter without _total unknown', () => {
    expect(writeOpenMetrics({ name: 'c', type: 'counter', metrics: [] }, 'values')).toBe('# TYPE c unknown\n')
  })
})

describe('writers and readers', () => {
  test('agree on what a page says', () => {
    const text = FAMILIES.map((family) => writeText(family, 'allow-utf-8')).join('')
    const proto = Buffer.concat(FAMILIES.map((family) => writeProtobuf(family, 'allow-utf-8')))
    const series = (lines: string[]): string[] =>
      lines
        .filter((line) => !/^(?:help|type|unit) /.test(line))
        .map((line) => line.replace(/ (?:since|#) .*/, ''))
        .sort()
    expect(series(printEntries(new ProtobufCursor(proto)))).toEqual(
      series(printEntries(new TextCursor(Buffer.from(text), { format: 'text' }))),
    )
  })
})

describe('escapeName', () => {
  const cases: [name: string, underscores: string, dots: string, values: string][] = [
    ['plain_name:x', 'plain_name:x', 'plain_name:x', 'plain_name:x'],
    ['a.b_c', 'a_b_c', 'a_dot_b__c', 'U__a_2e_b__c'],
    ['1up', '_up', '__up', 'U___31_up'],
    ['é😀', '__', '____', 'U___e9__1f600_'],
    ['', '', '', ''],
  ]
  test.each(cases)('escapes %j', (name, ...want) => {
    expect(ESCAPING_SCHEMES.slice(1).map((scheme) => escapeName(name, scheme))).toEqual(want)
    expect(escapeName(name, 'allow-utf-8')).toBe(name)
  })
})

describe('federatedFamilies', () => {
  const histogram: NativeHistogram = {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 3,
    sum: 4,
    stale: false,
    integer: true,
    positive: { offsets: [1], lengths: [2], counts: [1, 2] },
    negative: NO_SPANS,
    customValues: [],
    resetHint: 'unknown',
  }
  const of = (labels: Record<string, string>, value: number | NativeHistogram): FederatedSample => ({
    labels: LabelSet.of(labels),
    timestamp: 5000,
    value,
  })
  const samples = [
    of({ __name__: 'b', zone: 'own' }, 1),
    of({ __name__: 'a', instance: 'i' }, 2),
    of({ x: 'nameless' }, 3),
    of({ __name__: 'b', x: 'y' }, histogram),
    of({ __name__: 'b', x: 'z' }, { ...histogram, schema: CUSTOM_BUCKETS_SCHEMA, customValues: [1, 2] }),
  ]
  const page = (format: WriteFormat): Buffer => {
    const answer = negotiate(undefined, [format])
    return writePage(federatedFamilies(samples, { zone: 'eu' }, answer.format), answer)
  }

  test('are sorted, carry external labels, and leave out what text can not hold', () => {
    expect(page('text').toString()).toBe(`# TYPE a untyped
a{instance="i",zone="eu"} 2 5000
# TYPE b untyped
b{zone="own",instance=""} 1 5000
# TYPE b histogram
b_bucket{x="z",instance="",zone="eu",le="1"} 0 5000
b_bucket{x="z",instance="",zone="eu",le="2"} 1 5000
b_bucket{x="z",instance="",zone="eu",le="+Inf"} 3 5000
b_sum{x="z",instance="",zone="eu"} 4 5000
b_count{x="z",instance="",zone="eu"} 3 5000
`)
  })

  test('carry native histograms in protobuf', () => {
    expect(printEntries(new ProtobufCursor(page('protobuf')))).toContain(
      'b{x="y", zone="eu"} {schema:0 count:3 sum:4 float positive:1+2=1,2} @5000',
    )
  })
})
