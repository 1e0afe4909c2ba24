import { describe, expect, test } from 'vitest'
import { MemoryMetrics } from '../../../test/support/memory-metrics.ts'
import { attributes, encodeMetricsRequest, metricsRequest } from '../../../test/support/otlp-message.ts'
import type { KeyValue, Metric, MetricsRequest, NumberPoint } from '../../../test/support/otlp-message.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import type { PartialSuccess } from '../../codec/otlp/response.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'
import { isStale } from '../../model/stale.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { otlpReceiverSection, otlpSection } from './config.ts'
import { OtlpMetrics } from './metrics-service.ts'

const T = 1_700_000_000_000
const nano = (ms: number): string => `${ms}000000`

function setUp(otlp: object = {}, receiver: object = {}) {
  const next = new MemoryMetrics()
  const clock = new TestClock(T)
  const telemetry = new Telemetry()
  const options = {
    otlp: otlpSection.schema.parse(otlp),
    receiver: otlpReceiverSection.schema.parse(receiver),
    lookback: durationMs(300_000),
  }
  const service = new OtlpMetrics(options, { next, clock, telemetry })
  const sendBytes = (body: Buffer): Promise<PartialSuccess | undefined> =>
    service.export({
      body,
      encoding: 'protobuf',
      transport: 'http',
      tenant: DEFAULT_TENANT,
      signal: new AbortController().signal,
    })
  const send = (request: MetricsRequest): Promise<PartialSuccess | undefined> =>
    sendBytes(encodeMetricsRequest(request))
  /** All samples as `labels value@ms`, in order. */
  const lines = (): string[] =>
    next
      .all()
      .flatMap(({ labels, samples }) =>
        samples.map(
          ({ value, timestamp }) => `${labels.toString()} ${isStale(value) ? 'stale' : value}@${timestamp - T}`,
        ),
      )
  const names = (): string[] => next.all().map(({ labels }) => labels.toString())
  return { next, clock, telemetry, service, send, sendBytes, lines, names }
}

const at = (ms: number, value: number, more: Partial<NumberPoint> = {}): NumberPoint => ({
  timeUnixNano: nano(T + ms),
  asDouble: value,
  ...more,
})
const gauge = (name: string, ...dataPoints: NumberPoint[]): Metric => ({ name, gauge: { dataPoints } })
const counter = (name: string, ...dataPoints: NumberPoint[]): Metric => ({
  name,
  sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
})
const delta = (name: string, ...dataPoints: NumberPoint[]): Metric => ({
  name,
  sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints },
})

