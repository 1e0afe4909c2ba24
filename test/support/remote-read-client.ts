/** A remote read client for tests: asks for either form of answer and reads it into the same shape. */
import { ProtoReader } from '../../src/codec/protobuf.ts'
import { ProtoWriter } from '../../src/codec/protobuf-writer.ts'
import { makeCrc32c } from '../../src/codec/remote-read/crc32c.ts'
import { compressSnappy, uncompressSnappy } from '../../src/codec/snappy.ts'
import { doubleOf, readFloatChunk, readHistogramChunk } from './chunk-decoder.ts'

export interface ReadQueryInput {
  readonly start: number
  readonly end: number
  readonly matchers: readonly (readonly [type: number, name: string, value: string])[]
}

/** Label sets in order, and their samples: floats by their bits, histograms as text. */
export type ReadSeries = readonly [
  labels: string,
  samples: readonly (readonly [time: number, value: bigint | string])[],
]

/** A `prometheus.ReadRequest`, uncompressed. */
export function readRequest(queries: readonly ReadQueryInput[], accepted: readonly number[]): Buffer {
  const request = new ProtoWriter()
  for (const { start, end, matchers } of queries) {
    request.message(1, (query) => {
      query.int64(1, start).int64(2, end)
      for (const [type, name, value] of matchers) {
        query.message(3, (matcher) => matcher.uint64(1, type).string(2, name).string(3, value))
      }
      query.message(4, (hints) => hints.int64(1, 15_000).string(2, 'rate').int64(3, start).int64(4, end))
    })
  }
  if (accepted.length > 0) request.packedUint64(2, accepted)
  return request.finish()
}

export async function remoteRead(
  base: string,
  queries: readonly ReadQueryInput[],
  accepted: readonly number[],
): Promise<readonly (readonly ReadSeries[])[]> {
  const response = await fetch(`${base}/api/v1/read`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: Uint8Array.from(compressSnappy(readRequest(queries, accepted))),
  })
  const body = new Uint8Array(await response.arrayBuffer())
  if (!response.ok) throw new Error(`${response.status} ${Buffer.from(body).toString()}`)
  const isStreamed = response.headers.get('content-type')?.startsWith('application/x-streamed-protobuf') === true
  return isStreamed ? readChunked(body, queries.length) : readWhole(body)
}

function readWhole(body: Uint8Array): ReadSeries[][] {
  const reader = new ProtoReader(uncompressSnappy(body, 1e9))
  const results: ReadSeries[][] = []
  while (reader.next()) {
    const outer = reader.enter()
    const series: ReadSeries[] = []
    while (reader.next()) series.push(readTimeSeries(reader.message()))
    reader.leave(outer)
    results.push(series)
  }
  return results
}

function readTimeSeries(reader: ProtoReader): ReadSeries {
  const labels: string[] = []
  const samples: [number, bigint | string][] = []
  while (reader.next()) {
    if (reader.field === 1) labels.push(readLabel(reader.message()))
    else if (reader.field === 2) samples.push(readSample(reader.message()))
    else if (reader.field === 4) samples.push(readHistogram(reader.message()))
    else reader.skip()
  }
  return [labels.join(','), samples.sort(([a], [b]) => a - b)]
}

function readLabel(reader: ProtoReader): string {
  let [name, value] = ['', '']
  while (reader.next()) {
    if (reader.field === 1) name = reader.string()
    else value = reader.string()
  }
  return `${name}=${JSON.stringify(value)}`
}

function readSample(reader: ProtoReader): [number, bigint] {
  let [time, value] = [0, 0n]
  while (reader.next()) {
    if (reader.field === 1) value = reader.fixed64Exact()
    else time = reader.int64()
  }
  return [time, value]
}

interface HistogramFields {
  time: number
  count: number
  sum: bigint
  schema: number
  zeroThreshold: number
  zeroCount: number
  custom: number[]
  negative: Side
  positive: Side
}
interface Side {
  spans: number[]
  counts: number[]
}

