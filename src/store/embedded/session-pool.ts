import type { Session } from 'chdb'

/** Sessions for one kind of work: a session runs one query at a time, so it is lent to one at a time. */
export class SessionPool {
  readonly #idle: Session[]
  readonly #waiting: ((session: Session) => void)[] = []

  constructor(sessions: readonly Session[]) {
    this.#idle = [...sessions]
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The next free session, in order of asking; a waiter that is aborted leaves the line with `signal.reason`. */
  take(signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted()
    const free = this.#idle.pop()
    if (free !== undefined) return Promise.resolve(free)
    return new Promise((resolve, reject) => {
      const admit = (session: Session): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(session)
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(admit)
    })
  }

  give(session: Session): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(session)
    else next(session)
  }
}
