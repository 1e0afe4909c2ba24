/** /-/healthy, /-/ready, /-/reload, /-/quit, /metrics, /version: what supervisors and scrapers ask of any Prometheus-like process. */
import type { FastifyInstance } from 'fastify'
import type { Telemetry } from '../core/telemetry.ts'

export interface LifecycleDeps {
  readonly telemetry: Telemetry
  readonly version: string
  readonly ready: () => boolean
  /** Reloads the configuration; the text says what is wrong with it, undefined when it was applied. */
  readonly reload: () => Promise<string | undefined>
  /** False: /-/reload answers 403. */
  readonly reloadEnabled: boolean
}

export function lifecycleRoutes(deps: LifecycleDeps): (app: FastifyInstance) => void {
  return (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const text = 'text/plain; charset=utf-8'
    app.route({
      method: ['GET', 'HEAD'],
      url: '/-/healthy',
      handler: (_request, reply) => reply.type(text).send('Bongsu is Healthy.\n'),
    })
    app.route({
      method: ['GET', 'HEAD'],
      url: '/-/ready',
      handler: (_request, reply) => {
        const ready = deps.ready()
        return reply
          .code(ready ? 200 : 503)
          .type(text)
          .send(ready ? 'Bongsu is Ready.\n' : 'Bongsu is starting.\n')
      },
    })
    app.route({
      method: ['POST', 'PUT'],
      url: '/-/reload',
      handler: async (_request, reply) => {
        if (!deps.reloadEnabled)
          return reply.code(403).type(text).send('reloading by HTTP is off: server.enable_lifecycle\n')
        const problem = await deps.reload()
        if (problem === undefined) return reply.code(200).send('')
        return reply.code(500).type(text).send(`failed to reload config: ${problem}\n`)
      },
    })
    app.route({
      method: ['POST', 'PUT'],
      url: '/-/quit',
      handler: (_request, reply) => reply.code(403).type(text).send('stopping by HTTP is not offered: send SIGTERM\n'),
    })
    app.get('/metrics', (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(deps.telemetry.expose()),
    )
    app.get('/version', (_request, reply) => reply.send({ application: 'bongsu', version: deps.version }))
  }
}