function readHistogram(reader: ProtoReader): [number, string] {
  const side = (): Side => ({ spans: [], counts: [] })
  const h: HistogramFields = {
    time: 0,
    count: 0,
    sum: 0n,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    custom: [],
    negative: side(),
    positive: side(),
  }
  const fields: Record<number, () => void> = {
    1: () => (h.count = reader.uint64()),
    2: () => (h.count = reader.double()),
    3: () => (h.sum = reader.fixed64Exact()),
    4: () => (h.schema = reader.sint32()),
    5: () => (h.zeroThreshold = reader.double()),
    6: () => (h.zeroCount = reader.uint64()),
    7: () => (h.zeroCount = reader.double()),
    8: () => readSpan(reader.message(), h.negative.spans),
    9: () => readDeltas(reader, h.negative.counts),
    10: () => reader.doubles(h.negative.counts),
    11: () => readSpan(reader.message(), h.positive.spans),
    12: () => readDeltas(reader, h.positive.counts),
    13: () => reader.doubles(h.positive.counts),
    15: () => (h.time = reader.int64()),
    16: () => reader.doubles(h.custom),
  }
  while (reader.next()) (fields[reader.field] ?? ((): void => reader.skip()))()
  return [h.time, textOf(h)]
}

function readSpan(reader: ProtoReader, into: number[]): void {
  let [offset, length] = [0, 0]
  while (reader.next()) {
    if (reader.field === 1) offset = reader.sint32()
    else length = reader.uint32()
  }
  into.push(offset, length)
}

function readDeltas(reader: ProtoReader, into: number[]): void {
  const deltas: number[] = []
  reader.sint64s(deltas)
  let total = 0
  for (const delta of deltas) into.push((total += delta))
}

function textOf({ time: _time, sum, ...rest }: HistogramFields): string {
  const isStale = sum === 0x7ff0000000000002n
  return isStale ? 'stale' : JSON.stringify({ ...rest, sum: doubleOf(sum) })
}

function readChunked(body: Uint8Array, queries: number): ReadSeries[][] {
  const checksum = makeCrc32c()
  const results: ReadSeries[][] = Array.from({ length: queries }, () => [])
  const frames = new ProtoReader(body)
  while (frames.pos < body.length) {
    const length = frames.bareVarint()
    const start = frames.pos + 4
    const message = body.subarray(start, start + length)
    const want = new DataView(body.buffer, body.byteOffset + frames.pos, 4).getUint32(0)
    if (checksum(message) !== want) throw new Error('the checksum of a frame is wrong')
    frames.pos = start + length
    readFrame(new ProtoReader(message), results)
  }
  return results
}

function readFrame(reader: ProtoReader, results: ReadSeries[][]): void {
  let query = 0
  const found: [string, [number, bigint | string][]][] = []
  while (reader.next()) {
    if (reader.field === 1) found.push(readChunkedSeries(reader.message()))
    else query = reader.uint64()
  }
  for (const [labels, samples] of found) {
    const into = results[query] ?? []
    const last = into.at(-1)
    // One series may go over several frames.
    if (last?.[0] === labels) into[into.length - 1] = [labels, [...last[1], ...samples]]
    else into.push([labels, samples])
  }
}

function readChunkedSeries(reader: ProtoReader): [string, [number, bigint | string][]] {
  const labels: string[] = []
  const samples: [number, bigint | string][] = []
  while (reader.next()) {
    if (reader.field === 1) labels.push(readLabel(reader.message()))
    else samples.push(...readChunk(reader.message()))
  }
  return [labels.join(','), samples]
}

function readChunk(reader: ProtoReader): [number, bigint | string][] {
  let encoding = 0
  let data = new Uint8Array(0)
  while (reader.next()) {
    if (reader.field === 3) encoding = reader.uint32()
    else if (reader.field === 4) data = Uint8Array.from(reader.view())
    else reader.skip()
  }
  if (encoding === 1) return readFloatChunk(data).map(({ time, bits }) => [time, bits])
  return readHistogramChunk(data, encoding === 2).map(({ time, sum, histogram: h }) => {
    const spans = ({ offsets, lengths }: { offsets: readonly number[]; lengths: readonly number[] }): number[] =>
      offsets.flatMap((offset, i) => [offset, lengths[i] ?? 0])
    const { schema, zeroThreshold, zeroCount, count, positive, negative } = h
    const custom = [...h.customValues]
    const sides = {
      negative: { spans: spans(negative), counts: [...negative.counts] },
      positive: { spans: spans(positive), counts: [...positive.counts] },
    }
    return [time, textOf({ time, sum, count, schema, zeroThreshold, zeroCount, custom, ...sides })]
  })
}