describe('types of metrics', () => {
  const cases: [name: string, metric: Metric, want: string[], type: string][] = [
    ['a gauge', { name: 'temp', unit: 'Cel', gauge: { dataPoints: [at(0, 21.5)] } }, ['temp_celsius 21.5@0'], 'gauge'],
    ['a monotonic sum', counter('hits', at(1, 5)), ['hits_total 5@1'], 'counter'],
    [
      'a sum that may fall',
      {
        name: 'queue',
        sum: { aggregationTemporality: 2, isMonotonic: false, dataPoints: [at(0, 0, { asInt: '-3' })] },
      },
      ['queue -3@0'],
      'gauge',
    ],
    [
      'a summary',
      {
        name: 'rtt',
        unit: 'ms',
        summary: {
          dataPoints: [
            {
              timeUnixNano: nano(T),
              count: '4',
              sum: 10,
              quantileValues: [
                { quantile: 0, value: 1 },
                { quantile: 0.99, value: 4 },
              ],
            },
          ],
        },
      },
      [
        'rtt_milliseconds_count 4@0',
        'rtt_milliseconds_sum 10@0',
        'rtt_milliseconds{quantile="0"} 1@0',
        'rtt_milliseconds{quantile="0.99"} 4@0',
      ],
      'summary',
    ],
    [
      'an explicit histogram',
      {
        name: 'lat',
        unit: 's',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              timeUnixNano: nano(T),
              count: '6',
              sum: 2.5,
              bucketCounts: ['1', '2', '3'],
              explicitBounds: [1e-7, 2e21],
            },
          ],
        },
      },
      [
        'lat_seconds_count 6@0',
        'lat_seconds_sum 2.5@0',
        'lat_seconds_bucket{le="0.0000001"} 1@0',
        'lat_seconds_bucket{le="2000000000000000000000"} 3@0',
        'lat_seconds_bucket{le="+Inf"} 6@0',
      ],
      'histogram',
    ],
    [
      'an explicit histogram without sum and buckets',
      { name: 'lat', histogram: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: nano(T), count: '6' }] } },
      ['lat_count 6@0', 'lat_bucket{le="+Inf"} 6@0'],
      'histogram',
    ],
  ]
  test.each(cases)('%s', async (_, metric, want, type) => {
    const { send, lines, next } = setUp()
    expect(await send(metricsRequest([metric]))).toBeUndefined()
    expect(lines()).toEqual(want)
    expect([...next.metadata().values()].map((row) => row.type)).toEqual([type])
  })

  test('an exponential histogram is a native one', async () => {
    const { send, next } = setUp()
    const dataPoints = [
      {
        timeUnixNano: nano(T),
        startTimeUnixNano: nano(T - 5),
        count: '4',
        sum: 3,
        scale: 2,
        zeroCount: '1',
        positive: { offset: 3, bucketCounts: ['1', '2'] },
      },
    ]
    await send(metricsRequest([{ name: 'size', exponentialHistogram: { aggregationTemporality: 2, dataPoints } }]))
    expect(next.series({ __name__: 'size' })?.histograms).toMatchObject([
      {
        timestamp: T,
        startTimestamp: T - 5,
        value: { schema: 2, count: 4, sum: 3, zeroCount: 1, positive: { offsets: [4], lengths: [2], counts: [1, 2] } },
      },
    ])
  })

  test('an explicit histogram is a native one where configured', async () => {
    const { send, next } = setUp({ convert_histograms_to_nhcb: true })
    const dataPoints = [{ timeUnixNano: nano(T), count: '3', sum: 3, bucketCounts: ['1', '2'], explicitBounds: [0.5] }]
    await send(metricsRequest([{ name: 'lat', histogram: { aggregationTemporality: 2, dataPoints } }]))
    const value = { schema: -53, count: 3, customValues: [0.5], positive: { counts: [1, 2] } }
    expect(next.series({ __name__: 'lat' })?.histograms).toMatchObject([{ value }])
  })

  test('nanoseconds become the milliseconds that they are in, start times too', async () => {
    const { send, next } = setUp()
    const point = {
      timeUnixNano: '1700000000000999999',
      startTimeUnixNano: '1699999999999000001',
      asInt: '9007199254740993',
    }
    await send(metricsRequest([counter('c', point)]))
    expect(next.series({ __name__: 'c_total' })?.samples).toEqual([
      { timestamp: T, value: 9_007_199_254_740_992, startTimestamp: T - 1 },
    ])
  })

  test('a point without a time gets the time of receipt', async () => {
    const { send, lines } = setUp()
    await send(metricsRequest([gauge('g', { asDouble: 1 })]))
    expect(lines()).toEqual(['g 1@0'])
  })

  test('points without a recorded value become staleness markers', async () => {
    const { send, lines, next } = setUp()
    const flags = 1
    await send(
      metricsRequest([
        gauge('g', at(0, 5, { flags })),
        {
          name: 'h',
          histogram: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: nano(T), count: '0', flags }] },
        },
        {
          name: 'e',
          exponentialHistogram: {
            aggregationTemporality: 2,
            dataPoints: [{ timeUnixNano: nano(T), count: '0', scale: 0, flags }],
          },
        },
      ]),
    )
    expect(lines()).toEqual(['g stale@0', 'h_count stale@0', 'h_bucket{le="+Inf"} stale@0'])
    expect(next.series({ __name__: 'e' })?.histograms).toMatchObject([{ value: { stale: true } }])
  })

  test('metadata carry help and unit', async () => {
    const { send, next } = setUp()
    await send(metricsRequest([{ ...counter('io', at(0, 1)), unit: 'By/s', description: 'Bytes moved.' }]))
    expect(next.metadata().get('io_bytes_per_second_total')).toEqual({
      metric: 'io_bytes_per_second_total',
      type: 'counter',
      help: 'Bytes moved.',
      unit: 'bytes_per_second',
    })
  })

  test('metadata are sent on once, again after a while, and again when they were not kept', async () => {
    const { send, next, clock } = setUp()
    const rows = (): number[] => next.batches.map(({ batch }) => batch.metadata.length)
    next.beforeKeep = () => {
      throw new Error('full')
    }
    await expect(send(metricsRequest([gauge('g', at(0, 1))]))).rejects.toThrow('full')
    next.beforeKeep = () => undefined
    await send(metricsRequest([gauge('g', at(1, 1))]))
    await send(metricsRequest([gauge('g', at(2, 1))]))
    expect(rows()).toEqual([1, 0])
    await clock.advance(700_000)
    await send(metricsRequest([gauge('g', at(3, 1))]))
    expect(rows()).toEqual([1, 0, 1])
  })
})

