/** Lets pages of other origins read the Prometheus API, as Prometheus does. Follows SetCORS, util/httputil/cors.go@v3.14. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { compileLabelRegexp } from '../model/regexp.ts'
import type { LabelRegexp } from '../model/regexp.ts'

export interface CorsOptions {
  /** Origins that may read, as a regular expression that is fully anchored. */
  readonly origin: string
  /** In front of every route; '' = none. */
  readonly prefix: string
}

const HEADERS = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': 'Date',
} as const

/** Machines talk to these, not pages: they say nothing of origins. */
const NOT_FOR_PAGES = new Set(['read', 'write', 'push', 'otlp/v1/metrics'])

/** Answers what a browser asks before it sends, and adds headers to all answers of the API. */
export function corsAnswers(app: FastifyInstance, { origin, prefix }: CorsOptions): void {
  const allowed = compileLabelRegexp(origin)
  const base = `${prefix}/api/v1/`
  app.addHook('onRequest', (request, reply, done) => {
    const [path = ''] = request.url.split('?', 1)
    if (path.startsWith(base) && !NOT_FOR_PAGES.has(path.slice(base.length))) {
      addHeaders(reply, request.headers.origin ?? '', allowed)
    }
    done()
  })
  app.options(`${base}*`, (_request, reply) => reply.code(204).send())
}

/** An origin that may read is told itself, never `*`. */
function addHeaders(reply: FastifyReply, origin: string, allowed: LabelRegexp): void {
  void reply.header('vary', 'Origin')
  if (origin === '') return
  void reply.headers(HEADERS)
  if (allowed.test(origin)) void reply.header('access-control-allow-origin', origin)
}
