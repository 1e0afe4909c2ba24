/** OTLP over real sockets: its own HTTP port and the gRPC port, with a consumer in memory behind them. */
import { createServer } from 'node:net'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog, silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import { OtlpGrpcListener } from '../../src/receive/otlp/grpc-listener.ts'
import { OtlpHttpListener } from '../../src/receive/otlp/http-listener.ts'
import { MAIN_PORT_PREFIXES, otlpRoutes } from '../../src/receive/otlp/http.ts'
import type { ListenAddress } from '../../src/receive/otlp/listen-address.ts'
import { overloaded } from '../../src/signals/ingest.ts'
import type { MemoryMetrics } from '../support/memory-metrics.ts'
import { encodeMetricsRequest, metricsRequest } from '../support/otlp-message.ts'
import { at, delta, gauge, otlpService } from '../support/otlp-service.ts'
import { TestClock } from '../support/test-clock.ts'

const MAX = 100_000
const FREE: ListenAddress = { host: '127.0.0.1', port: 0, configured: true }
const request = metricsRequest([gauge('up.time', at(0, 1.5))], { 'service.name': 'shop' })
const body = encodeMetricsRequest(request)
const series = { __name__: 'up_time', job: 'shop' }
const soon = (): AbortSignal => AbortSignal.timeout(10_000)

let next: MemoryMetrics
let http: OtlpHttpListener
let grpc: OtlpGrpcListener

beforeEach(async () => {
  const parts = otlpService({}, { delta_temporality: 'reject' })
  next = parts.next
  const deps = { services: [parts.service], log: silentLog, telemetry: new Telemetry() }
  const limits = { maxBodySize: MAX, maxDecompressedSize: 2 * MAX }
  const routes = otlpRoutes({ prefixes: ['', ...MAIN_PORT_PREFIXES], ...limits }, deps)
  http = new OtlpHttpListener(FREE, { routes, log: silentLog })
  grpc = new OtlpGrpcListener({ address: FREE, maxMessageSize: MAX }, deps)
  await http.start()
  await grpc.start()
})

afterEach(async () => {
  await http.stop(soon())
  await grpc.stop(soon())
})

