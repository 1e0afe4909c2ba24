import { describe, expect, test } from 'vitest'
import { attributes, encodeMetricsRequest, metricsRequest } from '../../../test/support/otlp-message.ts'
import type { Metric, NumberPoint } from '../../../test/support/otlp-message.ts'
import { at, counter, delta, gauge, nano, otlpService, T } from '../../../test/support/otlp-service.ts'
import { otlpSection } from './config.ts'

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
    const { send, next } = otlpService()
    await send(request)
    const { resolved } = next.seriesTable()
    expect(resolved).toBe(6)
    await send(request)
    expect(next.seriesTable().resolved).toBe(resolved)
    expect(next.all().every(({ samples }) => samples.length === 2)).toBe(true)
  })

  test('are resolved anew when refs are given out anew', async () => {
    const { send, next, names } = otlpService()
    await send(request)
    next.seriesTable().startAnew()
    await send(request)
    expect(names().some((name) => name.startsWith('void'))).toBe(false)
    expect(next.all().every(({ samples }) => samples.length === 2)).toBe(true)
  })

  test('are forgotten when there are too many', async () => {
    const { send, next } = otlpService({}, { max_cached_series: 1 })
    await send(request)
    await send(request)
    expect(next.seriesTable().resolved).toBe(12)
  })

  test('follow new bounds of a histogram', async () => {
    const { send, names } = otlpService()
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
    const { send, service, names } = otlpService()
    await send(metricsRequest([counter('a.b', at(0, 1))]))
    await service.apply(otlpSection.schema.parse({ translation_strategy: 'NoTranslation' }))
    await send(metricsRequest([counter('a.b', at(0, 1))]))
    expect(names()).toEqual(['a_b_total', '{"a.b"}'])
  })

  test('of one tenant are not those of another', async () => {
    const { service, next } = otlpService()
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
    const { send, lines, next } = otlpService()
    await send(metricsRequest([delta('d', span(0, 10, 5), span(10, 20, 2))]))
    await send(metricsRequest([delta('d', span(30, 40, 1))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 7@20', 'd_total 8@40'])
    expect(next.series({ __name__: 'd_total' })?.samples.map((sample) => sample.startTimestamp - T)).toEqual([0, 0, 0])
    expect(next.metadata().get('d_total')?.type).toBe('counter')
  })

  test('adds up for each tenant by itself', async () => {
    const { service, next } = otlpService()
    const signal = new AbortController().signal
    for (const [tenant, value] of [
      ['a', 5],
      ['b', 70],
      ['a', 1],
    ] as const) {
      const end = next.batches.length * 10 + 10
      const body = encodeMetricsRequest(metricsRequest([delta('d', span(end - 10, end, value))]))
      await service.export({ body, encoding: 'protobuf', transport: 'grpc', tenant: tenant as never, signal })
    }
    const totals = (tenant: string): number[] | undefined =>
      next.series({ __name__: 'd_total' }, tenant as never)?.samples.map(({ value }) => value)
    expect([totals('a'), totals('b')]).toEqual([[5, 6], [70]])
  })

  test('leaves out what comes too late', async () => {
    const { send, lines } = otlpService()
    await send(metricsRequest([delta('d', span(10, 20, 5))]))
    const partial = await send(metricsRequest([delta('d', span(0, 10, 3), span(20, 30, 1))]))
    expect(partial).toEqual({ rejected: 1, message: 'delta point of d_total is older than one already added' })
    expect(lines()).toEqual(['d_total 5@20', 'd_total 6@30'])
  })

  test('does not count twice what is sent twice', async () => {
    const { send, lines, next } = otlpService()
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
    const { send, sendBytes, lines } = otlpService()
    const bytes = encodeMetricsRequest(metricsRequest([delta('d', span(0, 10, 5)), gauge('g', at(0, 1))]))
    await expect(sendBytes(bytes.subarray(0, -3))).rejects.toThrow('malformed protobuf')
    const inner = Buffer.concat([bytes, Buffer.from([0x0a, 0x05, 0x12])])
    await expect(sendBytes(inner)).rejects.toThrow('malformed protobuf')
    await send(metricsRequest([delta('d', span(10, 20, 1))]))
    expect(lines()).toEqual(['d_total 1@20'])
  })

  test('starts again after a long silence', async () => {
    const { send, lines, next, clock } = otlpService({}, { delta_max_stale: '1m' })
    await send(metricsRequest([delta('d', span(0, 10, 5))]))
    await clock.advance(60_001)
    await send(metricsRequest([delta('d', span(60_000, 60_010, 2)), delta('e', span(60_000, 60_010, 2))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 2@60010', 'e_total 2@60010'])
    expect(next.series({ __name__: 'd_total' })?.samples.at(-1)?.startTimestamp).toBe(T + 60_000)
  })

  test('is bounded in series, and room comes back', async () => {
    const { send, lines, clock, telemetry } = otlpService({}, { delta_max_series: 1, delta_max_stale: '1m' })
    const both = metricsRequest([delta('d', span(0, 10, 5)), delta('e', span(0, 10, 5))])
    expect(await send(both)).toEqual({ rejected: 1, message: 'no room for another delta series: e_total' })
    expect(telemetry.expose()).toContain('bongsu_receive_otlp_delta_series 1')
    await clock.advance(60_001)
    await send(metricsRequest([delta('e', span(60_000, 60_010, 2))]))
    expect(lines()).toEqual(['d_total 5@10', 'e_total 2@60010'])
  })

  test('keeps counting across a new generation of refs', async () => {
    const { send, next, lines } = otlpService()
    await send(metricsRequest([delta('d', span(0, 10, 5))]))
    next.seriesTable().startAnew()
    await send(metricsRequest([delta('d', span(10, 20, 5))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total 10@20'])
  })

  test('leaves the sum alone where no value was recorded', async () => {
    const { send, lines } = otlpService()
    await send(metricsRequest([delta('d', span(0, 10, 5), { ...span(10, 20, 9), flags: 1 }, span(20, 30, 1))]))
    expect(lines()).toEqual(['d_total 5@10', 'd_total stale@20', 'd_total 6@30'])
  })

  test('adds histograms up, and starts again with new bounds', async () => {
    const { send, lines } = otlpService()
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
    const { send, next } = otlpService()
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
