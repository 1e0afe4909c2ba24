/** The engine in this process: chDB, which is ClickHouse as a library. One data folder a process. */
import { open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from 'chdb'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs } from '../../core/time.ts'
import { openDataFolder } from '../data-folder.ts'
import type { DataFolder } from '../data-folder.ts'
import type { Block, Column, Engine, ReadOptions, Sql, WriteOptions } from '../engine.ts'
import { EngineMetrics } from '../engine-metrics.ts'
import { fromClickHouse, storeOpenFailed, storeStopped } from '../errors.ts'
import { decodeBlocks } from '../native-decode.ts'
import { encodeBlock } from '../native-encode.ts'
import { QueryScope } from '../query-scope.ts'
import { inline, quote } from '../sql/values.ts'
import { columnNames, tableName } from '../write-check.ts'
import { explainOpenFailure } from './open-failure.ts'
import { connectionArgs, serverConfig } from './server-config.ts'
import type { ServerLimits } from './server-config.ts'
import { SessionPool } from './session-pool.ts'

export interface EmbeddedOptions {
  /** The data folder; made when missing. */
  readonly path: string
  readonly limits: ServerLimits
  /** Queries at once. With the writers and one to spare it must stay below UV_THREADPOOL_SIZE, or they wait for each other. */
  readonly readers: number
  /** Inserts at once. */
  readonly writers: number
}

export interface EmbeddedDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

interface Opened {
  readonly folder: DataFolder
  readonly readers: SessionPool
  readonly writers: SessionPool
  /** Always free: it only ends other sessions' queries. */
  readonly control: Session
  readonly all: readonly Session[]
  readonly drain: () => Promise<void>
}

/** How often a stop looks whether its deadline is over. */
const KILL_EVERY = durationMs(200)

