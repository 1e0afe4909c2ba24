import type { ProtoReader } from '../protobuf.ts'

/** Offsets of a message within the page. */
export interface MessageRange {
  readonly start: number
  readonly end: number
}

/** One side of a native histogram as the wire has it. */
export interface ProtoBuckets {
  readonly offsets: number[]
  readonly lengths: number[]
  /** Of integer histograms: each count less the one before. */
  readonly deltas: number[]
  /** Of float histograms. */
  readonly counts: number[]
}

/**
 * One `io.prometheus.client.Metric`, decoded field by field; reused for every metric of a page. Fields are those of metrics.proto;
 * scalars that are not there are 0.
 */
export class ProtoMetric {
  /** Places of the LabelPair messages: `[start, end]`, repeated. */
  readonly labels: number[] = []
  /** Of a gauge, counter or untyped metric. */
  value = 0
  /** UnixMs, 0 = none. */
  timestampMs = 0
  startTimestamp = 0

  /** Of summaries and histograms. */
  sampleCount = 0
  sampleSum = 0
  /** Quantiles or upper bounds, with their values or cumulative counts. */
  readonly bounds: number[] = []
  readonly values: number[] = []
  /** Exemplar of each bucket. */
  readonly bucketExemplars: (MessageRange | undefined)[] = []

  sampleCountFloat = 0
  schema = 0
  zeroThreshold = 0
  zeroCount = 0
  zeroCountFloat = 0
  readonly negative: ProtoBuckets = { offsets: [], lengths: [], deltas: [], counts: [] }
  readonly positive: ProtoBuckets = { offsets: [], lengths: [], deltas: [], counts: [] }
  /** Exemplar of a counter, or exemplars of a native histogram. */
  readonly exemplars: MessageRange[] = []

  readonly #lists: readonly unknown[][] = [
    this.labels,
    this.bounds,
    this.values,
    this.bucketExemplars,
    this.exemplars,
    ...[this.positive, this.negative].flatMap((side) => [side.offsets, side.lengths, side.deltas, side.counts]),
  ]

  /** True for what Prometheus takes for a native histogram: spans, or a zero bucket. */
  get isNative(): boolean {
    const { positive, negative } = this
    return positive.lengths.length > 0 || negative.lengths.length > 0 || this.zeroThreshold > 0 || this.zeroCount > 0
  }

  get isFloat(): boolean {
    return this.sampleCountFloat > 0 || this.zeroCountFloat > 0
  }

  /** Observations, float or integer. */
  get observations(): number {
    return this.sampleCountFloat === 0 ? this.sampleCount : this.sampleCountFloat
  }

  /** Reads the Metric message between the reader's position and its end. */
  read(reader: ProtoReader): void {
    this.#reset()
    while (reader.next()) {
      if (reader.field === 1) {
        const start = reader.range()
        this.labels.push(start, reader.pos)
      } else if (reader.field === 6) this.timestampMs = reader.int64()
      else if (reader.field === 3) within(reader, () => this.#counterField(reader))
      else if (reader.field === 4) within(reader, () => this.#summaryField(reader))
      else if (reader.field === 7) within(reader, () => this.#histogramField(reader))
      else if (reader.field === 2 || reader.field === 5) within(reader, () => this.#valueField(reader))
      else reader.skip()
    }
  }

  #reset(): void {
    this.value = this.timestampMs = this.startTimestamp = this.sampleCount = this.sampleSum = 0
    this.sampleCountFloat = this.schema = this.zeroThreshold = this.zeroCount = this.zeroCountFloat = 0
    for (const list of this.#lists) if (list.length > 0) list.length = 0
  }

  #valueField(reader: ProtoReader): void {
    if (reader.field === 1) this.value = reader.double()
    else reader.skip()
  }

  #counterField(reader: ProtoReader): void {
    if (reader.field === 1) this.value = reader.double()
    else if (reader.field === 2) this.exemplars.push(rangeOf(reader))
    else if (reader.field === 3) this.startTimestamp = readTimestamp(reader)
    else reader.skip()
  }

  #summaryField(reader: ProtoReader): void {
    if (reader.field === 1) this.sampleCount = reader.uint64()
    else if (reader.field === 2) this.sampleSum = reader.double()
    else if (reader.field === 3) this.#quantile(reader)
    else if (reader.field === 4) this.startTimestamp = readTimestamp(reader)
    else reader.skip()
  }

  #quantile(reader: ProtoReader): void {
    let quantile = 0
    let value = 0
    within(reader, () => {
      if (reader.field === 1) quantile = reader.double()
      else if (reader.field === 2) value = reader.double()
      else reader.skip()
    })
    this.bounds.push(quantile)
    this.values.push(value)
  }

  #histogramField(reader: ProtoReader): void {
    const read = HISTOGRAM_FIELDS[reader.field]
    if (read === undefined) reader.skip()
    else read(this, reader)
  }

  bucket(reader: ProtoReader): void {
    let bound = 0
    let count = 0
    let countFloat = 0
    let exemplar: MessageRange | undefined
    within(reader, () => {
      if (reader.field === 1) count = reader.uint64()
      else if (reader.field === 2) bound = reader.double()
      else if (reader.field === 3) exemplar = rangeOf(reader)
      else if (reader.field === 4) countFloat = reader.double()
      else reader.skip()
    })
    this.bounds.push(bound)
    this.values.push(countFloat === 0 ? count : countFloat)
    this.bucketExemplars.push(exemplar)
  }
}

