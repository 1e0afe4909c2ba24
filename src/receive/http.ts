/** What every HTTP receiver shares: raw bodies, limits before and after decompression, the tenant, the protocol-neutral errors. */
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineError } from '../core/errors.ts'
import { zstdDecompress } from '../core/zstd.ts'
import { DEFAULT_TENANT, parseTenant } from '../model/tenant.ts'
import type { TenantId } from '../model/tenant.ts'

/** Registers one protocol's routes. Bodies arrive as a Buffer in `request.body`, still compressed (see `rawBodies`). */
export type HttpRoutes = (app: FastifyInstance) => void

export const badTenant = defineError<{ got: string }>({
  code: 'http.bad_tenant',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ got }) => `X-Scope-OrgID "${got}" is not a tenant id`,
  advice: "Use 1 to 150 letters, digits and !-_.*'(), or leave the header out for the default tenant.",
})

export const bodyTooLarge = defineError<{ limit: number; what: string }>({
  code: 'http.body_too_large',
  status: 413,
  blame: 'caller',
  retry: false,
  message: ({ limit, what }) => `the ${what} body is larger than ${limit} bytes`,
  advice: 'Send smaller batches, or raise server.max_body_size.',
})

export const badEncoding = defineError<{ got: string }>({
  code: 'http.unsupported_encoding',
  status: 415,
  blame: 'caller',
  retry: false,
  message: ({ got }) => `content encoding "${got}" is not supported here`,
  advice: 'Use gzip, deflate, zstd or no encoding.',
})

export const badCompression = defineError<{ encoding: string }>({
  code: 'http.bad_compression',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ encoding }) => `the body is not valid ${encoding}`,
  advice: 'Check that the body is compressed with what Content-Encoding says.',
})

/** Makes Fastify hand over every body as a Buffer, whatever its content type. Call once, inside the plugin of the routes. */
export function rawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/**
 * Makes Fastify hand over every body as the pieces in which it came (`Uint8Array[]`): for decoders that copy it anyway, so that
 * no other copy is made. Call once, inside the plugin of the routes. Bodies over the route's limit fail with
 * `http.body_too_large`.
 */
export function bodiesInPieces(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request, payload, done) => {
    const limit = request.routeOptions.bodyLimit ?? Infinity
    const pieces: Buffer[] = []
    let length = 0
    const onData = (piece: Buffer): void => {
      pieces.push(piece)
      length += piece.length
      if (length > limit) end(bodyTooLarge({ limit, what: 'compressed' }))
    }
    const end = (error?: Error): void => {
      payload.off('data', onData).off('end', onEnd).off('error', end)
      if (error === undefined) done(null, pieces)
      else done(error, undefined)
    }
    const onEnd = (): void => end()
    payload.on('data', onData).on('end', onEnd).on('error', end)
    if (Number(request.headers['content-length'] ?? 0) > limit) end(bodyTooLarge({ limit, what: 'compressed' }))
  })
}

/** The tenant of a request: `X-Scope-OrgID`, or the default tenant. Throws `http.bad_tenant`. */
export function tenantOf(request: Pick<FastifyRequest, 'headers'>): TenantId {
  const header = request.headers['x-scope-orgid']
  if (header === undefined || header === '') return DEFAULT_TENANT
  const text = String(header)
  const tenant = parseTenant(text)
  if (tenant === undefined) throw badTenant({ got: text.slice(0, 200) })
  return tenant
}

type Decoder = (bytes: Buffer, maxBytes: number) => Promise<Buffer>

const gunzipAsync = promisify(gunzip)
const inflateAsync = promisify(inflate)

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', (bytes, maxOutputLength) => gunzipAsync(bytes, { maxOutputLength })],
  ['deflate', (bytes, maxOutputLength) => inflateAsync(bytes, { maxOutputLength })],
  ['zstd', zstdDecompress()],
])

/** Undoes gzip, deflate, zstd or nothing; never makes more than `maxBytes`. Throws the errors above. */
export async function decompress(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') return body
  const decode = DECODERS.get(name)
  if (decode === undefined) throw badEncoding({ got: name.slice(0, 50) })
  try {
    return await decode(body, maxBytes)
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw bodyTooLarge({ limit: maxBytes, what: 'decompressed' })
    }
    throw badCompression({ encoding: name }, { cause })
  }
}
