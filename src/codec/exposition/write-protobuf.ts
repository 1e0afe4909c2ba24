import { ProtoWriter } from '../protobuf-writer.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { escapeName } from './escaping.ts'
import type { EscapingScheme } from './escaping.ts'
import { classicBuckets } from './family.ts'
import type { Family, FamilyBucket, FamilyExemplar, FamilyMetric, FamilyValue } from './family.ts'

const TYPES: Readonly<Record<Family['type'], number>> = {
  counter: 0,
  gauge: 1,
  summary: 2,
  unknown: 3,
  histogram: 4,
  gaugehistogram: 5,
  info: 1,
  stateset: 1,
}

/** Writes a family as a length-delimited `io.prometheus.client.MetricFamily`, native histograms included. */
export function writeProtobuf(family: Family, escaping: EscapingScheme): Buffer {
  const message = new ProtoWriter().string(1, escapeName(family.name, escaping))
  if (family.help !== undefined) message.string(2, family.help)
  message.uint64(3, TYPES[family.type])
  for (const metric of family.metrics)
    message.message(4, (writer) => writeMetric(writer, metric, family.type, escaping))
  if (family.unit !== undefined && family.unit !== '') message.string(5, family.unit)
  return new ProtoWriter(message.length + 5).bareVarint(message.length).append(message.view()).finish()
}

function writeMetric(writer: ProtoWriter, metric: FamilyMetric, type: Family['type'], escaping: EscapingScheme): void {
  for (const [name, value] of metric.labels) writeLabel(writer, escapeName(name, escaping), value)
  writeValue(writer, metric, type)
  if (metric.timestamp !== undefined) writer.int64(6, metric.timestamp)
}

function writeLabel(writer: ProtoWriter, name: string, value: string): void {
  writer.message(1, (pair) => pair.string(1, name).string(2, value))
}

function writeValue(writer: ProtoWriter, { value, startTimestamp }: FamilyMetric, type: Family['type']): void {
  switch (value.kind) {
    case 'number':
      writeNumber(writer, value, type, startTimestamp)
      return
    case 'summary':
      writer.message(4, (summary) => {
        summary.uint64(1, value.count).double(2, value.sum)
        for (const [quantile, one] of value.quantiles) {
          summary.message(3, (inner) => inner.double(1, quantile).double(2, one))
        }
        writeTime(summary, 4, startTimestamp)
      })
      return
    case 'histogram':
      writer.message(7, (histogram) => {
        writeClassic(histogram, value.buckets, value)
        writeTime(histogram, 15, startTimestamp)
      })
      return
    case 'native':
      writer.message(7, (histogram) => {
        writeHistogram(histogram, value.histogram)
        writeTime(histogram, 15, startTimestamp)
      })
  }
}

function writeNumber(
  writer: ProtoWriter,
  { value, exemplar }: Extract<FamilyValue, { kind: 'number' }>,
  type: Family['type'],
  startTimestamp: number | undefined,
): void {
  if (type === 'counter') {
    writer.message(3, (counter) => {
      counter.double(1, value)
      if (exemplar !== undefined) writeExemplar(counter, 2, exemplar)
      writeTime(counter, 3, startTimestamp)
    })
  } else writer.message(type === 'unknown' ? 5 : 2, (inner) => inner.double(1, value))
}

/** Native histograms go out as floats, as Prometheus' federation has them; those with custom bounds as classic ones. */
function writeHistogram(writer: ProtoWriter, histogram: NativeHistogram): void {
  if (histogram.schema === CUSTOM_BUCKETS_SCHEMA) {
    writer.double(2, histogram.sum)
    for (const bucket of classicBuckets(histogram)) {
      writer.message(3, (inner) => inner.double(2, bucket.bound).double(4, bucket.count))
    }
    writer.double(4, histogram.count)
    return
  }
  writer.double(2, histogram.sum).double(4, histogram.count).sint64(5, histogram.schema)
  writer.double(6, histogram.zeroThreshold).double(8, histogram.zeroCount)
  writeSpans(writer, 9, histogram.negative)
  writer.packedDoubles(11, histogram.negative.counts)
  // Without any span a reader would take it for a classic one.
  const positive = histogram.positive.lengths.length > 0 ? histogram.positive : EMPTY_SPAN
  writeSpans(writer, 12, positive)
  writer.packedDoubles(14, histogram.positive.counts)
}

const EMPTY_SPAN: BucketSpans = { offsets: [0], lengths: [0], counts: [] }

function writeSpans(writer: ProtoWriter, field: number, { offsets, lengths }: BucketSpans): void {
  offsets.forEach((offset, i) => {
    writer.message(field, (span) => span.sint64(1, offset).uint64(2, lengths[i] as number))
  })
}

function writeClassic(
  writer: ProtoWriter,
  buckets: readonly FamilyBucket[],
  { count, sum }: { readonly count: number; readonly sum: number },
): void {
  if (Number.isInteger(count)) writer.uint64(1, count)
  else writer.double(4, count)
  writer.double(2, sum)
  for (const bucket of buckets) {
    writer.message(3, (inner) => {
      if (Number.isInteger(bucket.count)) inner.uint64(1, bucket.count)
      else inner.double(4, bucket.count)
      inner.double(2, bucket.bound)
      if (bucket.exemplar !== undefined) writeExemplar(inner, 3, bucket.exemplar)
    })
  }
}

function writeExemplar(writer: ProtoWriter, field: number, { labels, value, timestamp }: FamilyExemplar): void {
  writer.message(field, (inner) => {
    for (const [name, one] of labels) writeLabel(inner, name, one)
    inner.double(2, value)
    writeTime(inner, 3, timestamp)
  })
}

function writeTime(writer: ProtoWriter, field: number, ms: number | undefined): void {
  if (ms === undefined) return
  const seconds = Math.floor(ms / 1000)
  writer.message(field, (time) => time.int64(1, seconds).int64(2, Math.round((ms - seconds * 1000) * 1e6)))
}
