/** The push API of the Prometheus Pushgateway: https://github.com/prometheus/pushgateway#api. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { decompress, rawBodies, tenantOf } from '../http.ts'
import type { HttpRoutes } from '../http.ts'
import type { Pushgateway } from './gateway.ts'
import { groupingOf } from './grouping.ts'
import { describeGroup } from './listing.ts'

export interface PushgatewayRoutesOptions {
  readonly max_body_size: number
}

export interface PushgatewayRoutesDeps {
  readonly gateway: Pushgateway
  readonly log: Log
}

const PATHS = ['/metrics/job/*', '/metrics/job@base64/*']

export function pushgatewayRoutes(
  options: PushgatewayRoutesOptions,
  { gateway, log }: PushgatewayRoutesDeps,
): HttpRoutes {
  return (app) => {
    void app.register((scope, _, done) => {
      rawBodies(scope)
      scope.setErrorHandler((error, _request, reply) => answerError(error, reply, log))
      for (const url of PATHS) addPath(scope, url, options.max_body_size, gateway)
      scope.get('/api/v1/metrics', (request, reply) => {
        const groups = gateway.groups(tenantOf(request)).map(describeGroup)
        return reply.send({ status: 'success', data: groups })
      })
      done()
    })
  }
}

function addPath(scope: FastifyInstance, url: string, maxBytes: number, gateway: Pushgateway): void {
  scope.route({
    url,
    method: ['PUT', 'POST'],
    bodyLimit: maxBytes,
    handler: async (request, reply) => {
      const { tenant, grouping } = targetOf(request)
      const raw = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
      const body = await decompress(raw, request.headers['content-encoding'], maxBytes)
      const contentType = request.headers['content-type']
      await gateway.push({ tenant, grouping, body, contentType, replace: request.method === 'PUT' })
      return reply.code(200).send()
    },
  })
  scope.delete(url, async (request, reply) => {
    const { tenant, grouping } = targetOf(request)
    await gateway.delete(tenant, grouping)
    return reply.code(202).send()
  })
}

function targetOf(request: FastifyRequest): Pick<Parameters<Pushgateway['push']>[0], 'tenant' | 'grouping'> {
  // Fastify's own parameter is decoded as a whole, so a slash within a value could not be told from one between values.
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? ''
  // What stands before our own path is the server's prefix.
  const prefix = Math.max(0, request.routeOptions.url?.lastIndexOf('/metrics/job') ?? 0)
  return { tenant: tenantOf(request), grouping: groupingOf(path.slice(prefix)) }
}

function answerError(error: unknown, reply: FastifyReply, log: Log): void {
  const status =
    (error as { status?: number; statusCode?: number }).status ?? (error as { statusCode?: number }).statusCode ?? 500
  const expected = error instanceof BongsuError || status < 500
  if (!expected) log.error('push failed', { error: (error as Error).stack ?? messageOf(error) })
  if (status === 429 || status === 503) reply.header('retry-after', '1')
  void reply
    .code(status)
    .type('text/plain; charset=utf-8')
    .send(`${expected ? messageOf(error) : 'internal error'}\n`)
}
