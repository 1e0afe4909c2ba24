import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFloatChunk, readHistogramChunk } from '../../../../test/support/chunk-decoder.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { STALE_NAN } from '../../../model/stale.ts'
import { ENCODING } from './chunk.ts'
import type { Chunk } from './chunk.ts'
import { floatChunks } from './float-chunk.ts'
import { histogramChunks } from './histogram-chunk.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bitsOf = (values: Float64Array): bigint[] => [
  ...new BigUint64Array(values.buffer, values.byteOffset, values.length),
]

describe('float chunks', () => {
  const chunksOf = (times: Float64Array, values: Float64Array): Chunk[] =>
    floatChunks({ times, timeFrom: 0, values, from: 0, count: times.length })

  // Bytes as Go's XORChunk has them: header, varint time, raw value; then gaps and values bit by bit.
  test.each([
    ['one sample', [1000], [1], '0001d00f3ff0000000000000'],
    ['the same value at the same gap', [1000, 2000, 3000], [1, 1, 1], '0003d00f3ff0000000000000e80700'],
    ['a negative time', [-1], [0], '0001010000000000000000'],
  ])('%s', (_, times, values, want) => {
    expect(chunksOf(Float64Array.from(times), Float64Array.from(values)).map(({ data }) => hex(data))).toEqual([want])
  })

  test('cuts after 120 samples, and tells the times of each chunk', () => {
    const times = Float64Array.from({ length: 300 }, (_, i) => i * 15_000)
    const chunks = chunksOf(times, new Float64Array(300))
    expect(chunks.map(({ minTime, maxTime }) => [minTime, maxTime])).toEqual([
      [0, 119 * 15_000],
      [120 * 15_000, 239 * 15_000],
      [240 * 15_000, 299 * 15_000],
    ])
  })

  test('a staleness marker has its exact bits', () => {
    const [chunk] = chunksOf(Float64Array.of(0, 1), Float64Array.of(1, STALE_NAN))
    expect(readFloatChunk(chunk?.data ?? new Uint8Array())[1]?.bits).toBe(0x7ff0000000000002n)
  })

  const gaps = fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 2 ** 40 }), fc.constant(15_000))
  const values = fc.oneof(
    fc.double(),
    fc.integer().map(Number),
    fc.constant(0),
    fc
      .bigInt({ min: 0n, max: 0x7fefffffffffffffn })
      .map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] as number),
  )
  test('any samples come back to the bit', () => {
    const samples = fc.array(fc.tuple(gaps, values), { minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(samples, fc.integer({ min: -(2 ** 40), max: 2 ** 43 }), (rows, start) => {
        let time = start
        // In the middle of longer columns, as blocks have them.
        const times = Float64Array.from([0, 0, 0, ...rows.map(([gap]) => (time += gap))])
        const column = Float64Array.from([9, ...rows.map(([, value]) => value), 9])
        const chunks = floatChunks({ times, timeFrom: 3, values: column, from: 1, count: rows.length })
        const read = chunks.flatMap(({ data }) => readFloatChunk(data))
        expect(read.map((row) => row.time)).toEqual([...times.subarray(3)])
        expect(read.map((row) => row.bits)).toEqual(bitsOf(column).slice(1, -1))
      }),
    )
  })

  test('samples that are ages apart are in chunks of their own', () => {
    const times = Float64Array.of(-8e15, 0, 8e15)
    expect(
      chunksOf(times, new Float64Array(3)).flatMap(({ data }) => readFloatChunk(data).map(({ time }) => time)),
    ).toEqual([...times])
  })
})

