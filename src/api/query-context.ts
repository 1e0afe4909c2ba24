import type { FastifyRequest } from 'fastify'
import { defineError } from '../core/errors.ts'
import { durationMs } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import { tenantOf } from '../receive/http.ts'
import type { QueryContext, QueryLimits } from '../signals/ingest.ts'

export const queryTimedOut = defineError<{ ms: number }>({
  code: 'store.query_timeout',
  status: 503,
  blame: 'caller',
  retry: true,
  message: ({ ms }) => `query timed out after ${ms} ms`,
  advice: 'Narrow the selector or the range, or raise query.timeout.',
})

/** Makes the context of a request's query: its tenant, the limits, a signal for the client's going away and for the timeout. */
export function queryContexts(
  limits: QueryLimits,
  timeout: DurationMs,
): (request: FastifyRequest, asked?: DurationMs) => QueryContext {
  return (request, asked) => {
    const ms = durationMs(Math.min(asked ?? timeout, timeout))
    return { tenant: tenantOf(request), limits, signal: endOf(request, ms) }
  }
}

function endOf(request: FastifyRequest, ms: DurationMs): AbortSignal {
  const end = new AbortController()
  const late = AbortSignal.timeout(ms)
  const onLate = (): void => end.abort(queryTimedOut({ ms }))
  const onGone = (): void => {
    const gone = new Error('the client went away')
    gone.name = 'AbortError'
    end.abort(gone)
  }
  late.addEventListener('abort', onLate, { once: true })
  const { socket } = request.raw
  socket.once('close', onGone)
  // A connection serves many requests: what belongs to this one goes with its answer.
  request.raw.once('close', () => {
    late.removeEventListener('abort', onLate)
    socket.off('close', onGone)
  })
  return end.signal
}
