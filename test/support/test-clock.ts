import type { Clock } from '../../src/core/clock.ts'
import { unixMs } from '../../src/core/time.ts'
import type { DurationMs, UnixMs } from '../../src/core/time.ts'

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

/** A clock that stands still until `advance`. Sleepers that fall due run in order of their time. */
export class TestClock implements Clock {
  #now: number
  #sleepers: Sleeper[] = []

  constructor(start = 1_700_000_000_000) {
    this.#now = start
  }

  now(): UnixMs {
    return unixMs(this.#now)
  }

  monotonic(): number {
    return this.#now
  }

  get sleepers(): number {
    return this.#sleepers.length
  }

  /** Milliseconds until the next sleeper falls due; undefined when nobody sleeps. */
  get untilNext(): number | undefined {
    if (this.#sleepers.length === 0) return undefined
    return Math.max(0, Math.min(...this.#sleepers.map(({ due }) => due)) - this.#now)
  }

  sleep(duration: DurationMs, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const sleeper: Sleeper = { due: this.#now + duration, wake: resolve }
      this.#sleepers.push(sleeper)
      signal.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
          reject(signal.reason as Error)
        },
        { once: true },
      )
    })
  }

  after(duration: DurationMs, run: () => void): () => void {
    const sleeper: Sleeper = { due: this.#now + duration, wake: run }
    this.#sleepers.push(sleeper)
    return () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
    }
  }

  /** Moves time on by `ms`, waking each sleeper at its own time and letting what it started settle. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#sleepers.filter(({ due }) => due <= target).sort((a, b) => a.due - b.due)[0]
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.due)
      this.#sleepers = this.#sleepers.filter((other) => other !== next)
      next.wake()
    }
    this.#now = target
    await settle()
  }
}

/** Lets every promise that can go on without time or sockets go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}
