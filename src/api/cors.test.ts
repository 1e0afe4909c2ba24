import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../core/log.ts'
import { Telemetry } from '../core/telemetry.ts'
import { selfMetricsRoutes } from './prometheus/self-metrics.ts'
import { HttpServer } from './server.ts'

function serverFor(corsOrigin: string): HttpServer {
  const telemetry = new Telemetry()
  telemetry.counter({ name: 'bongsu_test_things_total', help: 'Things.', labels: ['kind'] }).inc(3, { kind: 'b' })
  telemetry.histogram({ name: 'bongsu_test_seconds', help: 'Times.', buckets: [1, 2] }).observe(1.5)
  telemetry.gauge({ name: 'bongsu_test_level', help: 'A level.' }).set(NaN)
  return new HttpServer(
    { name: 'http', host: '127.0.0.1', port: 0, prefix: '/p', maxBodyBytes: 1000, corsOrigin },
    { log: silentLog, telemetry, routes: [selfMetricsRoutes({ telemetry, log: silentLog })] },
  )
}

const PATH = '/api/v1/status/self_metrics'
const OTHERS = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': 'Date',
}

describe.each([
  ['.*', 'https://a.example', 'https://a.example'],
  ['https://(a|b)\\.example', 'https://a.example', 'https://a.example'],
  ['https://(a|b)\\.example', 'https://a.example.com', null],
])('origins %s, asked from %s', (pattern, origin, want) => {
  const server = serverFor(pattern)
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  const ask = (method: string, path: string, headers: Record<string, string> = { origin }): Promise<Response> =>
    fetch(server.url() + path, { method, headers })

  test('are told, with every answer', async () => {
    for (const [method, path, status] of [
      ['GET', PATH, 200],
      ['OPTIONS', PATH, 204],
      ['OPTIONS', '/api/v1/anything/else', 204],
      ['GET', '/api/v1/nothing', 404],
    ] as const) {
      const response = await ask(method, path)
      expect(response.status, path).toBe(status)
      expect(response.headers.get('access-control-allow-origin')).toBe(want)
      expect(Object.fromEntries(response.headers)).toMatchObject(OTHERS)
      expect(response.headers.get('vary')).toContain('Origin')
    }
  })

  test('nothing is told to who names no origin, and about other paths', async () => {
    const silent = await ask('GET', PATH, {})
    expect(silent.headers.get('access-control-allow-methods')).toBeNull()
    expect(silent.headers.get('vary')).toContain('Origin')
    expect((await ask('GET', '/other')).headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('the own metrics', () => {
  const server = serverFor('.*')
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  const ask = async (query: string): Promise<{ status: string; data?: unknown; error?: string }> =>
    (await fetch(`${server.url()}${PATH}${query}`)).json() as Promise<{ status: string }>

  test('are families in the JSON of protobuf, those whose name matches', async () => {
    expect(await ask('?metric_name_pattern=bongsu_test.*')).toEqual({
      status: 'success',
      data: [
        { name: 'bongsu_test_level', help: 'A level.', type: 'GAUGE', metric: [{ gauge: { value: 'NaN' } }] },
        {
          name: 'bongsu_test_seconds',
          help: 'Times.',
          type: 'HISTOGRAM',
          metric: [
            {
              histogram: {
                sampleCount: '1',
                sampleSum: 1.5,
                bucket: [
                  { cumulativeCount: '0', upperBound: 1 },
                  { cumulativeCount: '1', upperBound: 2 },
                ],
              },
            },
          ],
        },
        {
          name: 'bongsu_test_things_total',
          help: 'Things.',
          type: 'COUNTER',
          metric: [{ label: [{ name: 'kind', value: 'b' }], counter: { value: 3 } }],
        },
      ],
    })
    expect(await ask('?metric_name_pattern=test')).toEqual({ status: 'success', data: [] })
  })

  test('refuse a pattern that is none', async () => {
    expect(await ask('?metric_name_pattern=(')).toMatchObject({
      status: 'error',
      error: expect.stringContaining('invalid metric_name_pattern: error parsing regexp') as string,
    })
  })
})
