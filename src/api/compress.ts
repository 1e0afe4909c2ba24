import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createDeflate, createGzip, deflate, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const WHOLE = { gzip: promisify(gzip), deflate: promisify(deflate) } as const
const STREAMED = { gzip: createGzip, deflate: createDeflate } as const
const ENCODINGS = ['gzip', 'deflate'] as const
/** Below this, setting a compressor up costs more than it saves. */
const MIN_BYTES = 8 * 1024
/** Packed already, bit by bit. */
const PACKED = 'application/x-streamed-protobuf'
// Level 1: most answers go over a fast local network.
const OPTIONS = { level: constants.Z_BEST_SPEED }

/** Compresses answers that are text, bytes of at least 8 KiB or streams, by gzip or deflate, as the client accepts. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isWorthIt(payload) || reply.hasHeader('content-encoding')) return payload
    if (String(reply.getHeader('content-type')).startsWith(PACKED)) return payload
    const accepts = request.headers['accept-encoding'] ?? ''
    const encoding = ENCODINGS.find((one) => new RegExp(`\\b${one}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepts))
    if (encoding === undefined) return payload
    const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ')
    void reply.header('content-encoding', encoding).header('vary', vary).removeHeader('content-length')
    if (!(payload instanceof Readable)) return WHOLE[encoding](payload, OPTIONS)
    // Ends the source when the client goes away; a failure of it ends the answer, which is all that can be told by then.
    return pipeline(payload, STREAMED[encoding](OPTIONS), () => undefined)
  })
}

function isWorthIt(payload: unknown): payload is string | Buffer | Readable {
  if (payload instanceof Readable) return true
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= MIN_BYTES
}