describe('labels', () => {
  const resource = {
    'service.name': 'cart',
    'service.namespace': 'shop',
    'service.instance.id': 'pod-7',
    'host.name': 'h1',
    'cloud.region': 'eu',
  }
  const point = at(0, 1, { attributes: attributes({ 'http.method': 'GET', job: 'mine' }) })
  const cases: [name: string, otlp: object, want: string][] = [
    ['job and instance come from the service', {}, 'm{http_method="GET", instance="pod-7", job="shop/cart"}'],
    [
      'listed resource attributes are promoted',
      { promote_resource_attributes: ['cloud.region', ' host.name ', 'absent'] },
      'm{cloud_region="eu", host_name="h1", http_method="GET", instance="pod-7", job="shop/cart"}',
    ],
    [
      'all but some resource attributes are promoted',
      { promote_all_resource_attributes: true, ignore_resource_attributes: ['cloud.region', 'service.name'] },
      'm{host_name="h1", http_method="GET", instance="pod-7", job="shop/cart", service_instance_id="pod-7", service_namespace="shop"}',
    ],
    [
      'names stay as they are without translation',
      { translation_strategy: 'NoTranslation', promote_resource_attributes: ['host.name'] },
      'm{"host.name"="h1", "http.method"="GET", instance="pod-7", job="shop/cart"}',
    ],
  ]
  test.each(cases)('%s', async (_, otlp, want) => {
    const { send, names } = setUp(otlp)
    await send(metricsRequest([gauge('m', point)], resource))
    expect(names()[0]).toBe(want)
  })

  test('attributes whose names become the same are joined in order of their names', async () => {
    const { send, names } = setUp()
    const list = attributes({ a_b: '3', 'a.b': '2', 'a-b': '1', 'a/b': '' })
    await send(metricsRequest([gauge('m', at(0, 1, { attributes: list }))]))
    expect(names()).toEqual(['m{a_b="1;2;;3"}'])
  })

  test('values that are no texts are written out', async () => {
    const { send, names } = setUp()
    const list: KeyValue[] = [
      { key: 'n', value: { intValue: '7' } },
      { key: 'l', value: { arrayValue: { values: [{ stringValue: 'x' }, { boolValue: true }] } } },
      { key: '__name__', value: { stringValue: 'not.this' } },
      { key: 'empty', value: { stringValue: '' } },
    ]
    await send(metricsRequest([gauge('m', at(0, 1, { attributes: list }))]))
    expect(names()).toEqual(['m{l="[\\"x\\",true]", n="7"}'])
  })

  test("a point's own label goes before a promoted one, a scope's before both", async () => {
    const { send, names } = setUp({ promote_resource_attributes: ['zone', 'x'], promote_scope_metadata: true })
    const points = at(0, 1, { attributes: attributes({ zone: 'point', otel_scope_name: 'forged' }) })
    const scope = { name: 'lib', version: '', attributes: attributes({ 'is.core': 'yes' }) }
    await send({
      resourceMetrics: [
        {
          resource: { attributes: attributes({ zone: 'resource', x: 'y' }) },
          scopeMetrics: [{ scope, schemaUrl: 'https://s/1', metrics: [gauge('m', points)] }],
        },
      ],
    })
    expect(names()).toEqual([
      'm{otel_scope_is_core="yes", otel_scope_name="lib", otel_scope_schema_url="https://s/1", x="y", zone="point"}',
    ])
  })

  test('a scope without a name gives no labels', async () => {
    const { send, names } = setUp({ promote_scope_metadata: true })
    await send({ resourceMetrics: [{ scopeMetrics: [{ scope: { version: '1' }, metrics: [gauge('m', at(0, 1))] }] }] })
    expect(names()).toEqual(['m'])
  })
})

