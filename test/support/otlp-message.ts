/**
 * OTLP metrics requests for tests: a typed form that is OTLP/JSON as it stands, and an encoder to protobuf that shares
 * nothing with the code under test but the wire format.
 */
import { ProtoWriter } from '../../src/codec/protobuf-writer.ts'

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'NaN' | 'Infinity' }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}
export interface Exemplar {
  readonly timeUnixNano?: string
  readonly asDouble?: number
  readonly asInt?: string
  readonly traceId?: string
  readonly spanId?: string
  readonly filteredAttributes?: readonly KeyValue[]
}
interface Point {
  readonly attributes?: readonly KeyValue[]
  readonly startTimeUnixNano?: string
  readonly timeUnixNano?: string
  readonly flags?: number
  readonly exemplars?: readonly Exemplar[]
}
export interface NumberPoint extends Point {
  readonly asDouble?: number
  readonly asInt?: string
}
export interface HistogramPoint extends Point {
  readonly count: string
  readonly sum?: number
  readonly bucketCounts?: readonly string[]
  readonly explicitBounds?: readonly number[]
}
interface Buckets {
  readonly offset?: number
  readonly bucketCounts: readonly string[]
}
export interface ExponentialPoint extends Point {
  readonly count: string
  readonly sum?: number
  readonly scale: number
  readonly zeroCount?: string
  readonly zeroThreshold?: number
  readonly positive?: Buckets
  readonly negative?: Buckets
}
export interface SummaryPoint extends Point {
  readonly count: string
  readonly sum: number
  readonly quantileValues?: readonly { readonly quantile: number; readonly value: number }[]
}
export interface Metric {
  readonly name: string
  readonly description?: string
  readonly unit?: string
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] }
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[]
    readonly aggregationTemporality?: number
    readonly isMonotonic?: boolean
  }
  readonly histogram?: { readonly dataPoints: readonly HistogramPoint[]; readonly aggregationTemporality?: number }
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly ExponentialPoint[]
    readonly aggregationTemporality?: number
  }
  readonly summary?: { readonly dataPoints: readonly SummaryPoint[] }
}
export interface ScopeMetrics {
  readonly scope?: { readonly name?: string; readonly version?: string; readonly attributes?: readonly KeyValue[] }
  readonly schemaUrl?: string
  readonly metrics: readonly Metric[]
}
export interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource?: { readonly attributes: readonly KeyValue[] }
    readonly scopeMetrics: readonly ScopeMetrics[]
  }[]
}

/** Attributes with text values. */
export function attributes(values: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }))
}

/** Metrics of one resource and scope. */
export function metricsRequest(
  metrics: readonly Metric[],
  resource: Readonly<Record<string, string>> = {},
): MetricsRequest {
  return {
    resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics: [{ metrics }] }],
  }
}

export interface EncodeOptions {
  /** Writes the fields of every message in the opposite order. */
  readonly backwards: boolean
}

/** The request in protobuf. */
export function encodeMetricsRequest(request: MetricsRequest, options: EncodeOptions = { backwards: false }): Buffer {
  const encoder = new Encoder(options)
  return encoder.request(request)
}

/** Collects the fields of one message. */
class Fields {
  readonly list: ((writer: ProtoWriter) => void)[] = []

  add(write: (writer: ProtoWriter) => void): void {
    this.list.push(write)
  }

  text(field: number, value: string | undefined): void {
    if (value !== undefined) this.add((writer) => writer.string(field, value))
  }

  double(field: number, value: number | undefined): void {
    if (value !== undefined) this.add((writer) => writer.double(field, value))
  }

  fixed64(field: number, value: string | undefined): void {
    if (value !== undefined) this.add((writer) => writer.fixed64(field, BigInt(value)))
  }

  varint(field: number, value: number | undefined): void {
    if (value !== undefined) this.add((writer) => writer.uint64(field, value))
  }

  zigzag(field: number, value: number | undefined): void {
    if (value !== undefined) this.add((writer) => writer.sint64(field, value))
  }

