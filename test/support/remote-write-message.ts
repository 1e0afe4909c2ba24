/** Builds remote write messages from plain data, for tests. */
import { ProtoWriter } from '../../src/codec/protobuf-writer.ts'

export interface SampleInput {
  readonly value: number | bigint
  readonly timestamp: number
  readonly startTimestamp?: number
}
export interface SpanInput {
  readonly offset: number
  readonly length: number
}
export interface HistogramInput {
  readonly timestamp: number
  readonly startTimestamp?: number
  readonly sum: number | bigint
  readonly schema?: number
  readonly zeroThreshold?: number
  readonly countInt?: number
  readonly countFloat?: number
  readonly zeroCountInt?: number
  readonly zeroCountFloat?: number
  readonly positiveSpans?: readonly SpanInput[]
  readonly negativeSpans?: readonly SpanInput[]
  readonly positiveDeltas?: readonly number[]
  readonly negativeDeltas?: readonly number[]
  readonly positiveCounts?: readonly number[]
  readonly negativeCounts?: readonly number[]
  readonly customValues?: readonly number[]
  readonly resetHint?: number
}
export interface ExemplarInput {
  readonly labels: Pairs
  readonly value: number | bigint
  readonly timestamp: number
}
export interface MetadataInput {
  readonly type: number
  readonly help: string
  readonly unit: string
}
export type Pairs = readonly (readonly [name: string, value: string])[]
export interface SeriesInput {
  readonly labels: Pairs
  readonly samples?: readonly SampleInput[]
  readonly histograms?: readonly HistogramInput[]
  readonly exemplars?: readonly ExemplarInput[]
  /** Version 2 only. */
  readonly metadata?: MetadataInput
  /** Version 2 only: field 6 of older senders. */
  readonly createdTimestamp?: number
}

/** A prometheus.WriteRequest. */
export function writeRequestV1(
  series: readonly SeriesInput[],
  metadata: readonly (MetadataInput & { readonly metric: string })[] = [],
): Buffer {
  const request = new ProtoWriter()
  for (const one of series) {
    request.message(1, (w) => {
      labelsV1(w, one.labels)
      for (const sample of one.samples ?? []) w.message(2, (inner) => writeSample(inner, sample))
      for (const exemplar of one.exemplars ?? []) {
        w.message(3, (inner) => {
          labelsV1(inner, exemplar.labels)
          double(inner, 2, exemplar.value)
          inner.int64(3, exemplar.timestamp)
        })
      }
      for (const histogram of one.histograms ?? []) w.message(4, (inner) => writeHistogram(inner, histogram))
    })
  }
  for (const { type, metric, help, unit } of metadata) {
    request.message(3, (w) => w.uint64(1, type).string(2, metric).string(4, help).string(5, unit))
  }
  return request.finish()
}

function labelsV1(w: ProtoWriter, labels: Pairs): void {
  for (const [name, value] of labels) w.message(1, (label) => label.string(1, name).string(2, value))
}

/** An io.prometheus.write.v2.Request. */
export function writeRequestV2(series: readonly SeriesInput[]): Buffer {
  const symbols = new Map<string, number>([['', 0]])
  const ref = (text: string): number => {
    if (!symbols.has(text)) symbols.set(text, symbols.size)
    return symbols.get(text) ?? 0
  }
  const refs = (labels: Pairs): number[] => labels.flatMap(([name, value]) => [ref(name), ref(value)])
  const rest = new ProtoWriter()
  for (const one of series) {
    rest.message(5, (w) => {
      w.packedUint64(1, refs(one.labels))
      for (const sample of one.samples ?? []) w.message(2, (inner) => writeSample(inner, sample))
      for (const histogram of one.histograms ?? []) w.message(3, (inner) => writeHistogram(inner, histogram))
      for (const exemplar of one.exemplars ?? []) {
        w.message(4, (inner) => {
          double(inner.packedUint64(1, refs(exemplar.labels)), 2, exemplar.value)
          inner.int64(3, exemplar.timestamp)
        })
      }
      const { metadata, createdTimestamp } = one
      if (metadata !== undefined) {
        w.message(5, (m) => m.uint64(1, metadata.type).uint64(3, ref(metadata.help)).uint64(4, ref(metadata.unit)))
      }
      if (createdTimestamp !== undefined) w.int64(6, createdTimestamp)
    })
  }
  const request = new ProtoWriter()
  for (const text of symbols.keys()) request.string(4, text)
  return request.append(rest.view()).finish()
}

/** A bigint is taken as the bits of the double. */
function double(w: ProtoWriter, field: number, value: number | bigint): void {
  if (typeof value === 'bigint') w.fixed64(field, value)
  else w.double(field, value)
}

function writeSample(w: ProtoWriter, { value, timestamp, startTimestamp }: SampleInput): void {
  double(w, 1, value)
  w.int64(2, timestamp)
  if (startTimestamp !== undefined) w.int64(3, startTimestamp)
}

function writeHistogram(w: ProtoWriter, h: HistogramInput): void {
  if (h.countFloat === undefined) w.uint64(1, h.countInt ?? 0)
  else w.double(2, h.countFloat)
  double(w, 3, h.sum)
  w.sint64(4, h.schema ?? 0).double(5, h.zeroThreshold ?? 0)
  if (h.zeroCountFloat === undefined) w.uint64(6, h.zeroCountInt ?? 0)
  else w.double(7, h.zeroCountFloat)
  const span = (field: number, spans: readonly SpanInput[] = []): void => {
    for (const { offset, length } of spans) w.message(field, (s) => s.sint64(1, offset).uint64(2, length))
  }
  span(8, h.negativeSpans)
  if (h.negativeDeltas !== undefined) w.packedSint64(9, h.negativeDeltas)
  if (h.negativeCounts !== undefined) w.packedDoubles(10, h.negativeCounts)
  span(11, h.positiveSpans)
  if (h.positiveDeltas !== undefined) w.packedSint64(12, h.positiveDeltas)
  if (h.positiveCounts !== undefined) w.packedDoubles(13, h.positiveCounts)
  if (h.resetHint !== undefined) w.uint64(14, h.resetHint)
  w.int64(15, h.timestamp)
  if (h.customValues !== undefined) w.packedDoubles(16, h.customValues)
  if (h.startTimestamp !== undefined) w.int64(17, h.startTimestamp)
}
