import type { FastifyReply } from 'fastify'
import { defineError } from '../core/errors.ts'
import { durationMs } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import { tenantOf } from '../receive/http.ts'
import type { QueryContext, QueryLimits } from '../signals/ingest.ts'

export const queryTimedOut = defineError<{ ms: number }>({
  code: 'query.timeout',
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
): (reply: FastifyReply, asked?: DurationMs) => QueryContext {
  return (reply, asked) => {
    const ms = durationMs(Math.min(asked ?? timeout, timeout))
    return { tenant: tenantOf(reply.request), limits, signal: endOf(reply, ms) }
  }
}

function endOf(reply: FastifyReply, ms: DurationMs): AbortSignal {
  const end = new AbortController()
  const late = AbortSignal.timeout(ms)
  const onLate = (): void => end.abort(queryTimedOut({ ms }))
  late.addEventListener('abort', onLate, { once: true })
  reply.raw.once('close', () => {
    late.removeEventListener('abort', onLate)
    if (reply.raw.writableFinished) return
    const gone = new Error('the client went away')
    gone.name = 'AbortError'
    end.abort(gone)
  })
  return end.signal
}
