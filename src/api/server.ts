/** The HTTP server of one listening address. Receivers and APIs register their routes as plugins with parsers of their own. */
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BongsuError, defineError, messageOf } from '../core/errors.ts'
import type { Component } from '../core/lifecycle.ts'
import type { Log } from '../core/log.ts'
import type { Histogram, Telemetry } from '../core/telemetry.ts'
import { compressAnswers } from './compress.ts'
import { corsAnswers } from './cors.ts'
import { knownRoutes } from './known-routes.ts'
import type { KnownRoutes } from './known-routes.ts'

export interface HttpServerOptions {
  readonly name: string
  readonly host: string
  /** 0 = a free one; `address()` tells which. */
  readonly port: number
  /** In front of every route; '' = none. */
  readonly prefix: string
  /** Of a request as it arrives, before decompression. */
  readonly maxBodyBytes: number
  /** Origins whose pages may read the Prometheus API, as a regular expression; none when left out. */
  readonly corsOrigin?: string
}

export interface HttpServerDeps {
  readonly log: Log
  readonly telemetry: Telemetry
  readonly routes: readonly ((app: FastifyInstance) => void)[]
  /** Asked in turn about a path that no route knows; each answers or declines. */
  readonly fallbacks?: readonly ((request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined)[]
}

export const addressTaken = defineError<{ host: string; port: number; why: string }>({
  code: 'http.address_taken',
  status: 500,
  blame: 'operator',
  retry: false,
  message: ({ host, port, why }) => `cannot listen on ${host}:${port}: ${why}`,
  advice:
    'End what uses the port (`ss -ltnp` shows it), or choose another with --listen, BONGSU_LISTEN or server.listen.',
})

export class HttpServer implements Component {
  readonly name: string
  readonly #options: HttpServerOptions
  readonly #deps: HttpServerDeps
  readonly #seconds: Histogram<'route' | 'method' | 'status'>
  #app: FastifyInstance | undefined

  constructor(options: HttpServerOptions, deps: HttpServerDeps) {
    this.name = options.name
    this.#options = options
    this.#deps = deps
    this.#seconds = deps.telemetry.histogram({
      name: 'bongsu_http_request_seconds',
      help: 'Time to answer HTTP requests.',
      labels: ['route', 'method', 'status'],
    })
  }

  async start(): Promise<void> {
    const { host, port, prefix, maxBodyBytes, corsOrigin } = this.#options
    const app = Fastify({
      bodyLimit: maxBodyBytes,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 1024 },
    })
    this.#app = app
    compressAnswers(app)
    const routes = knownRoutes(app)
    if (corsOrigin !== undefined) corsAnswers(app, { origin: corsOrigin, prefix })
    this.#count(app)
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply))
    app.setNotFoundHandler((request, reply) => this.#notFound(request, reply, routes))
    for (const register of this.#deps.routes) {
      void app.register(
        (child, _options, done) => {
          register(child)
          done()
        },
        { prefix },
      )
    }
    try {
      await app.listen({ host, port })
    } catch (cause) {
      throw addressTaken({ host, port, why: messageOf(cause) }, { cause })
    }
  }

  /** `http://host:port` of the listening socket, with the prefix. */
  url(): string {
    const address = this.#app?.server.address()
    if (address === null || address === undefined || typeof address === 'string') return ''
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    return `http://${host}:${address.port}${this.#options.prefix}`
  }

  /** Requests under way are answered first; idle connections are closed. */
  async stop(): Promise<void> {
    await this.#app?.close()
    this.#app = undefined
  }

  #count(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown'
      this.#seconds.observe(reply.elapsedTime / 1000, {
        route,
        method: request.method,
        status: String(reply.statusCode),
      })
      done()
    })
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (error instanceof BongsuError) {
      return reply.code(error.status).send({ code: error.code, error: error.message, advice: error.advice })
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status < 500) return reply.code(status).send({ code: 'http.bad_request', error: messageOf(error), advice: '' })
    this.#deps.log.error('a request failed on a bug', {
      request: request.id,
      stack: (error as Error).stack ?? messageOf(error),
    })
    return reply
      .code(500)
      .send({ code: 'bug', error: `internal error; its id in the log is ${request.id}`, advice: '' })
  }

  /** OPTIONS is answered for every known path; another method that the path does not have, with those that it has. */
  #notFound(request: FastifyRequest, reply: FastifyReply, routes: KnownRoutes): FastifyReply {
    const [path = ''] = request.url.split('?', 1)
    const methods = routes.methodsOf(path)
    if (methods.length > 0) {
      void reply.header('allow', [...methods, 'OPTIONS'].join(', '))
      if (request.method === 'OPTIONS') return reply.code(204).send()
      const error = `${request.method} is not allowed here; allowed: ${methods.join(', ')}`
      return reply.code(405).send({ code: 'http.method_not_allowed', error, advice: '' })
    }
    for (const fallback of this.#deps.fallbacks ?? []) {
      const answered = fallback(request, reply)
      if (answered !== undefined) return answered
    }
    return reply
      .code(404)
      .send({ code: 'http.not_found', error: `no such path: ${request.method} ${path}`, advice: '' })
  }
}
