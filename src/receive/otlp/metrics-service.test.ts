import { describe, expect, test } from 'vitest'
import type { MemoryMetrics } from '../../../test/support/memory-metrics.ts'
import { attributes, metricsRequest } from '../../../test/support/otlp-message.ts'
import type { KeyValue, Metric } from '../../../test/support/otlp-message.ts'
import { at, counter, delta, gauge, nano, otlpService, T } from '../../../test/support/otlp-service.ts'

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
    const { send, lines, next } = otlpService()
    expect(await send(metricsRequest([metric]))).toBeUndefined()
    expect(lines()).toEqual(want)
    expect([...next.metadata().values()].map((row) => row.type)).toEqual([type])
  })

  test('an exponential histogram is a native one', async () => {
    const { send, next } = otlpService()
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
    const { send, next } = otlpService({ convert_histograms_to_nhcb: true })
    const dataPoints = [{ timeUnixNano: nano(T), count: '3', sum: 3, bucketCounts: ['1', '2'], explicitBounds: [0.5] }]
    await send(metricsRequest([{ name: 'lat', histogram: { aggregationTemporality: 2, dataPoints } }]))
    const value = { schema: -53, count: 3, customValues: [0.5], positive: { counts: [1, 2] } }
    expect(next.series({ __name__: 'lat' })?.histograms).toMatchObject([{ value }])
  })

  test('nanoseconds become the milliseconds that they are in, start times too', async () => {
    const { send, next } = otlpService()
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
    const { send, lines } = otlpService()
    await send(metricsRequest([gauge('g', { asDouble: 1 })]))
    expect(lines()).toEqual(['g 1@0'])
  })

  test('points without a recorded value become staleness markers', async () => {
    const { send, lines, next } = otlpService()
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
    const { send, next } = otlpService()
    await send(metricsRequest([{ ...counter('io', at(0, 1)), unit: 'By/s', description: 'Bytes moved.' }]))
    expect(next.metadata().get('io_bytes_per_second_total')).toEqual({
      metric: 'io_bytes_per_second_total',
      type: 'counter',
      help: 'Bytes moved.',
      unit: 'bytes_per_second',
    })
  })

  test('metadata are sent on once, again after a while, and again when they were not kept', async () => {
    const { send, next, clock } = otlpService()
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
    const { send, names } = otlpService(otlp)
    await send(metricsRequest([gauge('m', point)], resource))
    expect(names()[0]).toBe(want)
  })

  test('attributes whose names become the same are joined in order of their names', async () => {
    const { send, names } = otlpService()
    const list = attributes({ a_b: '3', 'a.b': '2', 'a-b': '1', 'a/b': '' })
    await send(metricsRequest([gauge('m', at(0, 1, { attributes: list }))]))
    expect(names()).toEqual(['m{a_b="1;2;;3"}'])
  })

  test('values that are no texts are written out', async () => {
    const { send, names } = otlpService()
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
    const { send, names } = otlpService({ promote_resource_attributes: ['zone', 'x'], promote_scope_metadata: true })
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
    const { send, names } = otlpService({ promote_scope_metadata: true })
    await send({ resourceMetrics: [{ scopeMetrics: [{ scope: { version: '1' }, metrics: [gauge('m', at(0, 1))] }] }] })
    expect(names()).toEqual(['m'])
  })
})

describe('target_info', () => {
  const full = { 'service.name': 'cart', 'service.instance.id': 'i', 'host.name': 'h' }
  const points = [at(0, 1), at(400_000, 2)]

  test('holds what identifies nothing, from the first point to the last at half the lookback', async () => {
    const { send, lines } = otlpService()
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
    const { send, names } = otlpService(otlp)
    await send(metricsRequest([gauge('m', at(0, 1))], resource))
    expect(names().slice(1)).toEqual(want)
  })

  test('is written once for resources that look the same', async () => {
    const { send, lines } = otlpService()
    const one = metricsRequest([gauge('m', at(0, 1))], full).resourceMetrics[0]
    const other = metricsRequest([gauge('n', at(0, 1))], { ...full, 'service.namespace': '' }).resourceMetrics[0]
    if (one === undefined || other === undefined) throw new Error('no resource')
    await send({ resourceMetrics: [one, one, { ...one, scopeMetrics: [] }, other] })
    expect(lines().filter((line) => line.startsWith('target_info'))).toHaveLength(2)
  })

  test('is bounded when clocks are years apart', async () => {
    const { send, lines } = otlpService()
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
    const { send, next } = otlpService()
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
    const { send, next } = otlpService()
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
    const { send, lines, telemetry } = otlpService({}, { delta_temporality: 'reject' })
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
    const { send, next, lines } = otlpService()
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
    const { send, next } = otlpService()
    next.refuseRow = (labels) =>
      labels.name.startsWith('h') ? { code: 'too_old', message: 'the point is too old' } : undefined
    const dataPoints = [{ timeUnixNano: nano(T), count: '1', bucketCounts: ['1', '0'], explicitBounds: [1] }]
    const h: Metric = { name: 'h', histogram: { aggregationTemporality: 2, dataPoints } }
    const partial = await send(metricsRequest([h, gauge('g', at(0, 1))], { 'service.name': 's', x: 'y' }))
    expect(partial).toEqual({ rejected: 1, message: 'the point is too old' })
  })

  test("an overloaded consumer's error goes on to the transport", async () => {
    const { send, next } = otlpService()
    next.beforeKeep = () => Promise.reject(new Error('full'))
    await expect(send(metricsRequest([gauge('g', at(0, 1))]))).rejects.toThrow('full')
  })
})
