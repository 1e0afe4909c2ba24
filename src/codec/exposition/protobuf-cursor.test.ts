import { describe, expect, test } from 'vitest'
import { printEntries } from '../../../test/support/entries.ts'
import { ProtoWriter } from '../protobuf-writer.ts'
import { ProtobufCursor } from './protobuf-cursor.ts'
import type { ProtobufCursorOptions } from './protobuf-cursor.ts'
import { SeriesCache } from './series-cache.ts'

type Fill = (writer: ProtoWriter) => void

function page(...families: Fill[]): Buffer {
  const writer = new ProtoWriter()
  for (const fill of families) {
    const family = new ProtoWriter()
    fill(family)
    writer.bareVarint(family.length).append(family.view())
  }
  return writer.finish()
}

const family =
  (name: string, type: number, ...metrics: Fill[]): Fill =>
  (writer) => {
    writer.string(1, name).string(2, 'h').uint64(3, type)
    for (const metric of metrics) writer.message(4, metric)
  }
const label =
  (name: string, value: string): Fill =>
  (writer) =>
    writer.message(1, (pair) => pair.string(1, name).string(2, value))
const time =
  (field: number, seconds: number): Fill =>
  (writer) =>
    writer.message(field, (w) => w.int64(1, seconds))
const all =
  (...fills: Fill[]): Fill =>
  (writer) => {
    for (const fill of fills) fill(writer)
  }
const read = (bytes: Buffer, options: ProtobufCursorOptions = {}): string[] =>
  printEntries(new ProtobufCursor(bytes, options))

const counter = family(
  'c_total',
  0,
  all(label('b', '2'), label('a', '1'), (w) =>
    w
      .message(3, (c) =>
        all(
          (x) => x.double(1, 1.5),
          (x) =>
            x.message(
              2,
              all(label('id', 'x'), (e) => e.double(2, 7)),
            ),
          time(3, 5),
        )(c),
      )
      .int64(6, 1234),
  ),
)
const bucket =
  (bound: number, count: number): Fill =>
  (writer) =>
    writer.message(3, (b) =>
      b
        .uint64(1, count)
        .double(2, bound)
        .message(3, (e) => all((x) => x.double(2, bound), time(3, 9))(e)),
    )
const classic = family('h', 4, (m) =>
  m.message(7, (h) => all((w) => w.uint64(1, 3).double(2, 4.5), bucket(1, 1), bucket(2, 3))(h)),
)
const span =
  (field: number, offset: number, length: number): Fill =>
  (writer) =>
    writer.message(field, (w) => w.sint64(1, offset).uint64(2, length))
const native = family('n', 4, (m) =>
  all(label('x', 'y'), (w) =>
    w.message(7, (h) =>
      all(
        (x) => x.uint64(1, 6).double(2, 9).sint64(5, 3).double(6, 0.001).uint64(7, 1),
        span(12, -2, 2),
        span(12, 3, 1),
        (x) => x.packedSint64(13, [1, 2, -2]),
        bucket(1, 4),
      )(h),
    ),
  )(m),
)