describe('OTLP over HTTP', () => {
  const post = async (
    sent: Buffer | string,
    headers: Readonly<Record<string, string>> = {},
    path = '/v1/metrics',
  ): Promise<{ status: number; headers: Headers; body: Buffer }> => {
    const response = await fetch(`http://127.0.0.1:${http.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body: typeof sent === 'string' ? sent : new Uint8Array(sent),
    })
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
  }
  const json = { 'content-type': 'application/json; charset=utf-8' }

  test.each(['/v1/metrics', '/otlp/v1/metrics', '/api/v1/otlp/v1/metrics'])('takes protobuf at %s', async (path) => {
    const answer = await post(body, {}, path)
    expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf')
    expect(next.series(series)?.samples).toHaveLength(1)
  })

  test('takes JSON and answers in JSON', async () => {
    const answer = await post(JSON.stringify(request), json)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.body.toString()).toBe('{}')
    expect(next.series(series)?.samples).toHaveLength(1)
  })

  test('takes gzip and deflate', async () => {
    expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect((await post(deflateSync(body), { 'content-encoding': 'deflate' })).status).toBe(200)
    expect(next.series(series)?.samples).toHaveLength(2)
  })

  test('takes an empty request', async () => {
    expect((await post(Buffer.alloc(0))).status).toBe(200)
    expect((await post('{}', json)).status).toBe(200)
    expect(next.batches).toHaveLength(0)
  })

  test('writes for the tenant of the header', async () => {
    await post(body, { 'x-scope-orgid': 'team-a' })
    expect(next.series(series, 'team-a' as TenantId)?.samples).toHaveLength(1)
    const answer = await post(JSON.stringify(request), { ...json, 'x-scope-orgid': '..' })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body.toString())).toEqual({ code: 3, message: 'X-Scope-OrgID ".." is not a tenant id' })
  })

  test('tells which points it did not take', async () => {
    const partly = metricsRequest([delta('d', at(0, 1)), gauge('g', at(0, 1))])
    const answer = await post(JSON.stringify(partly), json)
    expect(answer.status).toBe(200)
    const errorMessage = 'invalid temporality and type combination for metric "d"'
    expect(JSON.parse(answer.body.toString())).toEqual({ partialSuccess: { rejectedDataPoints: '1', errorMessage } })
    const inner = Buffer.concat([Buffer.from([0x08, 1, 0x12, errorMessage.length]), Buffer.from(errorMessage)])
    const want = Buffer.concat([Buffer.from([0x0a, inner.length]), inner])
    expect((await post(encodeMetricsRequest(partly))).body).toEqual(want)
  })

  const bad: [name: string, sent: Buffer | string, headers: Record<string, string>, status: number, message: string][] =
    [
      ['a truncated body', body.subarray(0, -1), {}, 400, 'malformed protobuf'],
      ['JSON that breaks off', '{"resourceMetrics":[', json, 400, 'not an OTLP request in JSON'],
      ['JSON of wrong types', '{"resourceMetrics":5}', json, 400, 'resourceMetrics is not an array'],
      ['gzip that is none', body, { 'content-encoding': 'gzip' }, 400, 'not valid gzip'],
      ['an unknown encoding', body, { 'content-encoding': 'br' }, 415, 'content encoding'],
      ['another content type', body, { 'content-type': 'text/plain' }, 415, 'content type'],
      ['a body that is too large', Buffer.alloc(MAX + 1), {}, 413, 'larger than 100000 bytes'],
      [
        'a gzip bomb',
        gzipSync(Buffer.alloc(50 * MAX)),
        { 'content-encoding': 'gzip' },
        413,
        'larger than 200000 bytes',
      ],
    ]
  test.each(bad)('refuses %s', async (_, sent, headers, status, message) => {
    const answer = await post(sent, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('retry-after')).toBeNull()
    expect(answer.body.toString()).toContain(message)
    expect(next.batches).toHaveLength(0)
  })

  test('takes an attribute as large as the body may be', async () => {
    const large = metricsRequest([gauge('g', at(0, 1))], { 'service.name': 'x'.repeat(MAX - 1000) })
    expect((await post(encodeMetricsRequest(large))).status).toBe(200)
    expect(next.all()[0]?.labels.get('job')).toHaveLength(MAX - 1000)
  })

  test('asks for a resend when overloaded', async () => {
    next.beforeKeep = () => Promise.reject(overloaded({ queue: 'write', limitBytes: 1 }))
    const answer = await post(JSON.stringify(request), json)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 8, details: [{ retryDelay: '5s' }] })
  })

  test('shows nothing of a defect, and does not ask for a resend', async () => {
    next.beforeKeep = () => Promise.reject(new TypeError('secret of ours'))
    const answer = await post(JSON.stringify(request), json)
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body.toString())).toEqual({ code: 13, message: 'internal error' })
  })

  test('says that logs and traces are not there yet', async () => {
    for (const signal of ['logs', 'traces']) {
      const answer = await post('{}', json, `/v1/${signal}`)
      expect(answer.status).toBe(501)
      expect(JSON.parse(answer.body.toString())).toEqual({ code: 12, message: `OTLP ${signal} are not supported yet` })
    }
  })

  test('takes POST only', async () => {
    const answer = await fetch(`http://127.0.0.1:${http.port}/v1/metrics`)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })
})

describe('OTLP over gRPC', () => {
  const SERVICE = 'opentelemetry.proto.collector'
  let client: Client
  beforeEach(() => {
    client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    })
  })
  afterEach(() => client.close())

  const call = (message: Buffer, metadata = new Metadata(), path = `/${SERVICE}.metrics.v1.MetricsService/Export`) =>
    new Promise<Buffer | ServiceError>((resolve) => {
      const same = (bytes: Buffer): Buffer => bytes
      client.makeUnaryRequest(path, same, same, message, metadata, (error, value) => {
        resolve(error ?? value ?? Buffer.alloc(0))
      })
    })
  /** The google.rpc.Status beside an error, as text. */
  const details = (error: Buffer | ServiceError): string =>
    'metadata' in error ? String(error.metadata.get('grpc-status-details-bin')[0]) : ''

  test('takes a request, compressed', async () => {
    expect(await call(body)).toEqual(Buffer.alloc(0))
    expect(next.series(series)?.samples).toHaveLength(1)
  })

  test('writes for the tenant of the metadata', async () => {
    const metadata = new Metadata()
    metadata.set('x-scope-orgid', 'team-a')
    await call(body, metadata)
    expect(next.series(series, 'team-a' as TenantId)?.samples).toHaveLength(1)
    metadata.set('x-scope-orgid', 'no tenant')
    expect(await call(body, metadata)).toMatchObject({ code: 3 })
  })

  test('tells which points it did not take', async () => {
    const answer = await call(encodeMetricsRequest(metricsRequest([delta('d', at(0, 1)), gauge('g', at(0, 1))])))
    expect(String(answer)).toContain('invalid temporality')
    expect(next.series({ __name__: 'g' })?.samples).toHaveLength(1)
  })

  test('refuses what it can not read, for good', async () => {
    const answer = await call(body.subarray(0, -1))
    expect(answer).toMatchObject({ code: 3 })
    expect(details(answer)).not.toContain('RetryInfo')
  })

  test('refuses what is too large, before and after decompression, for good', async () => {
    const noise = Buffer.from(Array.from({ length: 2 * MAX }, (_, i) => (i * 2_654_435_761) >>> 24))
    for (const message of [noise, Buffer.alloc(50 * MAX)]) {
      const answer = await call(message)
      expect(answer).toMatchObject({ code: 8 })
      expect(details(answer)).not.toContain('RetryInfo')
    }
  })

  test('asks for a resend when overloaded', async () => {
    next.beforeKeep = () => Promise.reject(overloaded({ queue: 'write', limitBytes: 1 }))
    const answer = await call(body)
    expect(answer).toMatchObject({ code: 8 })
    expect(details(answer)).toContain('google.rpc.RetryInfo')
  })

  test('says that logs and traces are not there yet', async () => {
    const logs = await call(Buffer.alloc(0), undefined, `/${SERVICE}.logs.v1.LogsService/Export`)
    expect(logs).toMatchObject({ code: 12, details: 'OTLP logs are not supported yet' })
    const traces = await call(Buffer.alloc(0), undefined, `/${SERVICE}.trace.v1.TraceService/Export`)
    expect(traces).toMatchObject({ code: 12, details: 'OTLP traces are not supported yet' })
  })
})

