import { beforeEach, describe, expect, test } from 'vitest'
import { MemorySeriesTable } from '../../../test/support/memory-metrics.ts'
import { writeRequestV1, writeRequestV2 } from '../../../test/support/remote-write-message.ts'
import type { Pairs, SeriesInput } from '../../../test/support/remote-write-message.ts'
import { LabelSet } from '../../model/labels.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import type { TenantId } from '../../model/tenant.ts'
import { ProtoWriter } from '../protobuf-writer.ts'
import { compressSnappy } from '../snappy.ts'
import { RemoteWriteDecoder } from './decoder.ts'
import type { DecodedWrite } from './decoder.ts'
import { openKernel } from './kernel.ts'
import type { WriteVersion } from './walk.ts'

const STALE = 0x7ff0000000000002n
const up: SeriesInput = {
  labels: [
    ['__name__', 'up'],
    ['job', 'api'],
  ],
  samples: [{ value: 1, timestamp: 1000 }],
}
const encode = (version: WriteVersion, series: readonly SeriesInput[]): Buffer =>
  compressSnappy(version === 1 ? writeRequestV1(series) : writeRequestV2(series))
const named = (name: string, ...rest: Pairs): Pairs => [['__name__', name], ...rest]
const sample = { value: 1, timestamp: 1 }

