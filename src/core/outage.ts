/** Failures that come in crowds while something is broken: told when they begin and when they are over, not one by one. */
import type { Clock } from './clock.ts'
import { BongsuError, messageOf } from './errors.ts'
import type { Log } from './log.ts'
import { unixMs } from './time.ts'

export interface OutageTexts {
  readonly began: string
  readonly lasts: string
  readonly over: string
}

/** A success ends an outage when nothing has failed for this long: on a full disk, small writes go through now and then. */
const QUIET_MS = 5_000
const REMIND_EVERY_MS = 300_000

/**
 * Warns at the first failure, at the first of each other error code, and every five minutes while it lasts; says once that it is
 * over. An error that is no catalogue entry, or can not be tried again, is an `error` line instead.
 */
export class Outage {
  readonly #texts: OutageTexts
  readonly #deps: { readonly clock: Clock; readonly log: Log }
  readonly #told = new Set<string>()
  #failures = 0
  #beganAt = 0
  #failedAt = 0
  #toldAt = 0

  constructor(texts: OutageTexts, deps: { readonly clock: Clock; readonly log: Log }) {
    this.#texts = texts
    this.#deps = deps
  }

  failed(error: unknown, fields: Readonly<Record<string, string | number>> = {}): void {
    const now = this.#deps.clock.monotonic()
    const isFirst = this.#failures++ === 0
    if (isFirst) this.#beganAt = now
    this.#failedAt = now
    const isKnown = error instanceof BongsuError
    const code = isKnown ? error.code : 'bug'
    if (this.#told.has(code) && now - this.#toldAt < REMIND_EVERY_MS) return
    this.#told.add(code)
    this.#toldAt = now
    const lasting = isFirst ? {} : { failures: this.#failures, since: this.#since(now) }
    const line = { ...fields, error: messageOf(error), ...lasting }
    this.#deps.log[isKnown && error.retry ? 'warn' : 'error'](isFirst ? this.#texts.began : this.#texts.lasts, line)
  }

  succeeded(): void {
    if (this.#failures === 0) return
    const now = this.#deps.clock.monotonic()
    if (now - this.#failedAt < QUIET_MS) return
    this.#deps.log.info(this.#texts.over, { failures: this.#failures, since: this.#since(now) })
    this.#failures = 0
    this.#told.clear()
  }

  #since(now: number): string {
    return new Date(unixMs(this.#deps.clock.now() - (now - this.#beganAt))).toISOString()
  }
}
