/** The web page: the built files of dist/ui, held in memory, compressed once, cached by the browser where their names carry a hash. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json'])

// Mantine and CodeMirror insert <style> elements, so styles may be inline; scripts may not.
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

interface PageFile {
  readonly body: Buffer
  readonly type: string
  readonly immutable: boolean
  readonly compressible: boolean
  gzip?: Buffer
  brotli?: Buffer
}

/** Serves the page at `/` and at every path that a browser asks for and no other route knows. */
export function pageRoutes(folder: string): (app: FastifyInstance) => void {
  const files = readPage(folder)
  return (app) => {
    app.get('/', (request, reply) => index(request, reply, files))
    // One route for all assets: each route is a label value of the request metrics.
    app.get('/assets/*', (request, reply) => {
      const file = files.get(`assets/${(request.params as { '*': string })['*']}`)
      return file === undefined ? reply.callNotFound() : send(request, reply, file)
    })
    for (const [path, file] of files) {
      if (!path.includes('/')) app.get(`/${path}`, (request, reply) => send(request, reply, file))
    }
  }
}

/** Answers a path of the page's own router with index.html; undefined when the request is not a browser's navigation. */
export function pageFallback(
  folder: string,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined {
  const files = readPage(folder)
  return (request, reply) => {
    const navigates = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    return navigates ? index(request, reply, files) : undefined
  }
}

function index(request: FastifyRequest, reply: FastifyReply, files: ReadonlyMap<string, PageFile>): FastifyReply {
  const file = files.get('index.html')
  if (file === undefined) return reply.code(503).type('text/plain').send('the page is not built: npm run build\n')
  return send(request, reply, file)
}

function readPage(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(folder)) return new Map()
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const files = found.map((one): [string, PageFile] => {
    const path = relative(folder, join(one.parentPath, one.name)).replaceAll('\\', '/')
    const type = TYPES[extname(path)] ?? 'application/octet-stream'
    const body = readFileSync(join(folder, path))
    return [path, { body, type, immutable: path.startsWith('assets/'), compressible: COMPRESSIBLE.has(extname(path)) }]
  })
  return new Map(files.filter(([path]) => !path.startsWith('.')))
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const accepts = request.headers['accept-encoding'] ?? ''
  void reply.headers(SECURITY_HEADERS).type(file.type)
  void reply.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (!file.compressible) return reply.send(file.body)
  void reply.header('vary', 'accept-encoding')
  if (/\bbr\b/.test(accepts)) {
    file.brotli ??= brotliCompressSync(file.body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
    return reply.header('content-encoding', 'br').send(file.brotli)
  }
  if (/\bgzip\b/.test(accepts)) {
    file.gzip ??= gzipSync(file.body)
    return reply.header('content-encoding', 'gzip').send(file.gzip)
  }
  return reply.send(file.body)
}
