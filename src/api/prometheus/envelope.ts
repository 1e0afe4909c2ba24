/** The envelope of the Prometheus API: `{status, data}` or `{status, errorType, error}`, and how errors map to it. */
import type { FastifyReply } from 'fastify'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

export type ErrorType = 'bad_data' | 'execution' | 'canceled' | 'timeout' | 'internal' | 'unavailable' | 'not_found'

const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  unavailable: 503,
  not_found: 404,
}

/** Sends `data`, which is JSON text already, in the envelope. */
export function sendData(reply: FastifyReply, data: string, warnings: readonly string[] = []): FastifyReply {
  const extra = warnings.length > 0 ? `,"warnings":${JSON.stringify(warnings)}` : ''
  return reply.type('application/json').send(`{"status":"success","data":${data}${extra}}`)
}

export function sendError(reply: FastifyReply, errorType: ErrorType, error: string): FastifyReply {
  return reply
    .code(STATUS[errorType])
    .type('application/json')
    .send(JSON.stringify({ status: 'error', errorType, error }))
}

/** What the Prometheus API calls an error. */
export function errorTypeOf(error: unknown): ErrorType {
  if (error instanceof Error && error.name === 'AbortError') return 'canceled'
  if (!(error instanceof BongsuError)) return 'internal'
  if (error.code === 'store.query_timeout' || error.code === 'query.timeout') return 'timeout'
  if (error.code.startsWith('query.')) return 'execution'
  if (error.status === 404) return 'not_found'
  if (error.blame === 'caller') return 'bad_data'
  return error.retry ? 'unavailable' : 'execution'
}

/** Answers a failure; a bug is logged with its stack under an id, and only the id goes out. */
export function sendFailure(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const fastifyStatus = (error as { statusCode?: number }).statusCode
  if (error instanceof BongsuError) return sendError(reply, errorTypeOf(error), error.message)
  if (fastifyStatus !== undefined && fastifyStatus < 500) {
    return reply
      .code(fastifyStatus)
      .type('application/json')
      .send(JSON.stringify({ status: 'error', errorType: 'bad_data', error: messageOf(error) }))
  }
  if (errorTypeOf(error) === 'canceled') return sendError(reply, 'canceled', 'query was canceled')
  log.error('a request failed on a bug', {
    request: reply.request.id,
    stack: (error as Error).stack ?? messageOf(error),
  })
  return sendError(reply, 'internal', `internal error; its id in the log is ${reply.request.id}`)
}