describe('target_info', () => {
  const full = { 'service.name': 'cart', 'service.instance.id': 'i', 'host.name': 'h' }
  const points = [at(0, 1), at(400_000, 2)]

  test('holds what identifies nothing, from the first point to the last at half the lookback', async () => {
    const { send, lines } = setUp()
    await send(metricsRequest([gauge('m', ...points)], full))
    const series = 'target_info{host_name="h", instance="i", job="cart"}'
    expect(lines().slice(2)).toEqual([
      `${series} 1@0`,
      `${series} 1@150000`,
      `${series} 1@300000`,
      `${series} 1@400000`,
    ])
  })

  const cases: [name: string, otlp: object, resource: Record<string, string>, want: string[]][] = [
    ['is not written when it would add nothing', {}, { 'service.name': 'cart' }, []],
    ['is not written for nobody', {}, { 'host.name': 'h' }, []],
    [
      'keeps what identifies where configured',
      { keep_identifying_resource_attributes: true },
      full,
      ['target_info{host_name="h", instance="i", job="cart", service_instance_id="i", service_name="cart"}'],
    ],
    [
      'has no promoted labels of its own',
      { promote_all_resource_attributes: true },
      full,
      ['target_info{host_name="h", instance="i", job="cart"}'],
    ],
  ]
  test.each(cases)('%s', async (_, otlp, resource, want) => {
    const { send, names } = setUp(otlp)
    await send(metricsRequest([gauge('m', at(0, 1))], resource))
    expect(names().slice(1)).toEqual(want)
  })

  test('is written once for resources that look the same', async () => {
    const { send, lines } = setUp()
    const one = metricsRequest([gauge('m', at(0, 1))], full).resourceMetrics[0]
    const other = metricsRequest([gauge('n', at(0, 1))], { ...full, 'service.namespace': '' }).resourceMetrics[0]
    if (one === undefined || other === undefined) throw new Error('no resource')
    await send({ resourceMetrics: [one, one, { ...one, scopeMetrics: [] }, other] })
    expect(lines().filter((line) => line.startsWith('target_info'))).toHaveLength(2)
  })

  test('is bounded when clocks are years apart', async () => {
    const { send, lines } = setUp()
    await send(metricsRequest([gauge('m', { timeUnixNano: '1', asDouble: 1 }, at(0, 1))], full))
    expect(lines().length).toBeLessThan(1010)
    expect(lines().at(-1)).toContain('1@0')
  })
})

describe('exemplars', () => {
  const ids = { traceId: '0102030405060708090a0b0c0d0e0f10', spanId: '0102030405060708' }
  const exemplarsOf = (next: MemoryMetrics): string[] =>
    next
      .all()
      .flatMap(({ labels, exemplars }) =>
        exemplars.map((row) => `${labels.toString()} ${row.value}@${row.timestamp - T} ${row.labels.toString()}`),
      )

  test('stay with their series, with ids and attributes', async () => {
    const { send, next } = setUp()
    const exemplars = [
      { ...ids, timeUnixNano: nano(T - 1), asInt: '3', filteredAttributes: attributes({ 'user.id': 'u' }) },
      {
        asDouble: 0.5,
        traceId: '00000000000000000000000000000000',
        filteredAttributes: attributes({ long: 'x'.repeat(130) }),
      },
      { timeUnixNano: nano(T) },
    ]
    await send(metricsRequest([counter('c', at(0, 1, { exemplars })), gauge('g', at(0, 1, { exemplars }))]))
    expect(exemplarsOf(next)).toEqual([
      `c_total 3@-1 {span_id="${ids.spanId}", trace_id="${ids.traceId}", "user.id"="u"}`,
      'c_total 0.5@0 {}',
    ])
  })

  test('go to the bucket that they fell into', async () => {
    const { send, next } = setUp()
    const exemplars = [{ asDouble: 7 }, { asDouble: 1 }, { asDouble: 2 }]
    const dataPoints = [
      { timeUnixNano: nano(T), count: '3', sum: 1, bucketCounts: ['1', '1', '1'], explicitBounds: [1, 5], exemplars },
    ]
    await send(metricsRequest([{ name: 'h', histogram: { aggregationTemporality: 2, dataPoints } }]))
    expect(exemplarsOf(next)).toEqual([
      'h_bucket{le="1"} 1@0 {}',
      'h_bucket{le="5"} 2@0 {}',
      'h_bucket{le="+Inf"} 7@0 {}',
    ])
  })
})