  part(field: number, bytes: Uint8Array): void {
    this.add((writer) => writer.bytes(field, bytes))
  }
}

class Encoder {
  readonly #options: EncodeOptions

  constructor(options: EncodeOptions) {
    this.#options = options
  }

  message(fill: (fields: Fields) => void): Buffer {
    const fields = new Fields()
    fill(fields)
    const writer = new ProtoWriter()
    for (const write of this.#options.backwards ? [...fields.list].reverse() : fields.list) write(writer)
    return writer.finish()
  }

  request({ resourceMetrics }: MetricsRequest): Buffer {
    return this.message((fields) => this.#repeated(fields, 1, resourceMetrics, (one) => this.#resourceMetrics(one)))
  }

  #resourceMetrics(one: MetricsRequest['resourceMetrics'][number]): Buffer {
    return this.message((fields) => {
      const { resource } = one
      if (resource !== undefined) {
        fields.part(
          1,
          this.message((inner) => this.#attributes(inner, 1, resource.attributes)),
        )
      }
      this.#repeated(fields, 2, one.scopeMetrics, (scope) => this.#scopeMetrics(scope))
    })
  }

  #scopeMetrics({ scope, schemaUrl, metrics }: ScopeMetrics): Buffer {
    return this.message((fields) => {
      if (scope !== undefined) {
        const encoded = this.message((inner) => {
          inner.text(1, scope.name)
          inner.text(2, scope.version)
          this.#attributes(inner, 3, scope.attributes)
        })
        fields.part(1, encoded)
      }
      this.#repeated(fields, 2, metrics, (metric) => this.#metric(metric))
      fields.text(3, schemaUrl)
    })
  }

  #metric(metric: Metric): Buffer {
    return this.message((fields) => {
      fields.text(1, metric.name)
      fields.text(2, metric.description)
      fields.text(3, metric.unit)
      const { gauge, sum, histogram, exponentialHistogram, summary } = metric
      if (gauge)
        fields.part(
          5,
          this.#data(gauge.dataPoints, (point) => this.#number(point)),
        )
      if (sum)
        fields.part(
          7,
          this.#data(sum.dataPoints, (point) => this.#number(point), sum),
        )
      if (histogram)
        fields.part(
          9,
          this.#data(histogram.dataPoints, (point) => this.#histogram(point), histogram),
        )
      if (exponentialHistogram) {
        const { dataPoints } = exponentialHistogram
        fields.part(
          10,
          this.#data(dataPoints, (point) => this.#exponential(point), exponentialHistogram),
        )
      }
      if (summary)
        fields.part(
          11,
          this.#data(summary.dataPoints, (point) => this.#summary(point)),
        )
    })
  }

