import type { Clock } from '../../core/clock.ts'
import { durationMs, unixMs } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'

/** Timers are a little late; a scrape within this of its time (and within 1 % of the interval) is stamped with its time. */
const TOLERANCE_MS = 2

/**
 * The times of one target's scrapes: `phase` within each interval of the wall clock, then evenly by the steady clock. A tick that
 * is missed because the scrape before it took too long comes at once, and further missed ones are left out.
 */
export class Ticker {
  readonly #interval: DurationMs
  readonly #phase: DurationMs
  readonly #clock: Clock
  /** By the steady clock: when the next tick is due. */
  #due: number | undefined
  /** By the wall clock: the last time that all is aligned to. */
  #aligned = 0

  constructor(interval: DurationMs, phase: DurationMs, clock: Clock) {
    this.#interval = interval
    this.#phase = phase
    this.#clock = clock
  }

  /** Waits for the next tick, and returns the time to stamp its samples with. Rejects with `signal.reason` when aborted. */
  async next(signal: AbortSignal): Promise<UnixMs> {
    if (this.#due === undefined) return this.#first(signal)
    const interval = this.#interval
    await this.#clock.sleep(durationMs(Math.max(0, this.#due - this.#clock.monotonic())), signal)
    const late = Math.max(0, this.#clock.monotonic() - this.#due)
    this.#due += interval * (1 + Math.floor(late / interval))
    return this.#stamp()
  }

  async #first(signal: AbortSignal): Promise<UnixMs> {
    const interval = this.#interval
    // Never at once: the loop that this one replaces may have scraped in this very moment.
    const wait = interval - ((this.#clock.now() - this.#phase + interval) % interval)
    const due = this.#clock.monotonic() + wait
    await this.#clock.sleep(durationMs(wait), signal)
    this.#aligned = this.#clock.now()
    this.#due = due + interval
    return unixMs(this.#aligned)
  }

  #stamp(): UnixMs {
    const now = this.#clock.now()
    const interval = this.#interval
    const tolerance = Math.min(interval / 100, TOLERANCE_MS)
    const behind = now - this.#aligned
    const steps = Math.floor((behind + tolerance) / interval)
    if (steps < 0 || behind < -tolerance) {
      this.#aligned = now // the wall clock was set back
      return now
    }
    this.#aligned += steps * interval
    return Math.abs(now - this.#aligned) <= tolerance ? unixMs(this.#aligned) : now
  }
}