describe('what can not be taken', () => {
  test('costs nothing else, and is told', async () => {
    const { send, lines, telemetry } = setUp({}, { delta_temporality: 'reject' })
    const partial = await send(
      metricsRequest([
        delta('d', at(0, 1), at(1, 1)),
        { name: 'u', sum: { dataPoints: [at(0, 1)] } },
        gauge('溫', at(0, 1)),
        gauge('g', at(0, 1, { attributes: attributes({ 字字: 'x' }) }), at(0, 2)),
        {
          name: 'e',
          exponentialHistogram: {
            aggregationTemporality: 2,
            dataPoints: [{ timeUnixNano: nano(T), count: '1', scale: -5 }],
          },
        },
      ]),
    )
    expect(lines()).toEqual(['g 2@0'])
    expect(partial?.rejected).toBe(6)
    expect(partial?.message.split('; ')).toEqual([
      'invalid temporality and type combination for metric "d"',
      'invalid temporality and type combination for metric "u"',
      'metric name "溫" has no character that a name may have',
      'attribute name "字字" has no character that a label name may have',
      'e: exponential histogram scale must be >= -4, was -5',
    ])
    expect(telemetry.expose()).toContain('bongsu_receive_otlp_rejected_points_total{reason="temporality"} 3')
  })

  test('by the series table is a lost point, whole', async () => {
    const { send, next, lines } = setUp()
    next.seriesTable().refuse = (labels) =>
      labels.get('le') === '1' ? { code: 'series_limit', message: 'too many series' } : undefined
    const histogram = (bound: number): Metric => ({
      name: `h${bound}`,
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{ timeUnixNano: nano(T), count: '1', bucketCounts: ['1', '0'], explicitBounds: [bound] }],
      },
    })
    const partial = await send(metricsRequest([histogram(1), histogram(2)]))
    expect(partial).toEqual({ rejected: 1, message: 'too many series' })
    expect(lines()).toEqual(['h2_count 1@0', 'h2_bucket{le="2"} 1@0', 'h2_bucket{le="+Inf"} 1@0'])
  })

  test('by the consumer is counted in points, not rows', async () => {
    const { send, next } = setUp()
    next.refuseRow = (labels) =>
      labels.name.startsWith('h') ? { code: 'too_old', message: 'the point is too old' } : undefined
    const dataPoints = [{ timeUnixNano: nano(T), count: '1', bucketCounts: ['1', '0'], explicitBounds: [1] }]
    const h: Metric = { name: 'h', histogram: { aggregationTemporality: 2, dataPoints } }
    const partial = await send(metricsRequest([h, gauge('g', at(0, 1))], { 'service.name': 's', x: 'y' }))
    expect(partial).toEqual({ rejected: 1, message: 'the point is too old' })
  })

  test("an overloaded consumer's error goes on to the transport", async () => {
    const { send, next } = setUp()
    next.beforeKeep = () => Promise.reject(new Error('full'))
    await expect(send(metricsRequest([gauge('g', at(0, 1))]))).rejects.toThrow('full')
  })
})

