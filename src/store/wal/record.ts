/**
 * Records: what one write of one tenant put into the log. A frame holds one record a writer that waited for it.
 *
 *   header, 8 words of 4 bytes: length of the record, samples, 1 when there are start timestamps, length of the rest, 0, 0, 0, 0
 *   ids            samples x u64
 *   timestamps     samples x f64 (UnixMs)
 *   values         samples x f64 (exact bits)
 *   starts         samples x f64, when there are any
 *   rest           tenant, new series, histograms, exemplars, metadata: as a `ByteWriter` writes them
 *   padding to 8 bytes
 *
 * Rows name series by id: their labels are in the same record (new series), in an earlier one, or in the tables.
 */
import type { UnixMs } from '../../core/time.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { STALE_NAN } from '../../model/stale.ts'
import type { MetadataRow, MetricType } from '../../signals/metrics.ts'
import { ByteReader, ByteWriter } from './byte-writer.ts'

export interface SeriesIdParts {
  readonly hi: number
  readonly lo: number
}

export interface HistogramRecord extends SeriesIdParts {
  readonly timestamp: number
  readonly start: number
  readonly value: NativeHistogram
}

export interface ExemplarRecord extends SeriesIdParts {
  readonly timestamp: UnixMs
  readonly value: number
  readonly labels: LabelSet
}

export interface WalRecord {
  readonly tenant: string
  /** Ids as pairs of words, low word first: a u64 column in memory. */
  readonly ids: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
  /** Series that the log or the tables may not know yet. */
  readonly series: readonly LabelSet[]
  readonly histograms: readonly HistogramRecord[]
  readonly exemplars: readonly ExemplarRecord[]
  readonly metadata: readonly MetadataRow[]
}

/** A record to be written: its ids go straight to their place in the frame. */
export type WalWrite = Omit<WalRecord, 'ids'> & { readonly fillIds: (words: Uint32Array) => void }

const HEADER_BYTES = 32
const FLAG_STALE = 1
const FLAG_INTEGER = 2
const HINTS = ['unknown', 'reset', 'not_reset', 'gauge'] as const

/** Encodes records. Keeps a scratch buffer: `encodeRest` first, then `write` while nothing else is encoded. */
export class RecordEncoder {
  readonly #rest = new ByteWriter()

  /** Prepares the variable part and tells the bytes of the whole record. */
  prepare(record: WalWrite): number {
    const rest = this.#rest
    rest.clear()
    rest.text(record.tenant)
    rest.u32(record.series.length)
    for (const { pairs } of record.series) rest.texts(pairs)
    rest.u32(record.histograms.length)
    for (const one of record.histograms) writeHistogram(rest, one)
    rest.u32(record.exemplars.length)
    for (const { hi, lo, timestamp, value, labels } of record.exemplars) {
      rest.u32(hi)
      rest.u32(lo)
      rest.f64(timestamp)
      rest.f64(value)
      rest.texts(labels.pairs)
    }
    rest.u32(record.metadata.length)
    for (const { metric, type, help, unit } of record.metadata) rest.texts([metric, type, help, unit])
    const columns = record.starts === undefined ? 3 : 4
    return HEADER_BYTES + record.timestamps.length * 8 * columns + align(rest.bytes.length)
  }

  /** Writes the prepared record of `length` bytes at `at`, a multiple of 8 from the start of the buffer's memory. */
  write(record: WalWrite, target: Buffer, at: number, length: number): void {
    const rows = record.timestamps.length
    const memory = target.buffer
    const start = target.byteOffset + at
    const rest = this.#rest.bytes
    new Uint32Array(memory, start, 8).set([length, rows, record.starts === undefined ? 0 : 1, rest.length, 0, 0, 0, 0])
    let place = start + HEADER_BYTES
    record.fillIds(new Uint32Array(memory, place, rows * 2))
    place += rows * 8
    for (const column of [record.timestamps, record.values, record.starts]) {
      if (column === undefined) continue
      new Float64Array(memory, place, rows).set(column)
      place += rows * 8
    }
    const behind = place - target.byteOffset
    rest.copy(target, behind)
    target.fill(0, behind + rest.length, at + length)
  }
}

/** The records of a frame's payload. Columns are copies: they outlive the payload. */
export function decodeRecords(payload: Buffer): WalRecord[] {
  const records: WalRecord[] = []
  for (let at = 0; at < payload.length;) {
    const length = payload.readUInt32LE(at)
    records.push(decodeRecord(payload.subarray(at, at + length)))
    at += length
  }
  return records
}

function decodeRecord(record: Buffer): WalRecord {
  const rows = record.readUInt32LE(4)
  const hasStarts = record.readUInt32LE(8) === 1
  const restLength = record.readUInt32LE(12)
  const column = (index: number): ArrayBuffer => {
    const from = HEADER_BYTES + index * rows * 8
    return Uint8Array.from(record.subarray(from, from + rows * 8)).buffer
  }
  const restAt = HEADER_BYTES + rows * 8 * (hasStarts ? 4 : 3)
  const rest = new ByteReader(record.subarray(restAt, restAt + restLength))
  const times = <T>(read: () => T): T[] => Array.from({ length: rest.u32() }, read)
  return {
    ids: new Uint32Array(column(0)),
    timestamps: new Float64Array(column(1)),
    values: new Float64Array(column(2)),
    starts: hasStarts ? new Float64Array(column(3)) : undefined,
    tenant: rest.text(),
    series: times(() => LabelSet.fromSorted(rest.texts())),
    histograms: times(() => readHistogram(rest)),
    exemplars: times(() => ({
      hi: rest.u32(),
      lo: rest.u32(),
      timestamp: rest.f64() as UnixMs,
      value: rest.f64(),
      labels: LabelSet.fromSorted(rest.texts()),
    })),
    metadata: times(() => {
      const [metric = '', type = '', help = '', unit = ''] = rest.texts()
      return { metric, type: type as MetricType, help, unit }
    }),
  }
}

function writeHistogram(out: ByteWriter, { hi, lo, timestamp, start, value }: HistogramRecord): void {
  out.u32(hi)
  out.u32(lo)
  out.f64(timestamp)
  out.f64(start)
  out.u32((value.stale ? FLAG_STALE : 0) | (value.integer ? FLAG_INTEGER : 0))
  out.u32(HINTS.indexOf(value.resetHint))
  out.numbers([value.schema, value.zeroThreshold, value.zeroCount, value.count, value.stale ? 0 : value.sum])
  for (const { offsets, lengths, counts } of [value.positive, value.negative]) {
    out.numbers(offsets)
    out.numbers(lengths)
    out.numbers(counts)
  }
  out.numbers(value.customValues)
}

function readHistogram(rest: ByteReader): HistogramRecord {
  const [hi, lo] = [rest.u32(), rest.u32()]
  const [timestamp, start] = [rest.f64(), rest.f64()]
  const flags = rest.u32()
  const resetHint = HINTS[rest.u32()] ?? 'unknown'
  const [schema = 0, zeroThreshold = 0, zeroCount = 0, count = 0, sum = 0] = rest.numbers()
  const spans = (): BucketSpans => ({ offsets: rest.numbers(), lengths: rest.numbers(), counts: rest.numbers() })
  const stale = (flags & FLAG_STALE) !== 0
  const value: NativeHistogram = {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum: stale ? STALE_NAN : sum,
    stale,
    integer: (flags & FLAG_INTEGER) !== 0,
    positive: spans(),
    negative: spans(),
    customValues: rest.numbers(),
    resetHint,
  }
  return { hi, lo, timestamp, start, value }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
