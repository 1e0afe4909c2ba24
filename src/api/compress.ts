import { promisify } from 'node:util'
import { constants, deflate, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const gzipAsync = promisify(gzip)
const deflateAsync = promisify(deflate)
const MIN_BYTES = 1024

/** Compresses text answers of at least 1 KiB by gzip or deflate, as the client accepts. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < MIN_BYTES || reply.hasHeader('content-encoding')) return payload
    const accepts = request.headers['accept-encoding'] ?? ''
    const encoding = ['gzip', 'deflate'].find((one) =>
      new RegExp(`\\b${one}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepts),
    )
    if (encoding === undefined) return payload
    // Level 1: most answers go over a fast local network.
    const options = { level: constants.Z_BEST_SPEED }
    void reply.header('content-encoding', encoding).header('vary', 'accept-encoding').removeHeader('content-length')
    return encoding === 'gzip' ? gzipAsync(payload, options) : deflateAsync(payload, options)
  })
}
