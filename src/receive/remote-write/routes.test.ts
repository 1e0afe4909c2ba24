import Fastify from 'fastify'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryMetrics } from '../../../test/support/memory-metrics.ts'
import { writeRequestV1, writeRequestV2 } from '../../../test/support/remote-write-message.ts'
import type { SeriesInput } from '../../../test/support/remote-write-message.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { compressSnappy } from '../../codec/snappy.ts'
import { deferred } from '../../core/deferred.ts'
import { defineError } from '../../core/errors.ts'
import { createLog } from '../../core/log.ts'
import { Telemetry } from '../../core/telemetry.ts'
import type { TenantId } from '../../model/tenant.ts'
import { overloaded } from '../../signals/ingest.ts'
import { remoteWriteReceiverSection } from './config.ts'
import { remoteWriteRoutes } from './routes.ts'

const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }
const V2 = { ...V1, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' }
const series = (name: string, ...times: number[]): SeriesInput => ({
  labels: [['__name__', name]],
  samples: times.map((timestamp) => ({ value: 1, timestamp })),
})
const written = ({ headers }: LightMyRequestResponse): unknown[] =>
  ['samples', 'histograms', 'exemplars'].map((kind) => headers[`x-prometheus-remote-write-${kind}-written`])
const unavailable = defineError<object>({
  code: 'store.unavailable',
  status: 503,
  blame: 'operator',
  retry: true,
  message: () => 'the store is away',
  advice: '',
})

describe('remote write over HTTP', () => {
  let app: FastifyInstance
  let metrics: MemoryMetrics
  let telemetry: Telemetry
  let lines: string[]

  const start = (config: object = {}): void => {
    app = Fastify()
    telemetry = new Telemetry()
    metrics = new MemoryMetrics()
    lines = []
    const clock = new TestClock()
    const log = createLog({ level: 'info', format: 'logfmt' }, { clock, write: (line) => lines.push(line) })
    const options = remoteWriteReceiverSection.schema.parse({ series_cache_size: '4MB', ...config })
    remoteWriteRoutes(options, { consumer: metrics, clock, log, telemetry, random: { next: () => 0.3 } })(app)
  }
  const post = (
    body: Buffer,
    headers: Record<string, string> = V2,
    url = '/api/v1/write',
  ): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url, headers, payload: body })
  const v1 = (...input: SeriesInput[]): Buffer => compressSnappy(writeRequestV1(input))
  const v2 = (...input: SeriesInput[]): Buffer => compressSnappy(writeRequestV2(input))

  beforeEach(() => start())
  afterEach(() => app.close())

  test('writes version 2 and counts what is written', async () => {
    const answer = await post(v2(series('up', 1, 2)))
    expect([answer.statusCode, answer.body, ...written(answer)]).toEqual([204, '', '2', '0', '0'])
    expect(metrics.series({ __name__: 'up' })?.samples.length).toBe(2)
    expect(telemetry.expose()).toContain('bongsu_remote_write_rows_total{kind="samples"} 2')
  })

  test('writes version 1, also under the name of Mimir, without counts', async () => {
    const answer = await post(v1(series('up', 1)), V1, '/api/v1/push')
    expect([answer.statusCode, ...written(answer)]).toEqual([204, undefined, undefined, undefined])
    expect(metrics.series({ __name__: 'up' })?.samples.length).toBe(1)
  })

  test('takes a body without any content type for version 1', async () => {
    expect((await post(v1(series('up', 1)), {})).statusCode).toBe(204)
    expect(metrics.all().length).toBe(1)
  })

  test('writes an empty request', async () => {
    expect((await post(v2())).statusCode).toBe(204)
  })

  const unsupported: [headers: Record<string, string>, status: number][] = [
    [{ ...V2, 'content-type': 'application/json' }, 415],
    [{ ...V2, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' }, 415],
    [{ ...V2, 'content-type': 'text/plain;proto=io.prometheus.write.v2.Request' }, 415],
    [{ ...V2, 'content-encoding': 'gzip' }, 415],
    [{ ...V2, 'content-encoding': 'zstd' }, 415],
    [{ ...V2, 'content-type': 'Application/X-Protobuf; Proto="io.prometheus.write.v2.Request"' }, 204],
    [{ ...V2, 'content-encoding': 'Snappy' }, 204],
    [{ ...V2, 'x-scope-orgid': 'a/b' }, 400],
  ]
  test.each(unsupported)('with headers %j answers %i', async (headers, status) => {
    expect((await post(v2(series('up', 1)), headers)).statusCode).toBe(status)
    expect(metrics.all().length).toBe(status === 204 ? 1 : 0)
  })

  test.each(['GET', 'PUT', 'DELETE', 'PATCH'] as const)('answers 405 to %s', async (method) => {
    const answer = await app.inject({ method, url: '/api/v1/write' })
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST'])
  })

  test('writes to the tenant that the header names', async () => {
    await post(v2(series('up', 1)), { ...V2, 'x-scope-orgid': 'team-a' })
    expect(metrics.all('team-a' as TenantId).length).toBe(1)
    expect(metrics.all().length).toBe(0)
  })

  test.each([
    ['1', V1, v1],
    ['2', V2, v2],
  ] as const)(
    'keeps good rows of version %s and answers 400 with the reasons of the others',
    async (_, headers, encode) => {
      metrics.refuseRow = (labels, timestamp) =>
        timestamp < 5
          ? { code: 'out_of_order', message: `${labels.toString()}: out of order at ${timestamp}` }
          : undefined
      const nameless: SeriesInput = { ...series('', 6), labels: [['job', 'api']] }
      const answer = await post(encode(series('up', 4, 6), nameless, series('down', 7)), headers)
      expect(answer.statusCode).toBe(400)
      expect(answer.body).toBe(
        '2 rows were not written:\n{job="api"}: the metric name is missing\nup: out of order at 4\n',
      )
      expect(metrics.series({ __name__: 'up' })?.samples.map(({ timestamp }) => timestamp)).toEqual([6])
      expect(metrics.series({ __name__: 'down' })?.samples.length).toBe(1)
      expect(written(answer)[0]).toBe(headers === V2 ? '2' : undefined)
      expect(telemetry.expose()).toContain('bongsu_remote_write_rejected_rows_total{code="out_of_order"} 1')
    },
  )

  test('counts refusals beyond those that the consumer lists', async () => {
    metrics.refuseRow = () => ({ code: 'too_old', message: 'too old' })
    const answer = await post(v2(...Array.from({ length: 250 }, (_, i) => series(`m${i}`, 1))))
    expect([answer.statusCode, written(answer)[0]]).toEqual([400, '0'])
    expect(answer.body.split('\n')[0]).toBe('250 rows were not written:')
  })

  test.each([
    ['ingest.overloaded', 429, '1', () => overloaded({ queue: 'metrics', limitBytes: 1 })],
    ['store.unavailable', 503, '1', () => unavailable({})],
  ])('answers %s with %i, so that the sender comes again', async (code, status, retryAfter, error) => {
    metrics.beforeKeep = () => Promise.reject(error())
    const answer = await post(v2(series('up', 1)))
    expect([answer.statusCode, answer.headers['retry-after'], ...written(answer)]).toEqual([
      status,
      retryAfter,
      '0',
      '0',
      '0',
    ])
    expect(telemetry.expose()).toContain(`bongsu_remote_write_failed_requests_total{code="${code}"} 1`)
  })

  test('answers a bug with 500, logs it, and tells nothing of it', async () => {
    metrics.beforeKeep = () => Promise.reject(new Error('an inner secret'))
    const answer = await post(v2(series('up', 1)))
    expect([answer.statusCode, answer.body]).toEqual([500, 'internal error\n'])
    expect(lines.join()).toContain('an inner secret')
  })

  test('refuses what is corrupt', async () => {
    const answer = await post(Buffer.from('not snappy at all'))
    expect([answer.statusCode, answer.body]).toEqual([400, 'the body is not a valid snappy block\n'])
    expect((await post(compressSnappy(Buffer.from([0x2a, 0x7f])))).statusCode).toBe(400)
    expect(written(answer)).toEqual(['0', '0', '0'])
  })

  test('refuses bodies over the limits, before and after decompression', async () => {
    await app.close()
    start({ max_body_size: 2000, max_decompressed_size: 5000 })
    expect((await post(Buffer.alloc(2001))).statusCode).toBe(413)
    const large = compressSnappy(Buffer.alloc(5001))
    expect(large.length).toBeLessThan(2000)
    expect((await post(large)).statusCode).toBe(413)
  })

  test('tells senders to wait when too much is in flight', async () => {
    await app.close()
    start({ max_in_flight_size: 1 })
    const hold = deferred()
    const reached = deferred()
    metrics.beforeKeep = () => {
      reached.resolve()
      return hold.promise
    }
    const body = v2(series('up', 1))
    const first = Promise.resolve(post(body)) // sends it now, not when it is awaited
    await reached.promise
    const second = await post(body)
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '1'])
    hold.resolve()
    expect((await first).statusCode).toBe(204)
    expect((await post(body)).statusCode).toBe(204)
  })
})
