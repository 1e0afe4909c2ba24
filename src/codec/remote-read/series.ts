/** Parts of remote read's answers: labels, samples, native histograms. Follows prompb/types.proto, prometheus@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import { STALE_HI, STALE_LO } from '../../model/stale.ts'
import type { FloatRun } from './chunk/float-chunk.ts'
import type { HistogramRun } from './chunk/histogram-chunk.ts'
import { ProtoWriter } from '../protobuf-writer.ts'

/** `repeated Label labels = 1`. */
export function writeLabels(writer: ProtoWriter, labels: LabelSet): void {
  for (const [name, value] of labels.entries()) writer.message(1, (pair) => pair.string(1, name).string(2, value))
}

/** A `prometheus.TimeSeries`. */
export function encodeTimeSeries(labels: LabelSet, floats: FloatRun, histograms: HistogramRun | undefined): Buffer {
  const writer = new ProtoWriter(512)
  writeLabels(writer, labels)
  writer.append(encodeSamples(floats))
  if (histograms !== undefined) {
    for (let i = histograms.from; i < histograms.to; i++) {
      const histogram = histograms.values[i] as NativeHistogram
      writer.message(4, (inner) => writeHistogram(inner, histogram, histograms.times[i] as number))
    }
  }
  return writer.finish()
}

/** Tag, length, value with its tag, time with its tag. */
const MOST_SAMPLE_BYTES = 2 + 9 + 11
const SAMPLES_TAG = (2 << 3) | 2
const VALUE_TAG = (1 << 3) | 1
const TIME_TAG = 2 << 3

/** `repeated Sample samples = 2`, the bits of the values kept. */
function encodeSamples({ times, timeFrom, values, from, count }: FloatRun): Uint8Array {
  const out = new Uint8Array(count * MOST_SAMPLE_BYTES)
  const words = new Uint32Array(values.buffer, values.byteOffset + from * 8, count * 2)
  const view = new DataView(out.buffer)
  let at = 0
  for (let k = 0; k < count; k++) {
    const [lo, hi] = [words[k * 2] as number, words[k * 2 + 1] as number]
    out[at] = SAMPLES_TAG
    out[at + 2] = VALUE_TAG
    view.setUint32(at + 3, lo, true)
    // A staleness marker has its exact bits, whatever an engine made of the quiet bit.
    view.setUint32(at + 7, lo === STALE_LO && (hi & 0x7ff00000) === 0x7ff00000 ? STALE_HI : hi, true)
    out[at + 11] = TIME_TAG
    const end = putInt64(out, at + 12, times[timeFrom + k] as number)
    out[at + 1] = end - at - 2
    at = end
  }
  return out.subarray(0, at)
}

function putInt64(out: Uint8Array, from: number, value: number): number {
  let at = from
  if (value < 0) {
    for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
      out[at++] = Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0)
      if (rest <= 0x7fn) return at
    }
  }
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 0x80
  out[at++] = rest
  return at
}

const RESET_HINTS: Readonly<Record<NativeHistogram['resetHint'], number>> = {
  unknown: 0,
  reset: 1,
  not_reset: 2,
  gauge: 3,
}
const STALE_BITS = (BigInt(STALE_HI) << 32n) | BigInt(STALE_LO)
const GREATEST_INTEGER = 2 ** 53

/** A `prometheus.Histogram`. */
function writeHistogram(writer: ProtoWriter, histogram: NativeHistogram, time: number): void {
  const integer = histogram.integer && histogram.count <= GREATEST_INTEGER
  if (histogram.stale) {
    if (integer) writer.uint64(1, 0)
    else writer.double(2, 0)
    writer.fixed64(3, STALE_BITS).int64(15, time)
    return
  }
  const { schema, zeroThreshold, zeroCount, count, sum, positive, negative } = histogram
  if (integer) writer.uint64(1, count)
  else writer.double(2, count)
  writer.double(3, sum).sint64(4, schema).double(5, zeroThreshold)
  if (integer) writer.uint64(6, zeroCount)
  else writer.double(7, zeroCount)
  writeBuckets(writer, { spans: 8, deltas: 9, counts: 10 }, negative, integer)
  writeBuckets(writer, { spans: 11, deltas: 12, counts: 13 }, positive, integer)
  writer.uint64(14, RESET_HINTS[histogram.resetHint]).int64(15, time)
  if (histogram.customValues.length > 0) writer.packedDoubles(16, histogram.customValues)
}

function writeBuckets(
  writer: ProtoWriter,
  fields: { readonly spans: number; readonly deltas: number; readonly counts: number },
  { offsets, lengths, counts }: BucketSpans,
  integer: boolean,
): void {
  for (const [i, length] of lengths.entries()) {
    writer.message(fields.spans, (span) => span.sint64(1, offsets[i] as number).uint64(2, length))
  }
  if (counts.length === 0) return
  if (integer)
    writer.packedSint64(
      fields.deltas,
      counts.map((count, i) => count - (counts[i - 1] ?? 0)),
    )
  else writer.packedDoubles(fields.counts, counts)
}
