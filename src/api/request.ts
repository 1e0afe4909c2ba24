/** Parameters of a request: the query string and, for a form POST, its body, in one list as Go's `r.Form` has it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Makes Fastify parse form bodies into URLSearchParams; call inside the plugin of the routes. */
export function formBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  )
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/** Body parameters come first, so that `get` prefers them. */
export function paramsOf(request: FastifyRequest): URLSearchParams {
  const at = request.raw.url?.indexOf('?') ?? -1
  const query = new URLSearchParams(at === -1 ? '' : request.raw.url?.slice(at + 1))
  if (!(request.body instanceof URLSearchParams)) return query
  return new URLSearchParams([...request.body, ...query])
}
