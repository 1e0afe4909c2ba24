/** Random OTLP metrics requests for property tests. */
import * as fc from 'fast-check'
import type { AnyValue, KeyValue, Metric, MetricsRequest } from './otlp-message.ts'

// Few names, so that resources, metrics and series meet again.
const name = fc.constantFrom('a', 'b.c', 'b_c', 'http.server.duration', '字', '', '__name__', 'service.name', 'job')
const count = fc.oneof(fc.nat(9).map(String), fc.constant('9007199254740993'))
const nano = fc.oneof(fc.constant('0'), fc.bigInt(0n, 2n ** 63n - 1n).map(String), fc.constant('1700000000000999999'))
const double = fc.double({ noNaN: true }).filter((value) => Number.isFinite(value) && !Object.is(value, -0))
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))

const anyValue = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => ({ intValue: String(value) })),
    double.map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: name, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
})).value

const attributes: fc.Arbitrary<readonly KeyValue[]> = fc.array(fc.record({ key: name, value: anyValue }), {
  maxLength: 3,
})
const exemplar = fc.record(
  { timeUnixNano: nano, asDouble: double, traceId: hex(16), spanId: hex(8), filteredAttributes: attributes },
  { requiredKeys: ['asDouble'] },
)
const common = {
  attributes,
  timeUnixNano: nano,
  startTimeUnixNano: nano,
  flags: fc.constantFrom(0, 0, 0, 1),
  exemplars: fc.array(exemplar, { maxLength: 2 }),
}
const buckets = fc.record({
  offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  bucketCounts: fc.array(count, { maxLength: 5 }),
})
const points = <T>(point: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(point, { maxLength: 3 })
const temporality = fc.constantFrom(0, 1, 1, 2, 2, 2)
const numbers = points(
  fc.oneof(
    fc.record({ ...common, asDouble: double }, { requiredKeys: ['asDouble'] }),
    fc.record({ ...common, asInt: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }, { requiredKeys: ['asInt'] }),
  ),
)
const histograms = points(
  fc.record(
    {
      ...common,
      count,
      sum: double,
      bucketCounts: fc.array(count, { maxLength: 4 }),
      explicitBounds: fc.array(double, { maxLength: 4 }),
    },
    { requiredKeys: ['count'] },
  ),
)
const exponentials = points(
  fc.record(
    {
      ...common,
      count,
      sum: double,
      scale: fc.integer({ min: -10, max: 30 }),
      zeroCount: count,
      zeroThreshold: fc.double({ min: 0, max: 1, noNaN: true }),
      positive: buckets,
      negative: buckets,
    },
    { requiredKeys: ['count', 'scale'] },
  ),
)
const { exemplars: _none, ...withoutExemplars } = common
const summaries = points(
  fc.record(
    {
      ...withoutExemplars,
      count,
      sum: double,
      quantileValues: fc.array(fc.record({ quantile: double, value: double }), { maxLength: 3 }),
    },
    { requiredKeys: ['count', 'sum'] },
  ),
)

const metric: fc.Arbitrary<Metric> = fc
  .record({ name, description: name, unit: fc.constantFrom('', 's', '1', 'By/s', '{x}') })
  .chain((head) =>
    fc.oneof(
      numbers.map((dataPoints) => ({ ...head, gauge: { dataPoints } })),
      fc.tuple(numbers, temporality, fc.boolean()).map(([dataPoints, aggregationTemporality, isMonotonic]) => ({
        ...head,
        sum: { dataPoints, aggregationTemporality, isMonotonic },
      })),
      fc.tuple(histograms, temporality).map(([dataPoints, aggregationTemporality]) => ({
        ...head,
        histogram: { dataPoints, aggregationTemporality },
      })),
      fc.tuple(exponentials, temporality).map(([dataPoints, aggregationTemporality]) => ({
        ...head,
        exponentialHistogram: { dataPoints, aggregationTemporality },
      })),
      summaries.map((dataPoints) => ({ ...head, summary: { dataPoints } })),
    ),
  )

/** Requests as they may come: valid messages, not always sensible ones. */
export const anyMetricsRequest: fc.Arbitrary<MetricsRequest> = fc.record({
  resourceMetrics: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeMetrics: fc.array(
        fc.record({
          scope: fc.record({ name, version: name, attributes }),
          schemaUrl: name,
          metrics: fc.array(metric, { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
})
