/**
 * Reads an ExportMetricsServiceRequest in protobuf without building messages: a visitor is shown one point at a time.
 * Source: opentelemetry-proto 1.11, collector/metrics/v1 and metrics/v1. Fields may come in any order, so that each level is
 * walked twice where what comes first to the visitor may come last in the bytes.
 */
import type { Buffer } from 'node:buffer'
import { unreachable } from '../../core/errors.ts'
import { ProtoReader, WIRE_FIXED64 } from '../protobuf.ts'
import { otlpUndecodable } from './errors.ts'
import {
  ExponentialView,
  HistogramView,
  MetricView,
  NumberView,
  ResourceView,
  ScopeView,
  SummaryView,
} from './metrics-views.ts'
import type { ExponentialBuckets, MetricKind, MetricsVisitor, PointView, Temporality } from './metrics-views.ts'

const TWO_32 = 4_294_967_296
const KINDS: Readonly<Record<number, MetricKind>> = {
  5: 'gauge',
  7: 'sum',
  9: 'histogram',
  10: 'exponential',
  11: 'summary',
}
/** A packed zero takes one byte, and four or more once read: without a limit a small body would fill the memory. */
const MAX_BUCKETS = 100_000
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']

/** Shows the request to `visitor`. Throws `codec.protobuf_malformed` or `codec.otlp_undecodable`, after some of it may have been shown. */
export function readMetricsRequest(bytes: Buffer, visitor: MetricsVisitor): void {
  new RequestWalk(bytes, visitor).run()
}

class RequestWalk {
  readonly #bytes: Buffer
  readonly #reader: ProtoReader
  readonly #visitor: MetricsVisitor
  readonly #resource = new ResourceView()
  readonly #scope = new ScopeView()
  readonly #metric = new MetricView()
  readonly #number = new NumberView()
  readonly #histogram = new HistogramView()
  readonly #exponential = new ExponentialView()
  readonly #summary = new SummaryView()
  /** `[start, end, ...]` of the metric's data: one message, but for senders that split it. */
  readonly #data: number[] = []

  constructor(bytes: Buffer, visitor: MetricsVisitor) {
    this.#bytes = bytes
    this.#reader = new ProtoReader(bytes)
    this.#visitor = visitor
  }

  run(): void {
    const reader = this.#reader
    while (reader.next()) {
      if (reader.field === 1) this.#resourceMetrics()
      else reader.skip()
    }
  }