describe('known series', () => {
  const request = metricsRequest(
    [
      gauge('g', at(0, 1, { attributes: attributes({ a: '1' }) }), at(0, 1, { attributes: attributes({ a: '2' }) })),
      {
        name: 'h',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ timeUnixNano: nano(T), count: '1', bucketCounts: ['1', '0'], explicitBounds: [1] }],
        },
      },
    ],
    { 'service.name': 's', x: 'y' },
  )

  test('are resolved once', async () => {
    const { send, next } = setUp()
    await send(request)
    const { resolved } = next.seriesTable()
    expect(resolved).toBe(6)
    await send(request)
    expect(next.seriesTable().resolved).toBe(resolved)
    expect(next.all().every(({ samples }) => samples.length === 2)).toBe(true)
  })

  test('are resolved anew when refs are given out anew', async () => {
    const { send, next, names } = setUp()
    await send(request)
    next.seriesTable().startAnew()
    await send(request)
    expect(names().some((name) => name.startsWith('void'))).toBe(false)
    expect(next.all().every(({ samples }) => samples.length === 2)).toBe(true)
  })

  test('are forgotten when there are too many', async () => {
    const { send, next } = setUp({}, { max_cached_series: 1 })
    await send(request)
    await send(request)
    expect(next.seriesTable().resolved).toBe(12)
  })

  test('follow new bounds of a histogram', async () => {
    const { send, names } = setUp()
    const histogram = (bound: number): Metric => ({
      name: 'h',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{ timeUnixNano: nano(T), count: '1', sum: 0, bucketCounts: ['1', '0'], explicitBounds: [bound] }],
      },
    })
    await send(metricsRequest([histogram(1)]))
    await send(metricsRequest([histogram(2)]))
    expect(names()).toEqual(['h_count', 'h_sum', 'h_bucket{le="1"}', 'h_bucket{le="+Inf"}', 'h_bucket{le="2"}'])
  })

  test('follow a new configuration', async () => {
    const { send, service, names } = setUp()
    await send(metricsRequest([counter('a.b', at(0, 1))]))
    await service.apply(otlpSection.schema.parse({ translation_strategy: 'NoTranslation' }))
    await send(metricsRequest([counter('a.b', at(0, 1))]))
    expect(names()).toEqual(['a_b_total', '{"a.b"}'])
  })

  test('of one tenant are not those of another', async () => {
    const { service, next } = setUp()
    const signal = new AbortController().signal
    const body = encodeMetricsRequest(metricsRequest([gauge('g', at(0, 1))]))
    for (const tenant of ['a', 'b', 'a']) {
      await service.export({ body, encoding: 'protobuf', transport: 'grpc', tenant: tenant as never, signal })
    }
    expect(next.series({ __name__: 'g' }, 'a' as never)?.samples).toHaveLength(2)
    expect(next.series({ __name__: 'g' }, 'b' as never)?.samples).toHaveLength(1)
  })
})

