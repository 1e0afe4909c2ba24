/** Lets at most `limit` holders through at once; the others wait in line. */
export class Gate {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #held = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Runs `work` once there is room. A waiter that is aborted leaves the line with `signal.reason`. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      this.leave()
    }
  }

  /** Whether there was room; if so, `leave` must follow. */
  tryEnter(): boolean {
    if (this.#held >= this.#limit) return false
    this.#held++
    return true
  }

  get waiting(): number {
    return this.#waiting.length
  }

  #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.tryEnter()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(admit)
    })
  }

  /** Ends what a `tryEnter` began. The place passes on directly, so a newcomer can't overtake the line. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#held--
    else next()
  }
}