describe.each([1, 2] as const)('remote write decoder, version %i', (version) => {
  let table: MemorySeriesTable
  let decoder: RemoteWriteDecoder
  const open = (maxCacheBytes = 8 << 20): RemoteWriteDecoder =>
    new RemoteWriteDecoder({ maxRawBytes: 1 << 20 }, { walker: openKernel({ maxCacheBytes, seed: 1 }) })
  const decode = (series: readonly SeriesInput[], tenant: TenantId = DEFAULT_TENANT): DecodedWrite =>
    decoder.decode([encode(version, series)], version, tenant, table)
  const labelsOf = ({ batch }: DecodedWrite): string[] =>
    [...batch.samples.refs].map((ref) => table.labelsOf(ref).toString())

  beforeEach(() => {
    table = new MemorySeriesTable()
    decoder = open()
  })

  test('makes columns, in the order of the message', () => {
    const { batch, refusals } = decode([
      {
        ...up,
        samples: [
          { value: 1.5, timestamp: 1000 },
          { value: -2, timestamp: 2000 },
        ],
      },
      { labels: named('down'), samples: [{ value: Infinity, timestamp: -5 }] },
    ])
    expect(batch.samples).toEqual({
      refs: Uint32Array.of(0, 0, 1),
      timestamps: Float64Array.of(1000, 2000, -5),
      values: Float64Array.of(1.5, -2, Infinity),
    })
    expect(refusals.rows).toBe(0)
    expect(table.labelsOf(0).toString()).toBe('up{job="api"}')
  })

  test('resolves a series once, and never again while the generation lasts', () => {
    for (let i = 0; i < 5; i++) decode([up, { ...up, labels: named('other') }])
    expect(table.resolved).toBe(2)
  })

  test('resolves anew when the generation changes', () => {
    decode([up])
    table.startAnew()
    const decoded = decode([up])
    expect(decoded.batch.generation).toBe(2)
    expect(labelsOf(decoded)).toEqual(['up{job="api"}'])
  })

  test('decodes anew when resolving changes the generation', () => {
    decode([up])
    table.refuse = (labels) => {
      if (labels.name === 'new' && table.generation === 1) table.startAnew()
      return undefined
    }
    const decoded = decode([up, { ...up, labels: named('new') }])
    expect(decoded.batch.generation).toBe(2)
    expect(labelsOf(decoded)).toEqual(['up{job="api"}', 'new'])
  })

  test('keeps tenants apart', () => {
    decode([up], 'a' as TenantId)
    table = new MemorySeriesTable()
    table.resolve(LabelSet.of({ __name__: 'first' }))
    expect(labelsOf(decode([up], 'b' as TenantId))).toEqual(['up{job="api"}'])
    expect(table.resolved).toBe(2)
  })

  test('goes on without a memory when the cache has no room', () => {
    decoder = open(0)
    for (let i = 0; i < 3; i++) expect(labelsOf(decode([up, up]))).toEqual(['up{job="api"}', 'up{job="api"}'])
    expect(table.resolved).toBe(6)
  })

  test('remembers present series in a full cache, after those of the past', () => {
    decoder = open(1 << 20)
    const pods = (age: string): SeriesInput[] =>
      Array.from({ length: 1500 }, (_, i) => ({
        labels: named('up', ['pod', `${age}-${i}-${'x'.repeat(300)}`]),
        samples: [sample],
      }))
    decode(pods('past'))
    for (let i = 0; i < 8; i++) decode(pods('present'))
    const before = table.resolved
    const decoded = decode(pods('present'))
    expect(table.resolved - before).toBe(0)
    expect(labelsOf(decoded)).toEqual(pods('present').map(({ labels }) => `up{pod="${labels[1]?.[1]}"}`))
  })

  test('sorts labels, and leaves empty ones out', () => {
    const labels: Pairs = [
      ['zone', 'a'],
      ['empty', ''],
      ['__name__', 'up'],
      ['Zone', 'b'],
    ]
    expect(labelsOf(decode([{ labels, samples: [sample] }]))).toEqual(['up{Zone="b", zone="a"}'])
  })

  const invalid: [name: string, labels: Pairs, reason: string][] = [
    ['no name', [['job', 'api']], '{job="api"}: the metric name is missing'],
    [
      'an empty name',
      [
        ['__name__', ''],
        ['job', 'api'],
      ],
      '{job="api"}: the metric name is missing',
    ],
    ['no labels', [], '{}: the metric name is missing'],
    [
      'a label twice',
      named('up', ['job', 'a'], ['job', 'b']),
      '{__name__="up", job="a", job="b"}: duplicate label "job"',
    ],
    ['a label twice, once empty', named('up', ['job', ''], ['job', 'b']), 'duplicate label "job"'],
    ['a label without a name', named('up', ['', 'x']), 'a label has an empty name'],
  ]
  test.each(invalid)('refuses a series with %s, and keeps the others', (_, labels, reason) => {
    const decoded = decode([
      up,
      { labels, samples: [sample, sample] },
      { ...up, samples: [{ value: STALE, timestamp: 9 }] },
    ])
    expect(labelsOf(decoded)).toEqual(['up{job="api"}', 'up{job="api"}'])
    expect(decoded.batch.samples.timestamps).toEqual(Float64Array.of(1000, 9))
    expect(new BigUint64Array(decoded.batch.samples.values.buffer)[1]).toBe(STALE)
    expect(decoded.refusals.samples).toBe(2)
    expect(decoded.refusals.reasons).toEqual([expect.stringContaining(reason)])
    expect([...decoded.refusals.byCode]).toEqual([['invalid_labels', 2]])
  })

  test('tells what the table refuses, and asks again the next time', () => {
    table.refuse = ({ name }) => (name === 'many' ? { code: 'series_limit', message: 'too many series' } : undefined)
    const many: SeriesInput = { labels: named('many'), samples: [sample] }
    expect(decode([many, up]).refusals.reasons).toEqual(['too many series'])
    table.refuse = () => undefined
    expect(labelsOf(decode([many, up]))).toEqual(['many', 'up{job="api"}'])
  })

  test('keeps the bits of NaNs', () => {
    const bits = [STALE, 0x7ff8000000000001n, 0xfff8000000000000n]
    const { batch } = decode([{ ...up, samples: bits.map((value, timestamp) => ({ value, timestamp })) }])
    expect([...new BigUint64Array(batch.samples.values.buffer)]).toEqual(bits)
  })

  test('decodes integer and float histograms to absolute counts', () => {
    const common = { timestamp: 7, sum: 10, schema: 3, zeroThreshold: 0.001 }
    const { batch, refusals } = decode([
      {
        labels: named('latency'),
        histograms: [
          {
            ...common,
            countInt: 11,
            zeroCountInt: 1,
            positiveSpans: [
              { offset: -2, length: 2 },
              { offset: 3, length: 1 },
            ],
            positiveDeltas: [2, 1, -1],
            negativeSpans: [{ offset: 0, length: 1 }],
            negativeDeltas: [3],
            resetHint: 1,
          },
          {
            ...common,
            countFloat: 2.5,
            zeroCountFloat: 0.5,
            positiveSpans: [{ offset: 0, length: 1 }],
            positiveCounts: [2],
          },
          { timestamp: 9, sum: STALE },
        ],
      },
    ])
    expect(refusals.reasons).toEqual([])
    const [integer, float, stale] = batch.histograms.values
    expect(integer).toMatchObject({
      integer: true,
      count: 11,
      zeroCount: 1,
      schema: 3,
      resetHint: 'reset',
      stale: false,
    })
    expect(integer?.positive).toEqual({ offsets: [-2, 3], lengths: [2, 1], counts: [2, 3, 2] })
    expect(integer?.negative).toEqual({ offsets: [0], lengths: [1], counts: [3] })
    expect(float).toMatchObject({
      integer: false,
      count: 2.5,
      zeroCount: 0.5,
      positive: { counts: [2] },
      resetHint: 'unknown',
    })
    expect(stale).toMatchObject({ stale: true })
    expect(batch.histograms.timestamps).toEqual(Float64Array.of(7, 7, 9))
  })

  test('brings schemas that are too fine down to 8', () => {
    const { batch } = decode([
      {
        labels: named('latency'),
        histograms: [
          {
            timestamp: 1,
            sum: 1,
            schema: 10,
            countInt: 15,
            positiveSpans: [
              { offset: -3, length: 3 },
              { offset: 1, length: 3 },
            ],
            positiveDeltas: [1, 1, 1, 0, 0, 0],
          },
        ],
      },
    ])
    // Buckets -3, -2, -1 fall into 0 as 0 does; 1, 2 and 3 into 1.
    expect(batch.histograms.values[0]).toMatchObject({
      schema: 8,
      positive: { offsets: [0], lengths: [2], counts: [6, 9] },
    })
  })

  const badHistograms: [reason: string, histogram: Partial<NonNullable<SeriesInput['histograms']>[number]>][] = [
    ['3 observations in buckets, but the count is 4', { countInt: 4 }],
    ['3 observations in buckets, but the count is 2', { countInt: 2, sum: NaN }],
    ['positive spans ask for 5 buckets, there are 2', { positiveSpans: [{ offset: 0, length: 5 }] }],
    [
      'positive span 1 has a negative offset',
      {
        positiveSpans: [
          { offset: 0, length: 1 },
          { offset: -1, length: 1 },
        ],
      },
    ],
    ['a bucket has the negative count -1', { positiveDeltas: [1, -2] }],
    ['unknown histogram schema 77', { schema: 77 }],
    ['custom bounds need schema -53', { customValues: [1] }],
    ['custom bounds are not in increasing order', { schema: -53, customValues: [1, 1] }],
    ['custom buckets reach 2, there are 0 bounds', { schema: -53 }],
    ['custom buckets allow no zero bucket', { schema: -53, customValues: [1], zeroThreshold: 1 }],
    ['the last custom bound is +Inf, which is implied', { schema: -53, customValues: [1, Infinity] }],
  ]
  test.each(badHistograms)('refuses a histogram: %s', (reason, part) => {
    const good = {
      timestamp: 1,
      sum: 1,
      countInt: 3,
      positiveSpans: [{ offset: 0, length: 2 }],
      positiveDeltas: [1, 1],
    }
    const { batch, refusals } = decode([{ labels: named('latency'), histograms: [{ ...good, ...part }, good] }])
    expect(refusals.reasons).toEqual([`latency: ${reason}`])
    expect([...refusals.byCode]).toEqual([['invalid_value', 1]])
    expect(batch.histograms.values.length).toBe(1)
  })

  test('takes exemplars, and drops those that are invalid or of a refused series', () => {
    const exemplar = { labels: [['trace_id', 'abc']] as Pairs, value: 3, timestamp: 5 }
    const { batch, refusals } = decode([
      { ...up, exemplars: [exemplar, { ...exemplar, labels: [['trace_id', 'x'.repeat(130)]] }] },
      { labels: [], samples: [sample], exemplars: [exemplar] },
    ])
    expect(
      batch.exemplars.map(({ ref, labels, value, timestamp }) => [ref, labels.toString(), value, timestamp]),
    ).toEqual([[0, '{trace_id="abc"}', 3, 5]])
    expect(refusals).toMatchObject({ exemplars: 2, samples: 1 })
  })

  test('finds labels that are scattered over the message', () => {
    const series = new ProtoWriter()
    const label = (name: string, value: string): void => {
      if (version === 1) series.message(1, (one) => one.string(1, name).string(2, value))
      else series.uint64(1, symbols.indexOf(name)).uint64(1, symbols.indexOf(value))
    }
    const symbols = ['', '__name__', 'up', 'job', 'api']
    label('__name__', 'up')
    series.message(2, (one) => one.int64(2, 77))
    label('job', 'api')
    const known = new ProtoWriter()
    if (version === 1) known.message(1, (one) => one.string(1, '__name__').string(2, 'api'))
    else known.packedUint64(1, [1, 4])
    const request = new ProtoWriter()
    for (const one of [known, series, known]) request.message(version === 1 ? 1 : 5, (w) => w.append(one.view()))
    // Symbols may even come last.
    if (version === 2) for (const symbol of symbols) request.string(4, symbol)
    for (let i = 0; i < 3; i++) {
      const decoded = decoder.decode([compressSnappy(request.finish())], version, DEFAULT_TENANT, table)
      expect(labelsOf(decoded)).toEqual(['up{job="api"}'])
      expect(decoded.batch.samples).toMatchObject({ timestamps: Float64Array.of(77), values: Float64Array.of(0) })
    }
  })

  const SERIES = version === 1 ? '0a' : '2a'
  const malformed: [name: string, message: string][] = [
    ['an unknown field that is longer than the message', '7a05 00'],
    ['a series that is longer than the message', `${SERIES}05 00`],
    ['a field that is longer than its series', `${SERIES}02 7a05 0000000000`],
    ['a sample that is longer than its series', `${SERIES}02 1205 0000000000`],
    ['a value that is longer than its sample', `${SERIES}05 1203 090000 000000000000`],
    ['a number that never ends', `${SERIES}0d 120b 10ffffffffffffffffffff`],
    ['a number that ends outside its message', `${SERIES}04 1202 10ff 01`],
    ['a length beyond 32 bits', `${SERIES}8080808080808001`],
    ['field number 0', '0200'],
    ['a group', '7b7c'],
    ['a wire type that does not exist', '7e'],
  ]
  test.each(malformed)('refuses a message with %s', (_, message) => {
    const bytes = Buffer.from(message.replaceAll(' ', ''), 'hex')
    const body = compressSnappy(bytes)
    expect(() => decoder.decode([body], version, DEFAULT_TENANT, table)).toThrow('malformed protobuf')
  })

  test('refuses a message of the other version instead of dropping its rows', () => {
    const other = version === 1 ? 2 : 1
    expect(() => decoder.decode([encode(other, [up])], version, DEFAULT_TENANT, table)).toThrow(
      `remote write ${version}.0`,
    )
  })

  test('refuses a message of more rows than any sender makes', () => {
    const empties = new ProtoWriter()
    for (let i = 0; i < 2000; i++) empties.message(version === 1 ? 1 : 5, () => undefined)
    const tiny = new RemoteWriteDecoder({ maxRawBytes: 8000 }, { walker: openKernel({ maxCacheBytes: 0, seed: 1 }) })
    expect(() => tiny.decode([compressSnappy(empties.finish())], version, DEFAULT_TENANT, table)).toThrow(
      'more than 1000 rows',
    )
  })
})