describe('a port that is taken', () => {
  let taken: NetServer
  let port: number
  beforeEach(async () => {
    taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    port = (taken.address() as AddressInfo).port
  })
  afterEach(() => new Promise((resolve) => taken.close(resolve)))

  const listeners = (configured: boolean, lines: string[]) => {
    const log = createLog(
      { level: 'warn', format: 'logfmt' },
      { clock: new TestClock(), write: (line) => void lines.push(line) },
    )
    const address = { host: '127.0.0.1', port, configured }
    const telemetry = new Telemetry()
    return [
      new OtlpHttpListener(address, { routes: () => undefined, log }),
      new OtlpGrpcListener({ address, maxMessageSize: MAX }, { services: [], log, telemetry }),
    ]
  }

  test('is an error where it was configured', async () => {
    for (const listener of listeners(true, [])) {
      await expect(listener.start()).rejects.toMatchObject({ code: 'otlp.cannot_listen' })
      await listener.stop(soon())
    }
  })

  test('is a warning where it is the default', async () => {
    const lines: string[] = []
    for (const listener of listeners(false, lines)) {
      await listener.start()
      expect(listener.port).toBeUndefined()
      await listener.stop(soon())
    }
    expect(lines).toHaveLength(2)
    expect(lines.join()).toContain(`address=127.0.0.1:${port}`)
  })
})