type FieldReader = (metric: ProtoMetric, reader: ProtoReader) => void

const HISTOGRAM_FIELDS: Readonly<Record<number, FieldReader>> = {
  1: (metric, reader) => (metric.sampleCount = reader.uint64()),
  2: (metric, reader) => (metric.sampleSum = reader.double()),
  3: (metric, reader) => metric.bucket(reader),
  4: (metric, reader) => (metric.sampleCountFloat = reader.double()),
  5: (metric, reader) => (metric.schema = reader.sint32()),
  6: (metric, reader) => (metric.zeroThreshold = reader.double()),
  7: (metric, reader) => (metric.zeroCount = reader.uint64()),
  8: (metric, reader) => (metric.zeroCountFloat = reader.double()),
  9: (metric, reader) => readSpan(reader, metric.negative),
  10: (metric, reader) => reader.sint64s(metric.negative.deltas),
  11: (metric, reader) => reader.doubles(metric.negative.counts),
  12: (metric, reader) => readSpan(reader, metric.positive),
  13: (metric, reader) => reader.sint64s(metric.positive.deltas),
  14: (metric, reader) => reader.doubles(metric.positive.counts),
  15: (metric, reader) => (metric.startTimestamp = readTimestamp(reader)),
  16: (metric, reader) => metric.exemplars.push(rangeOf(reader)),
}

function readSpan(reader: ProtoReader, side: ProtoBuckets): void {
  let offset = 0
  let length = 0
  within(reader, () => {
    if (reader.field === 1) offset = reader.sint32()
    else if (reader.field === 2) length = reader.uint32()
    else reader.skip()
  })
  side.offsets.push(offset)
  side.lengths.push(length)
}

/** A google.protobuf.Timestamp in UnixMs. */
export function readTimestamp(reader: ProtoReader): number {
  let seconds = 0
  let nanos = 0
  within(reader, () => {
    if (reader.field === 1) seconds = reader.int64()
    else if (reader.field === 2) nanos = reader.int32()
    else reader.skip()
  })
  return seconds * 1000 + Math.trunc(nanos / 1e6)
}

/** Steps through the message at hand: `read` takes each of its fields. */
export function within(reader: ProtoReader, read: () => void): void {
  const outer = reader.enter()
  while (reader.next()) read()
  reader.leave(outer)
}

function rangeOf(reader: ProtoReader): MessageRange {
  const start = reader.range()
  return { start, end: reader.pos }
}
