import type { FastifyReply } from 'fastify'
import type { Clock } from '../core/clock.ts'
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

export interface QueryContextOptions {
  readonly limits: QueryLimits
  /** The longest that a query may run, whatever the client asks for. */
  readonly timeout: DurationMs
}

/**
 * Makes the context of a request's query: its tenant, the limits, and a signal that aborts when the client goes away
 * (`AbortError`), or after the asked or the configured timeout (`query.timeout`). Throws `http.bad_tenant`.
 */
export function queryContexts(
  { limits, timeout }: QueryContextOptions,
  { clock }: { readonly clock: Clock },
): (reply: FastifyReply, asked?: DurationMs) => QueryContext {
  return (reply, asked) => {
    const ms = durationMs(Math.min(asked ?? timeout, timeout))
    return { tenant: tenantOf(reply.request), limits, signal: endOf(reply, ms, clock) }
  }
}

function endOf(reply: FastifyReply, ms: DurationMs, clock: Clock): AbortSignal {
  const end = new AbortController()
  if (ms <= 0) {
    end.abort(queryTimedOut({ ms }))
    return end.signal
  }
  const cancel = clock.after(durationMs(Math.ceil(ms)), () => end.abort(queryTimedOut({ ms })))
  reply.raw.once('close', () => {
    cancel()
    if (reply.raw.writableFinished) return
    const gone = new Error('the client went away')
    gone.name = 'AbortError'
    end.abort(gone)
  })
  return end.signal
}
