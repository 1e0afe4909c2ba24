/** OTLP over HTTP. Source: opentelemetry-proto 1.11, docs/specification.md, "OTLP/HTTP". */
import { Buffer } from 'node:buffer'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { encodeExportResponse, encodeStatus } from '../../codec/otlp/response.ts'
import type { OtlpEncoding } from '../../codec/otlp/response.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import { bodyTooLarge, decompress, rawBodies, tenantOf } from '../http.ts'
import type { HttpRoutes } from '../http.ts'
import { cancelled, failureOf, serviceOf, SIGNAL_NAMES, SIGNALS, unsupportedContentType } from './service.ts'
import type { Failure, OtlpService, SignalName } from './service.ts'

export interface OtlpHttpOptions {
  /** Paths before `/v1/<signal>`. */
  readonly prefixes: readonly string[]
  readonly maxBodySize: number
  readonly maxDecompressedSize: number
}

export interface OtlpHttpDeps {
  readonly services: readonly OtlpService[]
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Of the main port: where Prometheus has its endpoint, and a shorter name for it. */
export const MAIN_PORT_PREFIXES: readonly string[] = ['/api/v1/otlp', '/otlp']

const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** The routes of all signals under each prefix; those without a service answer 501. */
export function otlpRoutes(options: OtlpHttpOptions, deps: OtlpHttpDeps): HttpRoutes {
  const endpoint = new Endpoint(options, deps)
  return (app) => {
    app.register((scope, _options, done) => {
      rawBodies(scope)
      for (const prefix of options.prefixes) {
        for (const signal of SIGNAL_NAMES) endpoint.route(scope, `${prefix}${SIGNALS[signal].path}`, signal)
      }
      done()
    })
  }
}

class Endpoint {
  readonly #options: OtlpHttpOptions
  readonly #deps: OtlpHttpDeps
  readonly #requests: Counter<'transport' | 'signal' | 'code'>

  constructor(options: OtlpHttpOptions, deps: OtlpHttpDeps) {
    this.#options = options
    this.#deps = deps
    this.#requests = requestCounter(deps.telemetry)
  }

  route(app: FastifyInstance, url: string, signal: SignalName): void {
    app.route({
      method: 'POST',
      url,
      bodyLimit: this.#options.maxBodySize,
      handler: (request, reply) => this.#export(request, reply, signal),
      errorHandler: (error, request, reply) => void this.#fail(error, request, reply, signal),
    })
    app.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: (_request, reply) => reply.code(405).header('allow', 'POST').type('text/plain').send('use POST'),
    })
  }

  async #export(request: FastifyRequest, reply: FastifyReply, signal: SignalName): Promise<FastifyReply> {
    const encoding = encodingOf(request)
    if (encoding === undefined) throw unsupportedContentType({ got: contentType(request).slice(0, 100) })
    const service = serviceOf(this.#deps.services, signal)
    const tenant = tenantOf(request)
    const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const body = await decompress(sent, request.headers['content-encoding'], this.#options.maxDecompressedSize)
    const gone = untilGone(reply)
    const partial = await service.export({ body, encoding, transport: 'http', tenant, signal: gone })
    this.#requests.inc(1, { transport: 'http', signal, code: '200' })
    const answer = encodeExportResponse(partial, SIGNALS[signal].rejectedKey, encoding)
    return reply.code(200).type(CONTENT_TYPES[encoding]).send(answer)
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply, signal: SignalName): FastifyReply {
    const failure = reply.raw.destroyed ? cancelled(error) : this.#failureOf(error)
    this.#requests.inc(1, { transport: 'http', signal, code: String(failure.httpStatus) })
    if (failure.bug === true) {
      this.#deps.log.error('OTLP request failed', {
        signal,
        error: error instanceof Error ? error.stack : messageOf(error),
      })
    }
    const encoding = encodingOf(request) ?? 'json'
    if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', failure.retryAfterSeconds)
    return reply.code(failure.httpStatus).type(CONTENT_TYPES[encoding]).send(encodeStatus(failure, encoding))
  }

  #failureOf(error: unknown): Failure {
    const { statusCode } = error as { statusCode?: number }
    if (statusCode === 413) return failureOf(bodyTooLarge({ limit: this.#options.maxBodySize, what: 'request' }))
    // Fastify's own: a body that breaks off, a length that is not true.
    if (!(error instanceof BongsuError) && statusCode !== undefined && statusCode < 500) {
      return { httpStatus: statusCode, code: 3, message: messageOf(error) }
    }
    return failureOf(error)
  }
}

/** Counts requests by what was answered. */
export function requestCounter(telemetry: Telemetry): Counter<'transport' | 'signal' | 'code'> {
  return telemetry.counter({
    name: 'bongsu_receive_otlp_requests_total',
    help: 'Requests received over OTLP, by the HTTP status or gRPC status code of the answer.',
    labels: ['transport', 'signal', 'code'],
  })
}

function contentType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase()
}

function encodingOf(request: FastifyRequest): OtlpEncoding | undefined {
  switch (contentType(request)) {
    case CONTENT_TYPES.protobuf:
      return 'protobuf'
    case CONTENT_TYPES.json:
      return 'json'
    default:
      return undefined
  }
}

/** Aborts when the sender closes the connection before the answer is out. */
function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the sender closed the connection'))
  })
  return controller.signal
}
