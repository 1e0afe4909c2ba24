/** What only one of the two versions has. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MemorySeriesTable } from '../../../test/support/memory-metrics.ts'
import { writeRequestV1, writeRequestV2 } from '../../../test/support/remote-write-message.ts'
import type { SeriesInput } from '../../../test/support/remote-write-message.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { ProtoWriter } from '../protobuf-writer.ts'
import { compressSnappy } from '../snappy.ts'
import { RemoteWriteDecoder } from './decoder.ts'
import type { DecodedWrite } from './decoder.ts'
import { openKernel } from './kernel.ts'
import type { WriteVersion } from './walk.ts'

const sample = { value: 1, timestamp: 1000 }
const help = { type: 3, help: 'How long.', unit: 'seconds' }
const bucket: SeriesInput = {
  labels: [
    ['__name__', 'latency_bucket'],
    ['le', '1'],
  ],
  samples: [sample],
  metadata: help,
}

let table: MemorySeriesTable
let decoder: RemoteWriteDecoder
const decodeBytes = (message: Uint8Array, version: WriteVersion): DecodedWrite =>
  decoder.decode([compressSnappy(message)], version, DEFAULT_TENANT, table)
const decode = (...series: SeriesInput[]): DecodedWrite => decodeBytes(writeRequestV2(series), 2)

beforeEach(() => {
  table = new MemorySeriesTable()
  decoder = new RemoteWriteDecoder(
    { maxRawBytes: 1 << 20 },
    { walker: openKernel({ maxCacheBytes: 8 << 20, seed: 1 }) },
  )
})

describe('remote write 2.0', () => {
  const row = { metric: 'latency', type: 'histogram', help: 'How long.', unit: 'seconds' }

  test('tells metadata of a family once, and again when they change', () => {
    expect(decode(bucket, { ...bucket, labels: [['__name__', 'latency_sum']] }).batch.metadata).toEqual([row])
    expect(decode(bucket).batch.metadata).toEqual([])
    const changed = { ...bucket, metadata: { ...help, help: 'How very long.' } }
    expect(decode(changed).batch.metadata).toEqual([{ ...row, help: 'How very long.' }])
    expect(decode(changed).batch.metadata).toEqual([])
  })

  test('tells metadata again when the batch was lost', () => {
    decode(bucket).forget()
    expect(decode(bucket).batch.metadata).toEqual([row])
  })

  test('takes metadata and exemplars without samples', () => {
    const { batch, refusals } = decode({
      labels: [['__name__', 'orphan']],
      exemplars: [{ labels: [], value: 1, timestamp: 2 }],
      metadata: { type: 1, help: '', unit: '' },
    })
    expect(batch.metadata).toEqual([{ metric: 'orphan', type: 'counter', help: '', unit: '' }])
    expect(batch.exemplars.length).toBe(1)
    expect(refusals.rows).toBe(0)
  })

  test('takes start timestamps from rows, and for rows without one from the series', () => {
    const histogram = { timestamp: 9, sum: 0, countInt: 0 }
    const { batch } = decode(
      { labels: [['__name__', 'a']], samples: [{ ...sample, startTimestamp: 10 }, sample], createdTimestamp: 20 },
      { labels: [['__name__', 'b']], samples: [sample] },
      {
        labels: [['__name__', 'c']],
        histograms: [{ ...histogram, startTimestamp: 10 }, histogram],
        createdTimestamp: 20,
      },
    )
    expect(batch.samples.startTimestamps).toEqual(Float64Array.of(10, 20, 0))
    expect(batch.histograms.startTimestamps).toEqual(Float64Array.of(10, 20))
  })

  test('has no start timestamps when no row has one', () => {
    expect(decode(bucket).batch.samples.startTimestamps).toBeUndefined()
  })

  test('refuses a series with samples and histograms', () => {
    const { batch, refusals } = decode(
      { labels: [['__name__', 'both']], samples: [sample], histograms: [{ timestamp: 1, sum: 0, countInt: 0 }] },
      bucket,
    )
    expect(batch.samples.refs.length).toBe(1)
    expect(refusals).toMatchObject({ samples: 1, histograms: 1 })
    expect(refusals.reasons[0]).toBe('both: samples and histograms in one series')
  })

  const badRefs: [name: string, refs: number[], reason: string][] = [
    ['an odd number of references', [1, 2, 1], 'odd number of label references (3)'],
    ['a reference beyond the symbols', [1, 2, 9, 9], 'label reference 9 is beyond the 3 symbols'],
  ]
  test.each(badRefs)('refuses a series with %s, and keeps the others', (_, refs, reason) => {
    const { batch, refusals } = decodeBytes(withRefs(refs, [1, 2]), 2)
    expect(batch.samples.refs.length).toBe(1)
    expect(refusals.reasons).toEqual([expect.stringContaining(reason)])
  })

  test('refuses symbols that do not begin with the empty string', () => {
    const message = new ProtoWriter().string(4, '__name__').string(4, 'up').finish()
    expect(() => decodeBytes(message, 2)).toThrow('the first symbol is not the empty string')
  })

  test('refuses a label that is not UTF-8', () => {
    const message = new ProtoWriter()
      .string(4, '')
      .string(4, '__name__')
      .bytes(4, Buffer.from([0xff, 0xfe]))
    message.message(5, (one) => one.packedUint64(1, [1, 2]).message(2, (inner) => inner.double(1, 1)))
    expect(decodeBytes(message.finish(), 2).refusals.reasons[0]).toContain('not valid UTF-8')
  })

  function withRefs(...refsOfSeries: number[][]): Buffer {
    const request = new ProtoWriter().string(4, '').string(4, '__name__').string(4, 'up')
    for (const refs of refsOfSeries) {
      request.message(5, (one) => one.packedUint64(1, refs).message(2, (inner) => inner.double(1, 1).int64(2, 5)))
    }
    return request.finish()
  }
})

describe('remote write 1.0', () => {
  test('takes metadata by family', () => {
    const { batch } = decodeBytes(writeRequestV1([], [{ metric: 'latency', ...help }]), 1)
    expect(batch.metadata).toEqual([{ metric: 'latency', type: 'histogram', help: 'How long.', unit: 'seconds' }])
  })

  test('takes samples and histograms of one series', () => {
    const histograms = [{ timestamp: 1, sum: 0, countInt: 0 }]
    const { batch } = decodeBytes(
      writeRequestV1([{ labels: [['__name__', 'both']], samples: [sample], histograms }]),
      1,
    )
    expect([batch.samples.refs.length, batch.histograms.refs.length]).toEqual([1, 1])
  })

  test('refuses a label that is not UTF-8', () => {
    const message = new ProtoWriter().message(1, (one) =>
      one
        .message(1, (label) => label.string(1, '__name__').bytes(2, Buffer.from([0xc3, 0x28])))
        .message(2, (inner) => inner.double(1, 1)),
    )
    expect(decodeBytes(message.finish(), 1).refusals.reasons[0]).toContain('not valid UTF-8')
  })
})
