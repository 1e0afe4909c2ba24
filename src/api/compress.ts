import { pipeline, Readable } from 'node:stream'
import type { Transform } from 'node:stream'
import { callbackify, promisify } from 'node:util'
import { constants, createDeflate, createGzip, deflate, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { zstdCompress } from '../core/zstd.ts'

interface Encoder {
  readonly name: string
  readonly whole: (bytes: string | Buffer) => Promise<Buffer>
  readonly streamed: () => Transform
}

/** Below this, setting a compressor up costs more than it saves. */
const MIN_BYTES = 8 * 1024
/** Packed already, bit by bit. */
const PACKED = 'application/x-streamed-protobuf'
// Level 1: most answers go over a fast local network.
const OPTIONS = { level: constants.Z_BEST_SPEED }

/** Compresses answers that are text, bytes of at least 8 KiB or streams, by zstd (where Node has it), gzip or deflate, as the client accepts. */
export function compressAnswers(app: FastifyInstance): void {
  const encoders = makeEncoders()
  app.addHook('onSend', (request, reply, payload, done) => {
    const encoder = isWorthIt(payload) ? encoderFor(request, reply, encoders) : undefined
    if (!isWorthIt(payload) || encoder === undefined) {
      done(null, payload)
      return
    }
    const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ')
    void reply.header('content-encoding', encoder.name).header('vary', vary).removeHeader('content-length')
    // Ends the source when the client goes away; a failure of it ends the answer, which is all that can be told by then.
    if (payload instanceof Readable)
      done(
        null,
        pipeline(payload, encoder.streamed(), () => undefined),
      )
    else callbackify(() => encoder.whole(payload))(done)
  })
}

function encoderFor(request: FastifyRequest, reply: FastifyReply, encoders: readonly Encoder[]): Encoder | undefined {
  if (reply.hasHeader('content-encoding')) return undefined
  if (String(reply.getHeader('content-type')).startsWith(PACKED)) return undefined
  const accepts = request.headers['accept-encoding'] ?? ''
  return encoders.find(({ name }) => isAccepted(name, accepts))
}

/** The best one first. */
function makeEncoders(): readonly Encoder[] {
  const zstd = zstdCompress()
  const gzipped = promisify(gzip)
  const deflated = promisify(deflate)
  return [
    ...(zstd === undefined ? [] : [{ name: 'zstd', ...zstd }]),
    { name: 'gzip', whole: (bytes) => gzipped(bytes, OPTIONS), streamed: () => createGzip(OPTIONS) },
    { name: 'deflate', whole: (bytes) => deflated(bytes, OPTIONS), streamed: () => createDeflate(OPTIONS) },
  ]
}

function isAccepted(name: string, accepts: string): boolean {
  return new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepts)
}

function isWorthIt(payload: unknown): payload is string | Buffer | Readable {
  if (payload instanceof Readable) return true
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= MIN_BYTES
}
