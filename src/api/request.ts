/** Parameters of a request: the query string and, for a form POST, its body, in one list as Go's `r.Form` has it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineError } from '../core/errors.ts'

export const badForm = defineError<{ escape: string }>({
  code: 'http.bad_form',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ escape }) => `error parsing form values: invalid URL escape "${escape}"`,
  advice: 'Write a percent sign as %25.',
})

/** Makes Fastify hand over form bodies as text and leave all others unread; call inside the plugin of the routes. */
export function formBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
}

/** Body parameters come first, so that `get` prefers them. Throws `http.bad_form`. */
export function paramsOf(request: FastifyRequest): URLSearchParams {
  const at = request.raw.url?.indexOf('?') ?? -1
  const query = parseForm(at === -1 ? '' : (request.raw.url?.slice(at + 1) ?? ''))
  if (typeof request.body !== 'string') return query
  return new URLSearchParams([...parseForm(request.body), ...query])
}

function parseForm(text: string): URLSearchParams {
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0]
  if (escape !== undefined) throw badForm({ escape })
  return new URLSearchParams(text)
}