  #resourceMetrics(): void {
    const reader = this.#reader
    const outer = reader.enter()
    const begin = reader.pos
    this.#resource.fields.reset(this.#bytes)
    for (let start = begin; reader.next(); start = reader.pos) {
      reader.skip()
      if (reader.field === 1) this.#resource.fields.add(start, reader.pos)
    }
    this.#visitor.resource(this.#resource)
    reader.pos = begin
    while (reader.next()) {
      if (reader.field === 2) this.#scopeMetrics()
      else reader.skip()
    }
    this.#visitor.resourceEnd()
    reader.leave(outer)
  }

  #scopeMetrics(): void {
    const reader = this.#reader
    const outer = reader.enter()
    const begin = reader.pos
    this.#scope.fields.reset(this.#bytes)
    for (let start = begin; reader.next(); start = reader.pos) {
      reader.skip()
      if (reader.field === 1 || reader.field === 3) this.#scope.fields.add(start, reader.pos)
    }
    this.#visitor.scope(this.#scope)
    reader.pos = begin
    while (reader.next()) {
      if (reader.field === 2) this.#oneMetric()
      else reader.skip()
    }
    reader.leave(outer)
  }

  #oneMetric(): void {
    const reader = this.#reader
    const metric = this.#metric
    const data = this.#data
    const outer = reader.enter()
    const { end } = reader
    metric.fields.reset(this.#bytes)
    data.length = 0
    for (let start = reader.pos; reader.next(); start = reader.pos) {
      const kind = KINDS[reader.field]
      if (kind !== undefined) {
        if (kind !== metric.kind) data.length = 0 // the last member of a oneof wins
        metric.kind = kind
        const from = reader.range()
        data.push(from, reader.pos)
      } else {
        reader.skip()
        if (reader.field <= 3) metric.fields.add(start, reader.pos)
      }
    }
    if (data.length > 0) this.#metricData()
    reader.end = end
    reader.leave(outer)
  }

  #metricData(): void {
    const reader = this.#reader
    const metric = this.#metric
    metric.temporality = 'unspecified'
    metric.monotonic = false
    this.#eachDataField(() => {
      if (reader.field === 2) metric.temporality = TEMPORALITIES[reader.uint32()] ?? 'unspecified'
      else if (reader.field === 3 && metric.kind === 'sum') metric.monotonic = reader.bool()
      else reader.skip()
    })
    this.#visitor.metric(metric)
    this.#eachDataField(() => {
      if (reader.field === 1) this.#point(metric.kind)
      else reader.skip()
    })
  }

  #eachDataField(each: () => void): void {
    const reader = this.#reader
    const data = this.#data
    for (let i = 0; i < data.length; i += 2) {
      reader.pos = data[i] as number
      reader.end = data[i + 1] as number
      while (reader.next()) each()
    }
  }

  #point(kind: MetricKind): void {
    const reader = this.#reader
    const outer = reader.enter()
    switch (kind) {
      case 'gauge':
      case 'sum':
        this.#visitor.number(this.#readNumber())
        break
      case 'histogram':
        this.#visitor.histogram(this.#readHistogram())
        break
      case 'exponential':
        this.#visitor.exponential(this.#readExponential())
        break
      case 'summary':
        this.#visitor.summary(this.#readSummary())
        break
      default:
        unreachable(kind)
    }
    reader.leave(outer)
  }

  #readNumber(): NumberView {
    const reader = this.#reader
    const point = this.#number
    point.resetPoint(this.#bytes)
    point.value = 0
    for (let start = reader.pos; reader.next(); start = reader.pos) {
      switch (reader.field) {
        case 2:
        case 3:
          readTime(reader, point)
          break
        case 4:
          point.value = reader.double()
          break
        case 6:
          point.value = signed64(reader)
          break
        case 8:
          point.flags = reader.uint32()
          break
        default:
          reader.skip()
          if (reader.field === 7) point.attributes.add(start, reader.pos)
          else if (reader.field === 5) point.exemplars.add(start, reader.pos)
      }
    }
    return point
  }

  #readHistogram(): HistogramView {
    const reader = this.#reader
    const point = this.#histogram
    point.resetPoint(this.#bytes)
    point.count = 0
    point.sum = undefined
    point.bucketCounts.length = point.bounds.length = 0
    for (let start = reader.pos; reader.next(); start = reader.pos) {
      switch (reader.field) {
        case 2:
        case 3:
          readTime(reader, point)
          break
        case 4:
          point.count = unsigned64(reader)
          break
        case 5:
          point.sum = reader.double()
          break
        case 6:
          readFixed64s(reader, point.bucketCounts)
          break
        case 7:
          reader.doubles(point.bounds)
          break
        case 10:
          point.flags = reader.uint32()
          break
        default:
          reader.skip()
          if (reader.field === 9) point.attributes.add(start, reader.pos)
          else if (reader.field === 8) point.exemplars.add(start, reader.pos)
      }
    }
    return point
  }

  #readExponential(): ExponentialView {
    const reader = this.#reader
    const point = this.#exponential
    point.resetPoint(this.#bytes)
    point.count = point.scale = point.zeroCount = point.zeroThreshold = 0
    point.sum = undefined
    point.positive.offset = point.negative.offset = 0
    point.positive.counts.length = point.negative.counts.length = 0
    for (let start = reader.pos; reader.next(); start = reader.pos) {
      switch (reader.field) {
        case 2:
        case 3:
          readTime(reader, point)
          break
        case 4:
          point.count = unsigned64(reader)
          break
        case 5:
          point.sum = reader.double()
          break
        case 6:
          point.scale = reader.sint32()
          break
        case 7:
          point.zeroCount = unsigned64(reader)
          break
        case 8:
          readBuckets(reader, point.positive)
          break
        case 9:
          readBuckets(reader, point.negative)
          break
        case 10:
          point.flags = reader.uint32()
          break
        case 14:
          point.zeroThreshold = reader.double()
          break
        default:
          reader.skip()
          if (reader.field === 1) point.attributes.add(start, reader.pos)
          else if (reader.field === 11) point.exemplars.add(start, reader.pos)
      }
    }
    return point
  }

  #readSummary(): SummaryView {
    const reader = this.#reader
    const point = this.#summary
    point.resetPoint(this.#bytes)
    point.count = point.sum = 0
    point.quantiles.length = point.values.length = 0
    for (let start = reader.pos; reader.next(); start = reader.pos) {
      switch (reader.field) {
        case 2:
        case 3:
          readTime(reader, point)
          break
        case 4:
          point.count = unsigned64(reader)
          break
        case 5:
          point.sum = reader.double()
          break
        case 6:
          readQuantile(reader, point)
          break
        case 8:
          point.flags = reader.uint32()
          break
        default:
          reader.skip()
          if (reader.field === 7) point.attributes.add(start, reader.pos)
      }
    }
    return point
  }
}

