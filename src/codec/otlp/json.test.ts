import { describe, expect, test } from 'vitest'
import { encodeMetricsRequest, metricsRequest } from '../../../test/support/otlp-message.ts'
import { jsonToProtobuf } from './json.ts'
import { readMetricsRequest } from './metrics-request.ts'
import type { MetricsVisitor } from './metrics-views.ts'

/** What a visitor sees, as text lines. */
function shown(body: Buffer): string[] {
  const lines: string[] = []
  const time = (hi: number, lo: number): bigint => (BigInt(hi) << 32n) | BigInt(lo)
  const visitor: MetricsVisitor = {
    resource: (resource) => lines.push(`resource ${JSON.stringify(resource.readAttributes())}`),
    scope: (scope) => lines.push(`scope ${JSON.stringify(scope.read())}`),
    metric: (m) => lines.push(`${m.kind} ${m.temporality} ${m.monotonic} ${JSON.stringify(m.read())}`),
    number: (p) => lines.push(`number ${p.value} at ${time(p.timeHi, p.timeLo)} since ${time(p.startHi, p.startLo)}`),
    histogram: (p) => lines.push(`histogram ${p.count} ${p.sum} ${p.bucketCounts.join()} | ${p.bounds.join()}`),
    exponential: (p) => lines.push(`exponential ${p.scale} ${p.positive.offset} ${p.positive.counts.join()}`),
    summary: (p) => lines.push(`summary ${p.count} ${p.sum} ${p.quantiles.join()} ${p.values.join()}`),
    resourceEnd: () => lines.push('end'),
  }
  readMetricsRequest(body, visitor)
  return lines
}

