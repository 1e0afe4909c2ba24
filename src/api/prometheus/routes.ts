/** The Prometheus HTTP API under /api/v1: one line a route. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formBodies } from '../request.ts'
import type { PrometheusDeps } from './deps.ts'
import { sendFailure } from './envelope.ts'
import * as listings from './listings.ts'
import { formatQuery, parseQuery, query, queryRange } from './query.ts'
import { searchLabelNames, searchLabelValues, searchMetricNames } from './search.ts'

type Handler<D> = (request: FastifyRequest, reply: FastifyReply, deps: D) => Promise<FastifyReply> | FastifyReply

/** Registers the routes that need the querier only. */
export function queryRoutes(deps: PrometheusDeps): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    const on = (method: 'GET' | 'POST', path: string, handler: Handler<PrometheusDeps>): void => {
      app.route({ method, url: path, handler: async (request, reply) => handler(request, reply, deps) })
    }
    const both = (path: string, handler: Handler<PrometheusDeps>): void => {
      on('GET', path, handler)
      on('POST', path, handler)
    }
    both('/api/v1/query', query)
    both('/api/v1/query_range', queryRange)
    both('/api/v1/format_query', formatQuery)
    both('/api/v1/parse_query', parseQuery)
    both('/api/v1/query_exemplars', listings.exemplars)
    both('/api/v1/labels', listings.labelNames)
    on('GET', '/api/v1/label/:name/values', listings.labelValues)
    both('/api/v1/series', listings.series)
    on('GET', '/api/v1/metadata', listings.metadata)
    both('/api/v1/search/metric_names', searchMetricNames)
    both('/api/v1/search/label_names', searchLabelNames)
    both('/api/v1/search/label_values', searchLabelValues)
  }
}

/** Form bodies in, the Prometheus envelope out, for errors too. */
export function prometheusDialect(app: FastifyInstance, deps: Pick<PrometheusDeps, 'log'>): void {
  formBodies(app)
  app.setErrorHandler((error, _request, reply) => sendFailure(reply, error, deps.log))
}
