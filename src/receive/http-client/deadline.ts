import type { Clock } from '../../core/clock.ts'
import type { DurationMs } from '../../core/time.ts'

/**
 * Runs `work` with a signal that aborts with `late()` after `timeout`, and with `signal`'s reason when that aborts. Leaves
 * nothing behind on `signal`, which may live as long as the process (AbortSignal.any does, on Node 20).
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: {
    readonly timeout: DurationMs
    readonly late: () => Error
    readonly clock: Clock
    readonly signal: AbortSignal
  },
): Promise<T> {
  const { timeout, late, clock, signal } = options
  signal.throwIfAborted()
  const running = new AbortController()
  const done = new AbortController()
  const onAbort = (): void => running.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const deadline = clock.sleep(timeout, done.signal).then(
    () => running.abort(late()),
    () => undefined, // done before
  )
  try {
    return await work(running.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
    done.abort()
    await deadline
  }
}
