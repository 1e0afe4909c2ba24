import type { Clock } from '../core/clock.ts'
import type { DurationMs } from '../core/time.ts'
import { queryTimeout } from './errors.ts'

/**
 * The signal of one query: it aborts with the caller's reason, with the engine's end, or after the time limit with
 * `store.query_timeout`. `end` lets go of all of them. (AbortSignal.any keeps its sources' listeners for too long in Node 20.)
 */
export class QueryScope {
  readonly #controller = new AbortController()
  readonly #over = new AbortController()

  constructor(sources: readonly AbortSignal[], timeout: DurationMs | undefined, clock: Clock) {
    for (const source of sources) {
      const abort = (): void => this.#controller.abort(source.reason)
      if (source.aborted) abort()
      else source.addEventListener('abort', abort, { once: true, signal: this.#over.signal })
    }
    if (timeout === undefined) return
    const expire = (): void => this.#controller.abort(queryTimeout({ seconds: timeout / 1000 }))
    clock.sleep(timeout, this.#over.signal).then(expire, () => undefined) // rejects when the scope ends first
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(): void {
    this.#over.abort()
  }

  /** `work`'s result, or the abort's reason at once: what `work` still does then goes on unseen. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this
    signal.throwIfAborted()
    let onAbort: () => void = () => undefined
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
    })
    try {
      return await Promise.race([work, aborted])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
