/** The envelope of the Prometheus API: `{status, data}` or `{status, errorType, error}`, and how errors map to it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/** What is told beside the data. */
export interface Notes {
  readonly warnings: string[]
  readonly infos: string[]
}

/** Of each kind an answer tells this many, and how many more there are. */
const MAX_NOTES = 10

/** Sends `data`, which is JSON text already, in the envelope. */
export function sendData(reply: FastifyReply, data: string, notes: Partial<Readonly<Notes>> = {}): FastifyReply {
  return reply.type('application/json').send(`{"status":"success","data":${data}${notesJson(notes)}}`)
}

/** The members `warnings` and `infos`, each with a comma in front; nothing when there are none. */
export function notesJson({ warnings = [], infos = [] }: Partial<Readonly<Notes>>): string {
  return noteJson('warning', warnings) + noteJson('info', infos)
}

function noteJson(kind: 'warning' | 'info', texts: readonly string[]): string {
  if (texts.length === 0) return ''
  const told = texts.slice(0, MAX_NOTES)
  if (texts.length > MAX_NOTES) told.push(`${texts.length - MAX_NOTES} more ${kind} annotations omitted`)
  return `,"${kind}s":${JSON.stringify(told)}`
}

/** `status`: where it says more than the usual one of the error type. */
export function sendError(
  reply: FastifyReply,
  errorType: ErrorType,
  error: string,
  status = STATUS[errorType],
): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ status: 'error', errorType, error }))
}

/** Answers unknown paths of the API in its own form; undefined for all others. */
export function unknownPrometheusPath(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const [path = ''] = request.url.split('?', 1)
  if (!path.includes('/api/v1/')) return undefined
  return sendError(reply, 'not_found', `no such endpoint: ${request.method} ${path}`)
}

/** Errors that Prometheus knows too, by code: their type there, and its words. */
const KNOWN: Readonly<Record<string, readonly [type: ErrorType, words?: string]>> = {
  'query.timeout': ['timeout', 'query timed out in expression evaluation'],
  'store.query_timeout': ['timeout', 'query timed out in expression evaluation'],
  'query.too_many_samples': [
    'execution',
    'query processing would load too many samples into memory in query execution',
  ],
  'query.too_many_series': ['execution'],
  'query.too_much_memory': ['execution'],
  'promql.execution': ['execution'],
  'store.memory_limit': ['execution'],
}

/** What the Prometheus API calls an error. */
export function errorTypeOf(error: unknown): ErrorType {
  if (error instanceof Error && error.name === 'AbortError') return 'canceled'
  if (!(error instanceof BongsuError)) return 'internal'
  const known = KNOWN[error.code]
  if (known !== undefined) return known[0]
  if (error.status === 404) return 'not_found'
  if (error.status < 500) return 'bad_data'
  return error.status === 500 ? 'internal' : 'unavailable'
}

/** Answers a failure; a bug is logged with its stack under an id, and only the id goes out. */
export function sendFailure(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  if (error instanceof BongsuError) {
    return sendError(reply, errorTypeOf(error), KNOWN[error.code]?.[1] ?? error.message)
  }
  const fastifyStatus = (error as { statusCode?: number }).statusCode
  if (fastifyStatus !== undefined && fastifyStatus < 500) {
    return sendError(reply, 'bad_data', messageOf(error), fastifyStatus)
  }
  if (errorTypeOf(error) === 'canceled') {
    return sendError(reply, 'canceled', 'query was canceled in expression evaluation')
  }
  log.error('a request failed on a bug', {
    request: reply.request.id,
    stack: (error as Error).stack ?? messageOf(error),
  })
  return sendError(reply, 'internal', `internal error; its id in the log is ${reply.request.id}`)
}
