import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRequest } from '../../../test/support/remote-read-client.ts'
import { LabelSet } from '../../model/labels.ts'
import { ProtoReader } from '../protobuf.ts'
import { compressSnappy } from '../snappy.ts'
import { makeCrc32c } from './crc32c.ts'
import { FrameWriter, seriesChunks } from './frames.ts'
import { decodeReadRequest } from './request.ts'
import { encodeTimeSeries } from './series.ts'

const MAX = 1e6
const decode = (raw: Uint8Array, maxBytes = MAX): ReturnType<typeof decodeReadRequest> =>
  decodeReadRequest(compressSnappy(raw), maxBytes)

describe('requests', () => {
  test('have queries with half-open ranges, matchers, and a form of answer', () => {
    const matchers = [
      [0, '__name__', 'up'],
      [1, 'a', 'b'],
      [2, 'c', 'd|e'],
      [3, 'f', 'g.*'],
    ] as const
    expect(decode(readRequest([{ start: -5, end: 1000, matchers }], [9, 1, 0]))).toEqual({
      queries: [
        {
          selector: [
            { name: '__name__', op: '=', value: 'up' },
            { name: 'a', op: '!=', value: 'b' },
            { name: 'c', op: '=~', value: 'd|e' },
            { name: 'f', op: '!~', value: 'g.*' },
          ],
          range: { start: -5, end: 1001 },
        },
      ],
      responseType: 'chunks',
    })
    expect(decode(new Uint8Array(0))).toEqual({ queries: [], responseType: 'samples' })
  })

  test('an inverted range is empty, the outermost times are taken for all there is', () => {
    const rangeOf = (start: number, end: number): unknown =>
      decode(readRequest([{ start, end, matchers: [] }], [])).queries[0]?.range
    expect(rangeOf(10, 5)).toEqual({ start: 10, end: 10 })
    expect(rangeOf(-(2 ** 53), 2 ** 53)).toEqual({ start: -8.64e15, end: 8.64e15 })
  })

  const matcher = (type: number, value: string): Uint8Array =>
    readRequest([{ start: 0, end: 1, matchers: [[type, 'a', value]] }], [])
  test.each([
    ['an unknown matcher', matcher(4, ''), 'invalid matcher type: 4'],
    ['a bad regular expression', matcher(2, '('), /missing closing/],
    ['forms that there are not', readRequest([], [2, 3]), /none of the response types 2, 3 is supported/],
    [
      'a message that breaks off',
      readRequest([{ start: 0, end: 1, matchers: [] }], []).subarray(0, -1),
      /malformed protobuf/,
    ],
  ])('%s is refused', (_, raw, message) => {
    expect(() => decode(raw)).toThrow(message)
  })

  test('size is limited before anything is made', () => {
    expect(() => decode(new Uint8Array(101), 100)).toThrow('larger than 100 bytes')
    expect(() => decodeReadRequest(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), 100)).toThrow(
      'not a valid snappy block',
    )
  })

  test('any bytes are decoded or refused', () => {
    const outcome = (body: Uint8Array): string => {
      try {
        return decodeReadRequest(body, MAX).responseType
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isCompressed) => {
        expect(outcome(isCompressed ? compressSnappy(bytes) : bytes)).toMatch(/^(codec\.|samples$|chunks$)/)
      }),
    )
  })
})

describe('the checksum', () => {
  const sum = makeCrc32c()
  // RFC 3720, appendix B.4.
  test.each([
    ['nothing', new Uint8Array(0), 0],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['nine digits', Buffer.from('123456789'), 0xe3069283],
  ])('of %s', (_, bytes, want) => {
    expect(sum(bytes)).toBe(want)
  })
})

describe('answers', () => {
  const floats = (count: number): Parameters<typeof seriesChunks>[0] => ({
    times: Float64Array.from({ length: count }, (_, i) => i * 1000),
    timeFrom: 0,
    values: Float64Array.from({ length: count }, (_, i) => Math.sin(i)),
    from: 0,
    count,
  })

  test('a long series goes over several frames, each about as long as allowed', () => {
    const labels = LabelSet.of({ __name__: 'long' })
    const chunks = seriesChunks(floats(12_000), undefined)
    const frames = [...new FrameWriter(10_000).frames({ labels, chunks, query: 3 })]
    expect(frames.length).toBeGreaterThan(5)
    for (const frame of frames.slice(0, -1)) {
      expect(frame.length).toBeGreaterThanOrEqual(10_000)
      expect(frame.length).toBeLessThan(12_500)
    }
    const reader = new ProtoReader(frames[0] as Buffer)
    expect(reader.bareVarint()).toBe((frames[0] as Buffer).length - reader.pos - 4)
  })

  test('samples keep their times and the bits of their values', () => {
    const times = Float64Array.of(-8.64e15, -1, 0, 127, 128, 2 ** 35, 8.64e15)
    const values = new Float64Array(
      BigUint64Array.of(0x7ff0000000000002n, 1n << 63n, 0n, 1n, 0x7ff8000000000001n, 2n, 3n).buffer,
    )
    const series = encodeTimeSeries(LabelSet.EMPTY, { times, timeFrom: 0, values, from: 0, count: 7 }, undefined)
    const reader = new ProtoReader(series)
    const got: [number, bigint][] = []
    while (reader.next()) {
      const sample = reader.message()
      sample.next()
      const bits = sample.fixed64Exact()
      sample.next()
      got.push([sample.int64(), bits])
    }
    expect(got).toEqual([...new BigUint64Array(values.buffer)].map((bits, i) => [times[i], bits]))
  })
})