describe('ProtobufCursor', () => {
  const metadata = (name: string, type: string): string[] => [`help ${name} "h"`, `type ${name} ${type}`]
  const classicSeries = [
    'h_count 3',
    'h_sum 4.5',
    'h_bucket{le="1.0"} 1 # {} 1 9000',
    'h_bucket{le="2.0"} 3 # {} 2 9000',
    'h_bucket{le="+Inf"} 3',
  ]
  const nativeSeries = 'n{x="y"} {schema:3 count:6 sum:9 integer zero:1<=0.001 positive:-2+2,3+1=1,3,1} # {} 1 9000'
  const converted = 'h {schema:-53 count:3 sum:4.5 integer positive:0+2=1,2 bounds:1,2} # {} 1 9000 # {} 2 9000'

  const cases: [name: string, page: Buffer, options: ProtobufCursorOptions, want: string[]][] = [
    [
      'reads counters with exemplar, start and timestamp',
      page(counter),
      {},
      [...metadata('c_total', 'counter'), 'c_total{a="1", b="2"} 1.5 @1234 since 5000 # {id="x"} 7 -'],
    ],
    [
      'reads classic histograms as series, with the +Inf bucket',
      page(classic),
      {},
      [...metadata('h', 'histogram'), ...classicSeries],
    ],
    [
      'converts classic histograms',
      page(classic),
      { convertClassic: true },
      [...metadata('h', 'histogram'), converted],
    ],
    [
      'converts them and keeps them',
      page(classic),
      { convertClassic: true, keepClassic: true },
      [...metadata('h', 'histogram'), ...classicSeries, converted],
    ],
    ['reads native histograms', page(native), {}, [...metadata('n', 'histogram'), nativeSeries]],
    [
      'reads native histograms and their classic parts',
      page(native),
      { keepClassic: true },
      [
        ...metadata('n', 'histogram'),
        nativeSeries,
        'n_count{x="y"} 6',
        'n_sum{x="y"} 9',
        'n_bucket{le="1.0", x="y"} 4 # {} 1 9000',
        'n_bucket{le="+Inf", x="y"} 6',
      ],
    ],
    [
      'reads only the classic parts',
      page(native),
      { ignoreNative: true },
      [
        ...metadata('n', 'histogram'),
        'n_count{x="y"} 6',
        'n_sum{x="y"} 9',
        'n_bucket{le="1.0", x="y"} 4 # {} 1 9000',
        'n_bucket{le="+Inf", x="y"} 6',
      ],
    ],
    [
      'reads float and gauge histograms',
      page(
        family('g', 5, (m) =>
          m.message(7, (h) =>
            all(
              (x) => x.double(4, 1.5).double(2, 1),
              span(9, 0, 2),
              (x) => x.packedDoubles(11, [0, 1.5]),
            )(h),
          ),
        ),
      ),
      {},
      [...metadata('g', 'gaugehistogram'), 'g {schema:0 count:1.5 sum:1 float negative:1+1=1.5 gauge}'],
    ],
    [
      'reads summaries',
      page(
        family('s', 2, (m) =>
          m.message(4, (s) =>
            s
              .uint64(1, 2)
              .double(2, 3)
              .message(3, (q) => q.double(1, 0.5).double(2, 1.25)),
          ),
        ),
      ),
      {},
      [...metadata('s', 'summary'), 's_count 2', 's_sum 3', 's{quantile="0.5"} 1.25'],
    ],
    [
      'passes over families without metrics',
      page(family('empty', 0), counter),
      {},
      [...metadata('c_total', 'counter'), 'c_total{a="1", b="2"} 1.5 @1234 since 5000 # {id="x"} 7 -'],
    ],
  ]
  test.each(cases)('%s', (_, bytes, options, want) => {
    expect(read(bytes, options)).toEqual(want)
  })

  test('finds all series of the second page in the cache', () => {
    const cache = new SeriesCache()
    const bytes = page(counter, classic, native)
    const options = { cache, keepClassic: true, convertClassic: true }
    const first = read(bytes, options)
    const { size } = cache
    expect(read(bytes, options)).toEqual(first)
    expect(cache.size).toBe(size)
    expect(size).toBe(12)
  })

  const bad: [name: string, bytes: Buffer, want: string][] = [
    [
      'a page that is cut',
      page(counter).subarray(0, 10),
      'clientpb: insufficient length of buffer, expected at least 71 bytes, got 10 bytes',
    ],
    ['a length without an end', Buffer.from('ffffffffffff01', 'hex'), 'clientpb: invalid varint encountered'],
    ['a family without a name', page(family('', 0, () => undefined)), 'invalid metric name: '],
    ['an unknown type', page(family('x', 9, () => undefined)), 'unknown metric type for metric "x": 9'],
    [
      'spans without buckets',
      page(family('x', 4, (m) => m.message(7, span(12, 0, 4_000_000_000)))),
      'histogram "x": positive side: spans require 4000000000 buckets, have 0',
    ],
    ['a label without a name', page(family('x', 0, label('', 'y'))), 'invalid label name: '],
    ['a message that is none', page(family('x', 0, (w) => w.bytes(3, Buffer.from('ff', 'hex')))), 'unexpected end'],
  ]
  test.each(bad)('refuses %s', (_, bytes, want) => {
    expect(() => read(bytes)).toThrow(want)
  })
})