export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded'
  readonly name = 'store'
  readonly #options: EmbeddedOptions
  readonly #deps: EmbeddedDeps
  readonly #metrics: EngineMetrics
  /** Aborted with `store.stopped` when the engine stops. */
  #life = new AbortController()
  #opened: Opened | undefined
  #queries = 0
  /** What chDB still works on, settled or not for the caller. */
  readonly #native = new Set<Promise<unknown>>()

  constructor(options: EmbeddedOptions, deps: EmbeddedDeps) {
    this.#options = options
    this.#deps = deps
    this.#metrics = new EngineMetrics(deps.telemetry, deps.clock)
  }

  /** Rejects with `store.locked`, `store.too_new` or `store.open_failed`, whose text names ClickHouse's own reason. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { path, limits } = this.#options
    this.#life = new AbortController()
    const folder = await openDataFolder(path)
    try {
      const configFile = join(folder.path, 'engine.xml')
      await writeFile(configFile, serverConfig(limits))
      this.#opened = await this.#open(folder, connectionArgs(configFile, limits))
      await this.#opened.control.queryAsync('CREATE DATABASE IF NOT EXISTS bongsu')
      for (const session of this.#opened.all) await session.queryAsync('USE bongsu')
    } catch (error) {
      await this.#close()
      await folder.release()
      throw error
    }
  }

  async *read(query: Sql, options: ReadOptions): AsyncGenerator<Block, void, undefined> {
    const { readers } = this.#running()
    const scope = new QueryScope([options.signal, this.#life.signal], options.timeout, this.#deps.clock)
    const done = this.#metrics.query()
    try {
      const session = await readers.take(scope.signal)
      yield* this.#stream(session, textOf(query, options), scope)
      done('ok')
    } catch (error) {
      done('error')
      throw error
    } finally {
      scope.end()
      done('cancelled') // counts only when nothing was counted: the caller stopped pulling
    }
  }

  async write(table: string, columns: readonly Column[], options: WriteOptions): Promise<void> {
    const { writers, folder } = this.#running()
    if (options.rows === 0) return
    const done = this.#metrics.write()
    const scope = new QueryScope([options.signal, this.#life.signal], undefined, this.#deps.clock)
    let session: Session
    try {
      session = await writers.take(scope.signal)
    } finally {
      scope.end()
    }
    const file = join(folder.inbox, `${++this.#queries}.native`)
    try {
      await writeParts(file, encodeBlock(columns, options.rows))
      await this.#track(session.queryAsync(insertText(table, columns, file, options.dedupToken)))
      done('ok', options.rows)
    } catch (error) {
      done('error', 0)
      throw mapped(error)
    } finally {
      writers.give(session)
      await rm(file, { force: true })
    }
  }

  async define(statement: string): Promise<void> {
    const { writers } = this.#running()
    const session = await writers.take(this.#life.signal)
    try {
      await this.#track(session.queryAsync(statement))
    } catch (error) {
      throw mapped(error)
    } finally {
      writers.give(session)
    }
  }

  /**
   * Refuses new work, ends the running queries, lets inserts finish until `deadline` and ends them too then. An exit of the
   * process while chDB still runs something would crash it, so this waits until nothing runs.
   */
  async stop(deadline: AbortSignal): Promise<void> {
    if (this.#opened === undefined) return
    const { folder } = this.#opened
    this.#life.abort(storeStopped())
    while (this.#native.size > 0) {
      await this.#quiet(KILL_EVERY)
      if (deadline.aborted) this.#kill('/* bq:')
    }
    await this.#close()
    await folder.release()
  }

  /** Resolves when chDB works on nothing, at the latest after `most`. */
  async #quiet(most: DurationMs): Promise<void> {
    const early = new AbortController()
    const late = this.#deps.clock.sleep(most, early.signal).catch(() => undefined) // aborted: it is quiet
    await Promise.race([Promise.allSettled(this.#native), late])
    early.abort()
  }

  async #open(folder: DataFolder, args: string[]): Promise<Opened> {
    const { Session, drainPending } = await import('chdb')
    const all: Session[] = []
    const session = (): Session => {
      const one = new Session(folder.engine, { connectionArgs: args })
      all.push(one)
      return one
    }
    try {
      const { readers, writers } = this.#options
      const control = session()
      const pool = (size: number): SessionPool => new SessionPool(Array.from({ length: size }, session))
      return { folder, control, readers: pool(readers), writers: pool(writers), all, drain: drainPending }
    } catch (error) {
      for (const one of all) one.close()
      const detail = await explainOpenFailure(folder.engine, args)
      throw storeOpenFailed({ path: folder.path, detail }, { cause: error })
    }
  }

  async #close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened === undefined) return
    for (const session of opened.all) session.close()
    await opened.drain()
  }

  #running(): Opened {
    if (this.#opened === undefined || this.#life.signal.aborted) throw storeStopped()
    return this.#opened
  }

  async *#stream(session: Session, text: string, scope: QueryScope): AsyncGenerator<Block, void, undefined> {
    const tag = `/* bq:${++this.#queries} */`
    const kill = (): void => this.#kill(tag)
    let stream: ReturnType<Session['queryStream']> | undefined
    let fetching: Promise<unknown> = Promise.resolve()
    try {
      stream = session.queryStream(`${tag} ${text}`, { format: 'Native' })
      scope.signal.addEventListener('abort', kill, { once: true })
      const chunks = stream[Symbol.asyncIterator]()
      for (;;) {
        const next = this.#track(chunks.next())
        fetching = next
        const { done, value } = await scope.race(next)
        if (done === true) return
        for (const block of decodeBlocks(value.raw())) {
          yield block
          scope.signal.throwIfAborted()
        }
      }
    } catch (error) {
      throw scope.signal.aborted ? (scope.signal.reason as Error) : mapped(error)
    } finally {
      scope.signal.removeEventListener('abort', kill)
      this.#giveBack(session, stream, fetching)
    }
  }

  /** The session is free again once chDB has really left it, which is later than the caller does after a cancel. */
  #giveBack(
    session: Session,
    stream: ReturnType<Session['queryStream']> | undefined,
    fetching: Promise<unknown>,
  ): void {
    const free = (): void => {
      stream?.cancel()
      this.#opened?.readers.give(session)
    }
    void this.#track(fetching.then(free, free))
  }

  /**
   * Ends the queries whose text begins with `prefix`. ASYNC, for SYNC would wait for a session that nobody pulls. It runs on
   * this thread (about 2 ms): the pool's threads may all be taken by the very queries that are to end.
   */
  #kill(prefix: string): void {
    try {
      this.#opened?.control.query(`KILL QUERY WHERE query LIKE ${quote(`${prefix}%`)} ASYNC`)
    } catch (error) {
      this.#deps.log.warn('could not end a query', { error: messageOf(error) })
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#native.add(work)
    const forget = (): void => void this.#native.delete(work)
    work.then(forget, forget)
    return work
  }
}

function textOf(query: Sql, { maxMemoryBytes }: ReadOptions): string {
  const text = inline(query)
  return maxMemoryBytes === undefined ? text : `${text} SETTINGS max_memory_usage=${Math.round(maxMemoryBytes)}`
}

// The structure is given, not read from the file: reading it would be cached by path and second.
function insertText(table: string, columns: readonly Column[], file: string, token: string): string {
  const names = columnNames(columns)
  const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  return (
    `/* bq:w */ INSERT INTO ${tableName(table)} (${names}) SELECT ${names} FROM file(${quote(file)}, Native, ${quote(structure)}) ` +
    `SETTINGS insert_deduplicate=1, insert_deduplication_token=${quote(token)}`
  )
}

async function writeParts(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    // The kernel takes at most 1024 parts at once, and may take less than it was given: writeFile deals with both.
    await handle.writeFile(parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts))
  } finally {
    await handle.close()
  }
}

function mapped(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  const fromFile = error instanceof Error && 'errno' in error && 'syscall' in error
  const fromChdb = typeof code === 'string' && code.startsWith('CHDB_')
  return fromFile || fromChdb ? fromClickHouse(messageOf(error), { cause: error }) : error
}