describe('delta temporality', () => {
  const span = (start: number, end: number, value: number): NumberPoint =>
    at(end, value, { startTimeUnixNano: nano(T + start) })

  test('adds up, from the start of the first point', async () => {
    const { send, lines, next } = setUp()
    await send(metricsRequest([delta('d', span(0, 10, 5), span(10, 20, 2))]))
    await send(metricsRequest([delta('d', span(30, 40, 1))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 7@20', 'd_total 8@40'])
    expect(next.series({ __name__: 'd_total' })?.samples.map((sample) => sample.startTimestamp - T)).toEqual([0, 0, 0])
    expect(next.metadata().get('d_total')?.type).toBe('counter')
  })

  test('leaves out what comes too late', async () => {
    const { send, lines } = setUp()
    await send(metricsRequest([delta('d', span(10, 20, 5))]))
    const partial = await send(metricsRequest([delta('d', span(0, 10, 3), span(20, 30, 1))]))
    expect(partial).toEqual({ rejected: 1, message: 'delta point of d_total is older than one already added' })
    expect(lines()).toEqual(['d_total 5@20', 'd_total 6@30'])
  })

  test('does not count twice what is sent twice', async () => {
    const { send, lines, next } = setUp()
    const request = metricsRequest([delta('d', span(0, 10, 5))])
    next.beforeKeep = () => {
      throw new Error('full')
    }
    await expect(send(request)).rejects.toThrow('full')
    next.beforeKeep = () => undefined
    await send(request)
    await send(request)
    expect(lines()).toEqual(['d_total 5@10', 'd_total 5@10'])
  })

  test('counts nothing of a request that breaks off', async () => {
    const { send, sendBytes, lines } = setUp()
    const bytes = encodeMetricsRequest(metricsRequest([delta('d', span(0, 10, 5)), gauge('g', at(0, 1))]))
    await expect(sendBytes(bytes.subarray(0, -3))).rejects.toThrow('malformed protobuf')
    const inner = Buffer.concat([bytes, Buffer.from([0x0a, 0x05, 0x12])])
    await expect(sendBytes(inner)).rejects.toThrow('malformed protobuf')
    await send(metricsRequest([delta('d', span(10, 20, 1))]))
    expect(lines()).toEqual(['d_total 1@20'])
  })

  test('starts again after a long silence', async () => {
    const { send, lines, next, clock } = setUp({}, { delta_max_stale: '1m' })
    await send(metricsRequest([delta('d', span(0, 10, 5))]))
    await clock.advance(60_001)
    await send(metricsRequest([delta('d', span(60_000, 60_010, 2)), delta('e', span(60_000, 60_010, 2))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 2@60010', 'e_total 2@60010'])
    expect(next.series({ __name__: 'd_total' })?.samples.at(-1)?.startTimestamp).toBe(T + 60_000)
  })

  test('is bounded in series, and room comes back', async () => {
    const { send, lines, clock, telemetry } = setUp({}, { delta_max_series: 1, delta_max_stale: '1m' })
    const both = metricsRequest([delta('d', span(0, 10, 5)), delta('e', span(0, 10, 5))])
    expect(await send(both)).toEqual({ rejected: 1, message: 'no room for another delta series: e_total' })
    expect(telemetry.expose()).toContain('bongsu_receive_otlp_delta_series 1')
    await clock.advance(60_001)
    await send(metricsRequest([delta('e', span(60_000, 60_010, 2))]))
    expect(lines()).toEqual(['d_total 5@10', 'e_total 2@60010'])
  })

  test('keeps counting across a new generation of refs', async () => {
    const { send, next, lines } = setUp()
    await send(metricsRequest([delta('d', span(0, 10, 5))]))
    next.seriesTable().startAnew()
    await send(metricsRequest([delta('d', span(10, 20, 5))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 10@20'])
  })

  test('leaves the sum alone where no value was recorded', async () => {
    const { send, lines } = setUp()
    await send(metricsRequest([delta('d', span(0, 10, 5), { ...span(10, 20, 9), flags: 1 }, span(20, 30, 1))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total stale@20', 'd_total 6@30'])
  })

  test('adds histograms up, and starts again with new bounds', async () => {
    const { send, lines } = setUp()
    const histogram = (end: number, bound: number): Metric => ({
      name: 'h',
      histogram: {
        aggregationTemporality: 1,
        dataPoints: [
          {
            timeUnixNano: nano(T + end),
            startTimeUnixNano: nano(T),
            count: '3',
            sum: 2,
            bucketCounts: ['1', '2'],
            explicitBounds: [bound],
          },
        ],
      },
    })
    await send(metricsRequest([histogram(10, 1)]))
    await send(metricsRequest([histogram(20, 1)]))
    await send(metricsRequest([histogram(30, 7)]))
    expect(lines()).toEqual([
      'h_count 3@10',
      'h_count 6@20',
      'h_count 3@30',
      'h_sum 2@10',
      'h_sum 4@20',
      'h_sum 2@30',
      'h_bucket{le="1"} 1@10',
      'h_bucket{le="1"} 2@20',
      'h_bucket{le="+Inf"} 3@10',
      'h_bucket{le="+Inf"} 6@20',
      'h_bucket{le="+Inf"} 3@30',
      'h_bucket{le="7"} 1@30',
    ])
  })

  test('adds exponential histograms up', async () => {
    const { send, next } = setUp()
    const histogram = (end: number, scale: number): Metric => ({
      name: 'e',
      exponentialHistogram: {
        aggregationTemporality: 1,
        dataPoints: [
          { timeUnixNano: nano(T + end), count: '3', sum: 2, scale, positive: { offset: 0, bucketCounts: ['1', '2'] } },
        ],
      },
    })
    await send(metricsRequest([histogram(10, 1), histogram(20, 0)]))
    expect(next.series({ __name__: 'e' })?.histograms.map(({ value }) => [value.count, value.positive.counts])).toEqual(
      [
        [3, [1, 2]],
        [6, [4, 2]],
      ],
    )
  })
})