// All points have their start in field 2 and their time in field 3.
function readTime(reader: ProtoReader, point: PointView): void {
  const { field } = reader
  const at = reader.fixed64Offset()
  if (field === 2) {
    point.startLo = reader.wordAt(at)
    point.startHi = reader.wordAt(at + 4)
  } else {
    point.timeLo = reader.wordAt(at)
    point.timeHi = reader.wordAt(at + 4)
  }
}

function readBuckets(reader: ProtoReader, buckets: ExponentialBuckets): void {
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.field === 1) buckets.offset = reader.sint32()
    else if (reader.field === 2) {
      // A count takes at most ten bytes.
      if (reader.end - reader.pos > 11 * MAX_BUCKETS) {
        throw otlpUndecodable({ encoding: 'protobuf', where: `more than ${MAX_BUCKETS} buckets in a histogram` })
      }
      reader.uint64s(buckets.counts)
    } else reader.skip()
  }
  reader.leave(outer)
}

function readQuantile(reader: ProtoReader, point: SummaryView): void {
  const outer = reader.enter()
  let quantile = 0
  let value = 0
  while (reader.next()) {
    if (reader.field === 1) quantile = reader.double()
    else if (reader.field === 2) value = reader.double()
    else reader.skip()
  }
  reader.leave(outer)
  point.quantiles.push(quantile)
  point.values.push(value)
}

function unsigned64(reader: ProtoReader): number {
  const at = reader.fixed64Offset()
  return reader.wordAt(at + 4) * TWO_32 + reader.wordAt(at)
}

function signed64(reader: ProtoReader): number {
  const at = reader.fixed64Offset()
  return (reader.wordAt(at + 4) | 0) * TWO_32 + reader.wordAt(at)
}

function readFixed64s(reader: ProtoReader, into: number[]): void {
  if (reader.wire === WIRE_FIXED64) {
    into.push(unsigned64(reader))
    return
  }
  const start = reader.range()
  if ((reader.pos - start) % 8 !== 0) {
    throw otlpUndecodable({
      encoding: 'protobuf',
      where: `field ${reader.field} at byte ${start} is cut within a value`,
    })
  }
  for (let at = start; at < reader.pos; at += 8) into.push(reader.wordAt(at + 4) * TWO_32 + reader.wordAt(at))
}
