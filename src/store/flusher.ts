/** Takes sealed segments to the database, in order, and deletes each once its rows are there. */
import type { Clock } from '../core/clock.ts'
import { deferred } from '../core/deferred.ts'
import type { Deferred } from '../core/deferred.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { Outage } from '../core/outage.ts'
import { durationMs } from '../core/time.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000

export interface Flushable {
  readonly name: string
  readonly bytes: number
}

export interface FlusherDeps<S extends Flushable> {
  readonly clock: Clock
  readonly log: Log
  /** Resolves when the database has all of it. Called again after a failure: then it is a retry. */
  readonly write: (segment: S, signal: AbortSignal, isRetry: boolean) => Promise<void>
  /** Lets go of a written segment: its file, its memory. */
  readonly release: (segment: S) => Promise<void>
}

export class Flusher<S extends Flushable> {
  readonly #deps: FlusherDeps<S>
  readonly #queue: S[] = []
  #waiting: { readonly last: S; readonly done: Deferred<void> }[] = []
  #running: Promise<void> | undefined
  readonly #life = new AbortController()
  #bytes = 0
  #isFailing = false
  readonly #outage: Outage

  constructor(deps: FlusherDeps<S>) {
    this.#deps = deps
    this.#outage = new Outage(
      {
        began: 'the store did not take a log segment; it will be tried again',
        lasts: 'the store still takes no log segment',
        over: 'the store takes log segments again',
      },
      deps,
    )
  }

  /** Bytes of the segments that the database does not have yet. */
  get bytes(): number {
    return this.#bytes
  }

  get pending(): readonly S[] {
    return this.#queue
  }

  add(segment: S): void {
    this.#queue.push(segment)
    this.#bytes += segment.bytes
    this.#running ??= this.#run()
  }

  /** Resolves when all segments added so far are written; rejects with the error when the database refuses one. */
  flushed(): Promise<void> {
    const last = this.#queue.at(-1)
    if (last === undefined) return Promise.resolve()
    const done = deferred()
    this.#waiting.push({ last, done })
    return done.promise
  }

  /** Lets what is queued be written until `deadline`; what is left stays in its files. */
  async stop(deadline: AbortSignal): Promise<void> {
    if (this.#life.signal.aborted) return
    const abort = (): void => this.#life.abort(deadline.reason)
    if (deadline.aborted) abort()
    else deadline.addEventListener('abort', abort, { once: true })
    // One refusal ends it: at a stop nobody waits for a database that is away.
    if (this.#isFailing) abort()
    else await this.flushed().catch(abort)
    this.#life.abort()
    await this.#running
    deadline.removeEventListener('abort', abort)
  }

  // Never rejects: failures are logged and tried again.
  async #run(): Promise<void> {
    await Promise.resolve()
    let retryMs = FIRST_RETRY_MS
    let failed: S | undefined
    for (let segment = this.#queue[0]; segment !== undefined; segment = this.#queue[0]) {
      if (this.#life.signal.aborted) break
      try {
        await this.#deps.write(segment, this.#life.signal, segment === failed)
        retryMs = FIRST_RETRY_MS
        this.#isFailing = false
        this.#outage.succeeded()
      } catch (error) {
        failed = segment
        await this.#refused(segment, error, retryMs)
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
        continue
      }
      this.#queue.shift()
      this.#bytes -= segment.bytes
      await this.#release(segment)
      this.#settle(segment)
    }
    this.#running = undefined
  }

  async #release(segment: S): Promise<void> {
    try {
      await this.#deps.release(segment)
    } catch (error) {
      // The file is replayed at the next start, and the tokens keep its rows from being stored twice.
      this.#deps.log.warn('could not delete a written log segment', { segment: segment.name, error: messageOf(error) })
    }
  }

  #settle(segment: S): void {
    for (const { last, done } of this.#waiting) if (last === segment) done.resolve()
    this.#waiting = this.#waiting.filter(({ last }) => last !== segment)
  }

  async #refused(segment: S, error: unknown, retryMs: number): Promise<void> {
    this.#isFailing = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const { done } of waiting) done.reject(error)
    if (this.#life.signal.aborted) return
    this.#outage.failed(error, { segment: segment.name })
    await this.#deps.clock.sleep(durationMs(retryMs), this.#life.signal).catch(() => undefined) // aborted: the loop ends
  }
}