const decode = (json: unknown): string[] => {
  const text = typeof json === 'string' ? json : JSON.stringify(json)
  return shown(jsonToProtobuf(Buffer.from(text), 'ExportMetricsServiceRequest'))
}
const gauge = (point: string): string =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[${point}]}}]}]}]}`
const failure = (text: string): string => {
  try {
    decode(text)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('OTLP/JSON', () => {
  test('shows what protobuf shows, in whatever order its fields are', () => {
    const request = metricsRequest(
      [
        {
          name: 'a',
          unit: 's',
          description: 'A',
          sum: {
            aggregationTemporality: 1,
            isMonotonic: true,
            dataPoints: [{ asInt: '-7', timeUnixNano: '18446744073709551615' }],
          },
        },
        {
          name: 'h',
          histogram: {
            aggregationTemporality: 2,
            dataPoints: [{ count: '3', sum: 1.5, bucketCounts: ['1', '2'], explicitBounds: [0.5] }],
          },
        },
        {
          name: 'e',
          exponentialHistogram: {
            aggregationTemporality: 2,
            dataPoints: [{ count: '1', scale: -3, positive: { offset: -9, bucketCounts: ['1'] } }],
          },
        },
        { name: 's', summary: { dataPoints: [{ count: '2', sum: 3, quantileValues: [{ quantile: 0.9, value: 2 }] }] } },
      ],
      { 'service.name': 'shop' },
    )
    const want = [
      'resource [["service.name","shop"]]',
      'scope {"name":"","version":"","schemaUrl":"","attributes":[]}',
      'sum delta true {"name":"a","description":"A","unit":"s"}',
      'number -7 at 18446744073709551615 since 0',
      'histogram cumulative false {"name":"h","description":"","unit":""}',
      'histogram 3 1.5 1,2 | 0.5',
      'exponential cumulative false {"name":"e","description":"","unit":""}',
      'exponential -3 -9 1',
      'summary unspecified false {"name":"s","description":"","unit":""}',
      'summary 2 3 0.9 2',
      'end',
    ]
    expect(decode(request)).toEqual(want)
    expect(shown(encodeMetricsRequest(request))).toEqual(want)
    expect(shown(encodeMetricsRequest(request, { backwards: true }))).toEqual(want)
  })

  const points: [name: string, point: string, want: string][] = [
    ['an int64 as text', '{"asInt":"9007199254740993"}', 'number 9007199254740992 at 0 since 0'],
    ['an int64 as number', '{"asInt":12}', 'number 12 at 0 since 0'],
    [
      'nanoseconds as a bare number, exactly',
      '{"timeUnixNano": 1700000000000999999 ,"asInt":1}',
      'number 1 at 1700000000000999999 since 0',
    ],
    ['keys in snake_case', '{"time_unix_nano":"5","as_double":2.5}', 'number 2.5 at 5 since 0'],
    ['a double as text', '{"asDouble":"-Infinity"}', 'number -Infinity at 0 since 0'],
    ['NaN', '{"asDouble":"NaN"}', 'number NaN at 0 since 0'],
    ['null for absent', '{"asDouble":null,"attributes":null,"timeUnixNano":"3"}', 'number 0 at 3 since 0'],
    ['unknown keys', '{"asDouble":1,"constructor":5,"__proto__":{},"news":[{"a":1}]}', 'number 1 at 0 since 0'],
  ]
  test.each(points)('takes %s', (_, point, want) => expect(decode(gauge(point))[3]).toBe(want))

  test('leaves long numbers inside texts alone', () => {
    const text =
      '{"resourceMetrics":[{"resource":{"attributes":[{"key":"k","value":{"stringValue":"[12345678901234567890, \\"1\\" ]"}},{"key":"i","value":{"intValue":1234567890123456789}}]}}]}'
    expect(decode(text)[0]).toBe('resource [["k","[12345678901234567890, \\"1\\" ]"],["i","1234567890123456789"]]')
  })

  test('finds long numbers beside long texts', () => {
    const long = 'x\\n\\"'.repeat(1_000_000)
    const text = `{"resourceMetrics":[{"resource":{"attributes":[{"key":"${long}"},{"value":{"intValue":1234567890123456789}}]}}]}`
    expect(decode(text)[0]?.endsWith(',["","1234567890123456789"]]')).toBe(true)
  })

  test('takes temporality by number and by name', () => {
    const sum = (temporality: string): string =>
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"aggregationTemporality":${temporality},"dataPoints":[{}]}}]}]}]}`
    expect(decode(sum('1'))[2]).toContain('delta')
    expect(decode(sum('"AGGREGATION_TEMPORALITY_CUMULATIVE"'))[2]).toContain('cumulative')
    expect(decode(sum('"DELTA"'))[2]).toContain('delta')
    expect(decode(sum('77'))[2]).toContain('unspecified')
  })

  const path = 'resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0]'
  const failures: [name: string, text: string, want: string][] = [
    ['no JSON', '{"resourceMetrics":[', 'JSON: Unexpected end of JSON input'],
    ['an empty body', '', 'JSON: Unexpected end of JSON input'],
    ['another value', '[]', 'JSON: the body is not an object'],
    ['an object for a list', '{"resourceMetrics":{}}', 'resourceMetrics is not an array'],
    ['a number for text', gauge('{"attributes":[{"key":1}]}'), `${path}.attributes[0].key is not a string`],
    ['text for a number', gauge('{"asDouble":"much"}'), `${path}.asDouble is not a number`],
    ['a fraction for an integer', gauge('{"asInt":1.5}'), `${path}.asInt is not an integer`],
    ['an integer that is too large', gauge('{"asInt":"9223372036854775808"}'), `${path}.asInt is out of range`],
    ['a negative time', gauge('{"timeUnixNano":"-1"}'), `${path}.timeUnixNano is out of range`],
    [
      'text for a boolean',
      gauge('{"attributes":[{"key":"a","value":{"boolValue":"yes"}}]}'),
      'boolValue is not a boolean',
    ],
    [
      'an id that is not hexadecimal',
      gauge('{"exemplars":[{"traceId":"xyz"}]}'),
      'exemplars[0].traceId is not hexadecimal',
    ],
    [
      'bytes that are not base64',
      gauge('{"attributes":[{"key":"a","value":{"bytesValue":"*"}}]}'),
      'bytesValue is not base64',
    ],
  ]
  test.each(failures)('says where it found %s', (_, text, want) => expect(failure(text)).toContain(want))

  test('refuses nesting without end', () => {
    const depth = 5000
    const nested = '{"arrayValue":{"values":['.repeat(depth) + ']}}'.repeat(depth)
    expect(failure(gauge(`{"attributes":[{"key":"a","value":${nested}}]}`))).toContain('nested too deeply')
  })
})
