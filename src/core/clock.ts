import type { DurationMs, UnixMs } from './time.ts'

/** The only source of time and timers. Tests inject `TestClock` (test/support/test-clock.ts) and advance it. */
export interface Clock {
  now(): UnixMs
  /** Milliseconds of a clock that never jumps; for measuring durations. */
  monotonic(): number
  /** Resolves after `duration`; rejects with `signal.reason` when aborted. */
  sleep(duration: DurationMs, signal: AbortSignal): Promise<void>
  /** Calls `run` after `duration`, unless the function that is returned is called before. Cheaper than `sleep`. */
  after(duration: DurationMs, run: () => void): () => void
}

/** What a timer of the system can wait at most; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now() as UnixMs,
  monotonic: () => performance.now(),
  sleep: (duration, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const onAbort = (): void => {
        cancel()
        reject(signal.reason as Error)
      }
      const cancel = after(duration, () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
      signal.addEventListener('abort', onAbort, { once: true })
    }),
  after,
}

function after(duration: DurationMs, run: () => void): () => void {
  const arm = (rest: number): NodeJS.Timeout =>
    rest <= LONGEST_TIMER
      ? setTimeout(run, rest)
      : setTimeout(() => {
          timer = arm(rest - LONGEST_TIMER)
        }, LONGEST_TIMER)
  let timer = arm(duration)
  return () => {
    clearTimeout(timer)
  }
}

/** Calls `tick` every `interval` until the signal aborts; a tick is awaited before the next wait begins. Resolves on abort. */
export async function every(
  clock: Clock,
  interval: DurationMs,
  signal: AbortSignal,
  tick: () => Promise<void> | void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(interval, signal)
    } catch {
      return // only an abort ends the wait
    }
    await tick()
  }
}
