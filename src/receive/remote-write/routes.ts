/**
 * `POST /api/v1/write`: Prometheus remote write 1.0 and 2.0 (https://prometheus.io/docs/specs/prw/). `/api/v1/push` is the same,
 * under the name that senders to Cortex and Mimir use.
 *
 * Good rows are never lost to bad ones, in either version: they are written, and the answer is 400 when some were refused, so
 * that the sender counts them and does not send them again.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SeriesWalker, WriteVersion } from '../../codec/remote-write/walk.ts'
import { RemoteWriteDecoder } from '../../codec/remote-write/decoder.ts'
import { openKernel } from '../../codec/remote-write/kernel.ts'
import type { Clock } from '../../core/clock.ts'
import { BongsuError, defineError, messageOf } from '../../core/errors.ts'
import { Gate } from '../../core/gate.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { ConfigOf } from '../../config/section.ts'
import type { MetricsConsumer } from '../../signals/metrics.ts'
import { bodiesInPieces, tenantOf } from '../http.ts'
import type { HttpRoutes } from '../http.ts'
import type { remoteWriteReceiverSection } from './config.ts'
import { InFlight } from './in-flight.ts'
import { negotiate } from './negotiate.ts'
import { receiveWrite } from './receiver.ts'
import type { WriteOutcome } from './receiver.ts'
import { RemoteWriteTelemetry } from './telemetry.ts'

export type RemoteWriteOptions = ConfigOf<typeof remoteWriteReceiverSection>

export interface RemoteWriteDeps {
  readonly consumer: MetricsConsumer
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly telemetry: Telemetry
  /** Instead of the walker in WebAssembly: for tests. */
  readonly walker?: SeriesWalker
}

export const senderGone = defineError<object>({
  code: 'remote_write.sender_gone',
  status: 499,
  blame: 'caller',
  retry: true,
  message: () => 'the sender closed the connection before the answer',
  advice: "Raise the sender's remote_timeout if the store is slow.",
})

const PATHS = ['/api/v1/write', '/api/v1/push']
const RETRY_AFTER_SECONDS = '1'

/** Compiles the decoder when called; state lives as long as the routes. */
export function remoteWriteRoutes(options: RemoteWriteOptions, deps: RemoteWriteDeps): HttpRoutes {
  const walker = deps.walker ?? openWalker(options, deps.random)
  const decoder = new RemoteWriteDecoder({ maxRawBytes: options.max_decompressed_size }, { walker })
  const inFlight = new InFlight(options.max_in_flight_size)
  const gate = new Gate(options.max_concurrency)
  const telemetry = new RemoteWriteTelemetry(deps, inFlight)
  const server: Server = { consumer: deps.consumer, clock: deps.clock, decoder, inFlight, gate, telemetry }
  return (app) => {
    // A plugin of its own: bodies in pieces and the error handler concern these paths only.
    void app.register((scope, _, done) => {
      bodiesInPieces(scope)
      for (const url of PATHS) addPath(scope, url, options, server)
      done()
    })
  }
}

function openWalker(options: RemoteWriteOptions, random: Random): SeriesWalker {
  return openKernel({ maxCacheBytes: options.series_cache_size, seed: Math.floor(random.next() * 2 ** 32) })
}

interface Server {
  readonly consumer: MetricsConsumer
  readonly clock: Clock
  readonly decoder: RemoteWriteDecoder
  readonly inFlight: InFlight
  readonly gate: Gate
  readonly telemetry: RemoteWriteTelemetry
}

function addPath(scope: FastifyInstance, url: string, options: RemoteWriteOptions, server: Server): void {
  scope.post(url, {
    bodyLimit: options.max_body_size,
    onRequest: (request, reply, done) => {
      const length = Number(request.headers['content-length'] ?? options.max_body_size)
      try {
        reply.raw.once('close', server.inFlight.admit(Math.min(length, options.max_body_size)))
        done()
      } catch (error) {
        done(error as Error) // answers before the body is read
      }
    },
    errorHandler: (error, request, reply) => void answerError(error, request, reply, server),
    handler: (request, reply) => write(request, reply, server),
  })
  scope.route({
    url,
    method: ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
    handler: (_, reply) => reply.code(405).header('allow', 'POST').type('text/plain').send('Method Not Allowed\n'),
  })
}

async function write(request: FastifyRequest, reply: FastifyReply, server: Server): Promise<FastifyReply> {
  const started = server.clock.monotonic()
  const version = negotiate(request.headers)
  const tenant = tenantOf(request)
  const body = (request.body ?? []) as readonly Uint8Array[]
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(senderGone({}))
  })
  const ctx = { tenant, signal: gone.signal, receivedAt: server.clock.now() }
  const outcome = await server.gate.run(() => receiveWrite(body, version, ctx, server), gone.signal)
  server.telemetry.written(version, outcome, lengthOf(body), server.clock.monotonic() - started)
  return answer(reply, version, outcome)
}

function lengthOf(body: readonly Uint8Array[]): number {
  return body.reduce((sum, { length }) => sum + length, 0)
}

function answer(reply: FastifyReply, version: WriteVersion, outcome: WriteOutcome): FastifyReply {
  if (version === 2) writtenHeaders(reply, outcome)
  const { refusals } = outcome
  if (refusals.rows === 0) return reply.code(204).send()
  const more = refusals.rows - refusals.reasons.length
  const text = [
    `${refusals.rows} rows were not written:`,
    ...refusals.reasons,
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
  return reply
    .code(400)
    .type('text/plain; charset=utf-8')
    .send(`${text.join('\n')}\n`)
}

function writtenHeaders(
  reply: FastifyReply,
  outcome: Pick<WriteOutcome, 'samples' | 'histograms' | 'exemplars'>,
): void {
  reply.header('X-Prometheus-Remote-Write-Samples-Written', String(outcome.samples))
  reply.header('X-Prometheus-Remote-Write-Histograms-Written', String(outcome.histograms))
  reply.header('X-Prometheus-Remote-Write-Exemplars-Written', String(outcome.exemplars))
}

/** Nothing of the request was written. Bugs are the sender's to retry: a 5xx. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, server: Server): FastifyReply {
  const status = statusOf(error)
  server.telemetry.failed(status, error)
  if (isVersion2(request)) writtenHeaders(reply, { samples: 0, histograms: 0, exemplars: 0 })
  if (status === 429 || status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  const text = status >= 500 && !(error instanceof BongsuError) ? 'internal error' : messageOf(error)
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`)
}

function statusOf(error: unknown): number {
  if (error instanceof BongsuError)
    return error.retry && error.status < 500 && error.status !== 429 ? 503 : error.status
  // Fastify's own: a body over the limit, a broken content length.
  const status = (error as { statusCode?: unknown }).statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500
}

function isVersion2(request: FastifyRequest): boolean {
  return /proto="?io\.prometheus\.write\.v2\.Request/.test(request.headers['content-type'] ?? '')
}