  #data<T>(
    points: readonly T[],
    encode: (point: T) => Buffer,
    kind: { readonly aggregationTemporality?: number; readonly isMonotonic?: boolean } = {},
  ): Buffer {
    return this.message((fields) => {
      this.#repeated(fields, 1, points, encode)
      fields.varint(2, kind.aggregationTemporality)
      if (kind.isMonotonic !== undefined) fields.varint(3, kind.isMonotonic ? 1 : 0)
    })
  }

  #number(point: NumberPoint): Buffer {
    return this.message((fields) => {
      this.#times(fields, point)
      fields.double(4, point.asDouble)
      this.#exemplars(fields, 5, point)
      fields.fixed64(6, point.asInt)
      this.#attributes(fields, 7, point.attributes)
      fields.varint(8, point.flags)
    })
  }

  #histogram(point: HistogramPoint): Buffer {
    const { bucketCounts, explicitBounds } = point
    return this.message((fields) => {
      this.#times(fields, point)
      fields.fixed64(4, point.count)
      fields.double(5, point.sum)
      if (bucketCounts) fields.part(6, Buffer.from(BigUint64Array.from(bucketCounts, BigInt).buffer))
      if (explicitBounds) fields.add((writer) => writer.packedDoubles(7, explicitBounds))
      this.#exemplars(fields, 8, point)
      this.#attributes(fields, 9, point.attributes)
      fields.varint(10, point.flags)
    })
  }

  #exponential(point: ExponentialPoint): Buffer {
    return this.message((fields) => {
      this.#attributes(fields, 1, point.attributes)
      this.#times(fields, point)
      fields.fixed64(4, point.count)
      fields.double(5, point.sum)
      fields.zigzag(6, point.scale)
      fields.fixed64(7, point.zeroCount)
      if (point.positive) fields.part(8, this.#buckets(point.positive))
      if (point.negative) fields.part(9, this.#buckets(point.negative))
      fields.varint(10, point.flags)
      this.#exemplars(fields, 11, point)
      fields.double(14, point.zeroThreshold)
    })
  }

  #buckets({ offset, bucketCounts }: Buckets): Buffer {
    return this.message((fields) => {
      fields.zigzag(1, offset)
      fields.add((writer) => writer.packedUint64(2, bucketCounts.map(BigInt)))
    })
  }

  #summary(point: SummaryPoint): Buffer {
    return this.message((fields) => {
      this.#times(fields, point)
      fields.fixed64(4, point.count)
      fields.double(5, point.sum)
      this.#repeated(fields, 6, point.quantileValues ?? [], ({ quantile, value }) =>
        this.message((inner) => {
          inner.double(1, quantile)
          inner.double(2, value)
        }),
      )
      this.#attributes(fields, 7, point.attributes)
      fields.varint(8, point.flags)
    })
  }

  #times(fields: Fields, point: Point): void {
    fields.fixed64(2, point.startTimeUnixNano)
    fields.fixed64(3, point.timeUnixNano)
  }

  #exemplars(fields: Fields, field: number, point: Point): void {
    this.#repeated(fields, field, point.exemplars ?? [], (exemplar) =>
      this.message((inner) => {
        inner.fixed64(2, exemplar.timeUnixNano)
        inner.double(3, exemplar.asDouble)
        if (exemplar.spanId !== undefined) inner.part(4, Buffer.from(exemplar.spanId, 'hex'))
        if (exemplar.traceId !== undefined) inner.part(5, Buffer.from(exemplar.traceId, 'hex'))
        inner.fixed64(6, exemplar.asInt)
        this.#attributes(inner, 7, exemplar.filteredAttributes)
      }),
    )
  }

  #attributes(fields: Fields, field: number, list: readonly KeyValue[] = []): void {
    this.#repeated(fields, field, list, (one) => this.#keyValue(one))
  }

  #keyValue({ key, value }: KeyValue): Buffer {
    return this.message((fields) => {
      fields.text(1, key)
      fields.part(2, this.#anyValue(value))
    })
  }

  #anyValue(value: AnyValue): Buffer {
    return this.message((fields) => {
      if ('stringValue' in value) fields.text(1, value.stringValue)
      else if ('boolValue' in value) fields.varint(2, value.boolValue ? 1 : 0)
      else if ('intValue' in value) fields.add((writer) => writer.int64(3, BigInt(value.intValue)))
      else if ('doubleValue' in value) fields.double(4, Number(value.doubleValue))
      else if ('bytesValue' in value) fields.part(7, Buffer.from(value.bytesValue, 'base64'))
      else if ('arrayValue' in value) {
        const array = this.message((inner) =>
          this.#repeated(inner, 1, value.arrayValue.values, (item) => this.#anyValue(item)),
        )
        fields.part(5, array)
      } else
        fields.part(
          6,
          this.message((inner) => this.#attributes(inner, 1, value.kvlistValue.values)),
        )
    })
  }

  // Repeated fields go in as one, so that turning the order round does not turn the list round.
  #repeated<T>(fields: Fields, field: number, list: readonly T[], encode: (item: T) => Buffer): void {
    const encoded = list.map(encode)
    fields.add((writer) => {
      for (const bytes of encoded) writer.bytes(field, bytes)
    })
  }
}
