/** Endpoints of the Prometheus API that this version does not have: each says so, and why, instead of looking like a wrong address. */
import type { FastifyInstance } from 'fastify'
import type { Log } from '../../core/log.ts'
import { sendError } from './envelope.ts'
import { prometheusDialect } from './routes.ts'

const ADMIN = 'admin APIs are not offered: samples are removed by store.retention only'
const NOT_IMPLEMENTED = 501

/** Paths below `/api/v1/` and what is said about them. */
export const ABSENT: readonly (readonly [method: 'GET' | 'POST' | 'PUT', path: string, why: string])[] = [
  ['GET', 'openapi.yaml', 'there is no OpenAPI description yet'],
  ...['delete_series', 'clean_tombstones', 'snapshot'].flatMap((name) => [
    ['POST', `admin/tsdb/${name}`, ADMIN] as const,
    ['PUT', `admin/tsdb/${name}`, ADMIN] as const,
  ]),
]

export function absentRoutes(deps: { readonly log: Log }): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    for (const [method, path, why] of ABSENT) {
      app.route({
        method,
        url: `/api/v1/${path}`,
        handler: (_request, reply) => sendError(reply, 'unavailable', why, NOT_IMPLEMENTED),
      })
    }
  }
}
