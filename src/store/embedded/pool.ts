/** Things of one kind that are lent to one borrower at a time: a session runs one query at a time. */
export class Pool<T> {
  readonly #idle: T[]
  readonly #waiting: ((item: T) => void)[] = []

  constructor(items: readonly T[]) {
    this.#idle = [...items]
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The next free one, in order of asking; a waiter that is aborted leaves the line with `signal.reason`. */
  take(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const free = this.#idle.pop()
    if (free !== undefined) return Promise.resolve(free)
    return new Promise((resolve, reject) => {
      const admit = (item: T): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(item)
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(admit)
    })
  }

  give(item: T): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(item)
    else next(item)
  }
}