describe('histogram chunks', () => {
  const spans = (offsets: number[], lengths: number[], counts: number[]): BucketSpans => ({ offsets, lengths, counts })
  const base: NativeHistogram = {
    schema: 1,
    zeroThreshold: 0.001,
    zeroCount: 1,
    count: 8,
    sum: 1.5,
    stale: false,
    integer: true,
    positive: spans([-2, 3], [2, 1], [1, 2, 3]),
    negative: spans([1], [1], [1]),
    customValues: [],
    resetHint: 'unknown',
  }
  const chunksOf = (values: readonly NativeHistogram[]): Chunk[] =>
    histogramChunks({
      times: Float64Array.from(values, (_, i) => 1000 + i * 15_000),
      values,
      from: 0,
      to: values.length,
    })
  const read = ({ data, encoding }: Chunk): ReturnType<typeof readHistogramChunk> =>
    readHistogramChunk(data, encoding === ENCODING.histogram)
  const flags = (chunks: readonly Chunk[]): number[] => chunks.map(({ data }) => data[2] as number)

  const grown = (by: number): NativeHistogram => ({
    ...base,
    zeroCount: 1 + by,
    count: 8 + by * 5,
    sum: by / 3,
    positive: { ...base.positive, counts: [1 + by, 2 + by, 3 + by] },
    negative: { ...base.negative, counts: [1 + by] },
  })
  const stale: NativeHistogram = { ...base, stale: true, sum: STALE_NAN }

  const cases: [name: string, values: NativeHistogram[], lengths: number[], header: number[]][] = [
    ['a growing counter is one chunk', [grown(0), grown(1), grown(5)], [3], [0x00]],
    ['a fall begins a chunk', [grown(3), grown(1), grown(2)], [1, 2], [0x00, 0x80]],
    ['so does a hint', [grown(0), { ...grown(1), resetHint: 'reset' }], [1, 1], [0x00, 0x80]],
    ['a gauge may fall', [3, 1, 2].map((by): NativeHistogram => ({ ...grown(by), resetHint: 'gauge' })), [3], [0xc0]],
    ['other buckets', [grown(0), { ...grown(1), positive: spans([0], [1], [9]) }], [1, 1], [0x00, 0x00]],
    ['another schema', [grown(0), { ...grown(1), schema: 2 }], [1, 1], [0x00, 0x00]],
    ['floats', [grown(0), { ...grown(1), integer: false }], [1, 1], [0x00, 0x00]],
    ['markers', [grown(0), stale, stale, grown(1)], [1, 2, 1], [0x00, 0x00, 0x00]],
  ]
  test.each(cases)('%s', (_, values, lengths, header) => {
    const chunks = chunksOf(values)
    expect(chunks.map((chunk) => read(chunk).length)).toEqual(lengths)
    expect(flags(chunks)).toEqual(header)
  })

  test('a full chunk goes on as not reset', () => {
    expect(flags(chunksOf(Array.from({ length: 250 }, (_, i) => grown(i))))).toEqual([0x00, 0x40, 0x40])
  })

  test('counts that integers of a double can not tell apart go as floats', () => {
    const huge: NativeHistogram = { ...base, count: 2 ** 60 }
    expect(chunksOf([huge]).map(({ encoding }) => encoding)).toEqual([ENCODING.floatHistogram])
  })

  const histogram = fc
    .record({
      integer: fc.boolean(),
      schema: fc.constantFrom(-4, 0, 8, -53),
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 2 ** -243, 2 ** -244, 2 ** 10, 2 ** 11, 0.001, 0.3),
      offsets: fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 3 }),
      // A bound is written as a whole number where it is one: -0 becomes 0, which is the same bound.
      customValues: fc.array(
        fc
          .oneof(fc.double({ noNaN: true }), fc.constantFrom(0.001, 33_554.43, 33_554.431, -1))
          .map((bound) => bound + 0),
        { maxLength: 4 },
      ),
      gauge: fc.boolean(),
    })
    .chain((shape) =>
      fc
        .array(
          fc.record({
            counts: fc.array(shape.integer ? fc.nat() : fc.double({ noNaN: true, min: 0 }), {
              minLength: shape.offsets.length * 2,
              maxLength: shape.offsets.length * 2,
            }),
            zeroCount: fc.nat(),
            sum: fc.double({ noNaN: true }),
            stale: fc.boolean(),
          }),
          { minLength: 1, maxLength: 8 },
        )
        .map((samples) =>
          samples.map(({ counts, zeroCount, sum, stale: isStale }): NativeHistogram => {
            const side = (of: number[]): BucketSpans =>
              spans(
                shape.offsets,
                shape.offsets.map(() => 1),
                of,
              )
            return {
              schema: shape.schema,
              zeroThreshold: shape.schema === -53 ? 0 : shape.zeroThreshold,
              zeroCount,
              count: counts.reduce((total, count) => total + count, zeroCount),
              sum: isStale ? STALE_NAN : sum,
              stale: isStale,
              integer: shape.integer,
              positive: side(counts.slice(0, shape.offsets.length)),
              negative: side(counts.slice(shape.offsets.length)),
              customValues: shape.schema === -53 ? shape.customValues : [],
              resetHint: shape.gauge ? 'gauge' : 'unknown',
            }
          }),
        ),
    )
  test('any histograms come back', () => {
    fc.assert(
      fc.property(histogram, (values) => {
        const got = chunksOf(values).flatMap(read)
        expect(got.map(({ histogram: { stale: isStale } }) => isStale)).toEqual(
          values.map(({ stale: isStale }) => isStale),
        )
        for (const [i, { sum, histogram: one }] of got.entries()) {
          const want = values[i] as NativeHistogram
          if (want.stale) continue
          expect(sum).toBe(bitsOf(Float64Array.of(want.sum))[0])
          const { sum: _sum, integer: _integer, resetHint: _hint, ...rest } = want
          expect(one).toMatchObject(rest)
        }
      }),
    )
  })
})
