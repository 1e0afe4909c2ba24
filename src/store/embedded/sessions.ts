import type { Session } from 'chdb'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { durationMs } from '../../core/time.ts'
import type { DataFolder } from '../data-folder.ts'
import { storeOpenFailed, storeUnavailable } from '../errors.ts'
import { DecodeMemory } from '../native-decode.ts'
import { quote } from '../sql/values.ts'
import { explainOpenFailure } from './open-failure.ts'
import { Pool } from './pool.ts'
import { makePipes } from './result-pipe.ts'
import type { Pipes } from './result-pipe.ts'

/** A session for queries, and the pipe through which its results come. */
export interface Reader {
  readonly session: Session
  readonly pipe: string
  readonly memory: DecodeMemory
}

/** What every statement of ours begins with, so that it can be found and ended. */
const TAG = '/* bq:'
/** How often `close` looks whether its deadline is over, and ends what runs once it is. */
const LOOK_EVERY = durationMs(200)
/** How long after its deadline `close` gives up. */
const GIVE_UP_MS = 10_000

/**
 * The sessions of one data folder. chDB must never be left while it works: the process would crash at its exit. So all that it
 * works on is noted in here, from before it begins until chDB is done with it, and `close` waits for that.
 */
export class Sessions {
  readonly readers: Pool<Reader>
  readonly writers: Pool<Session>
  /** Always free: it only ends other sessions' queries. */
  readonly #control: Session
  readonly #all: readonly Session[]
  readonly #pipes: Pipes
  readonly #drainPending: () => Promise<void>
  readonly #deps: { readonly clock: Clock; readonly log: Log }
  readonly #work = new Set<Promise<unknown>>()
  #tags = 0

  private constructor(
    readers: readonly Reader[],
    writers: readonly Session[],
    control: Session,
    rest: { readonly pipes: Pipes; readonly drainPending: () => Promise<void> },
    deps: { readonly clock: Clock; readonly log: Log },
  ) {
    this.readers = new Pool(readers)
    this.writers = new Pool(writers)
    this.#control = control
    this.#all = [control, ...writers, ...readers.map(({ session }) => session)]
    this.#pipes = rest.pipes
    this.#drainPending = rest.drainPending
    this.#deps = deps
  }

  /** Opens chDB on the folder, and its database. Rejects with `store.open_failed` that tells ClickHouse's own reason. */
  static async open(
    folder: DataFolder,
    args: string[],
    counts: { readonly readers: number; readonly writers: number },
    deps: { readonly clock: Clock; readonly log: Log },
  ): Promise<Sessions> {
    const chdb = await import('chdb')
    const failed = (detail: string, cause: unknown): Error => storeOpenFailed({ path: folder.path, detail }, { cause })
    const pipes = await makePipes(folder.inbox, counts.readers).catch((error: unknown) => {
      throw failed(`no named pipes: ${messageOf(error)}`, error)
    })
    const opened: Session[] = []
    const open = (): Session => {
      const session = new chdb.Session(folder.engine, { connectionArgs: args })
      opened.push(session)
      return session
    }
    try {
      const control = open()
      const readers = pipes.paths.map((pipe): Reader => ({ session: open(), pipe, memory: new DecodeMemory() }))
      const writers = Array.from({ length: counts.writers }, open)
      await control.queryAsync('CREATE DATABASE IF NOT EXISTS bongsu')
      for (const session of opened) await session.queryAsync('USE bongsu')
      return new Sessions(readers, writers, control, { pipes, drainPending: chdb.drainPending }, deps)
    } catch (error) {
      for (const session of opened) session.close()
      await chdb.drainPending()
      await pipes.remove()
      const told = opened.length > 0 ? messageOf(error) : await explainOpenFailure(folder.engine, args)
      throw failed(told, error)
    }
  }

  /** A comment to begin a statement with, unlike any other's. */
  tag(): string {
    return `${TAG}${++this.#tags} */`
  }

  /** Notes work that chDB does, or will do, until it is done. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work)
    const forget = (): void => void this.#work.delete(work)
    work.then(forget, forget)
    return work
  }

  /** Runs a statement whose result nobody needs. Once begun it is not given up: its outcome would be unknown. */
  async run(session: Session, statement: string): Promise<void> {
    try {
      await session.queryAsync(`${this.tag()} ${statement}`)
    } catch (error) {
      await letGo(session)
      throw error
    }
  }

  /** The one number that a query of ClickHouse's own state results in. */
  async number(query: string): Promise<number> {
    return Number((await this.track(this.#control.queryAsync(query, { format: 'TSV' }))).text())
  }

  /**
   * Ends the statements that begin with `tag`. ASYNC, for SYNC would wait for a session that nobody pulls. It runs on this
   * thread (about 2 ms): the pool's threads may all be taken by the very queries that are to end.
   */
  kill(tag: string): void {
    try {
      this.#control.query(`KILL QUERY WHERE query LIKE ${quote(`${tag}%`)} ASYNC`)
    } catch (error) {
      this.#deps.log.warn('could not end a query', { error: messageOf(error) })
    }
  }

  /**
   * Waits until chDB works on nothing, ends it from `deadline` on, and closes. Rejects with `store.unavailable` when something
   * does not let itself be ended; everything is left as it is then.
   */
  async close(deadline: AbortSignal): Promise<void> {
    let late = 0
    while (this.#work.size > 0) {
      await this.#quiet()
      if (!deadline.aborted || this.#work.size === 0) continue
      if (late > GIVE_UP_MS) throw storeUnavailable({ detail: 'it does not end what it works on' })
      late += LOOK_EVERY
      this.kill(TAG)
    }
    for (const session of this.#all) session.close()
    await this.#drainPending()
    await this.#pipes.remove()
  }

  /** Resolves when chDB works on nothing, or after a while. */
  async #quiet(): Promise<void> {
    const early = new AbortController()
    const later = this.#deps.clock.sleep(LOOK_EVERY, early.signal).catch(() => undefined) // aborted: it is quiet
    await Promise.race([Promise.allSettled(this.#work), later])
    early.abort()
  }
}

/** A session holds a query that failed, memory and all, until its next one. */
export async function letGo(session: Session): Promise<void> {
  await session.queryAsync('SELECT 1').catch(() => undefined) // the failure before it is the one to tell
}
