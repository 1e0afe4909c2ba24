/** The engine in this process: chDB, which is ClickHouse as a library. One data folder a process. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from 'chdb'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { openDataFolder } from '../data-folder.ts'
import type { DataFolder } from '../data-folder.ts'
import type { Block, Column, Engine, ReadOptions, Sql, WriteOptions } from '../engine.ts'
import { EngineMetrics } from '../engine-metrics.ts'
import { storeStopped } from '../errors.ts'
import { encodeBlock } from '../native-encode.ts'
import { QueryScope } from '../query-scope.ts'
import { inline, quote } from '../sql/values.ts'
import { columnNames, tableName } from '../write-check.ts'
import { chdbError } from './chdb-error.ts'
import { streamResult, wholeResult } from './result-stream.ts'
import { connectionArgs, serverConfig } from './server-config.ts'
import type { ServerLimits } from './server-config.ts'
import { Sessions } from './sessions.ts'

export interface EmbeddedOptions {
  /** The data folder; made when missing. */
  readonly path: string
  readonly limits: ServerLimits
  /** Queries at once. With the writers and some to spare they must stay below UV_THREADPOOL_SIZE, or they wait for each other. */
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
  readonly sessions: Sessions
}

export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded'
  readonly name = 'store'
  readonly #options: EmbeddedOptions
  readonly #deps: EmbeddedDeps
  readonly #metrics: EngineMetrics
  /** Aborted with `store.stopped` when the engine stops: ends reads, and what still waits for a session. */
  #life = new AbortController()
  #opened: Opened | undefined
  #files = 0

  constructor(options: EmbeddedOptions, deps: EmbeddedDeps) {
    this.#options = options
    this.#deps = deps
    this.#metrics = new EngineMetrics(deps.telemetry, deps.clock)
    this.#metrics.waiting(() => this.#opened?.sessions.readers.waiting ?? 0)
  }

  /** Rejects with `store.locked`, `store.too_new` or `store.open_failed`, whose text names ClickHouse's own reason. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { path, limits } = this.#options
    this.#life = new AbortController()
    const folder = await openDataFolder(path)
    try {
      const configFile = join(folder.path, 'engine.xml')
      await writeChanged(configFile, serverConfig(limits))
      const sessions = await Sessions.open(folder, connectionArgs(configFile, limits), this.#options, this.#deps)
      this.#opened = { folder, sessions }
      await this.#tellDetached(sessions)
    } catch (error) {
      await this.#opened?.sessions.close(AbortSignal.abort())
      this.#opened = undefined
      await folder.release()
      throw error
    }
  }

  async *read(query: Sql, options: ReadOptions): AsyncGenerator<Block, void, undefined> {
    const { sessions } = this.#running()
    const scope = new QueryScope([options.signal, this.#life.signal], options.timeout, this.#deps.clock)
    const done = this.#metrics.query()
    try {
      const { text, settings } = readText(query, options)
      const reader = await sessions.readers.take(scope.signal)
      const deps = { sessions, clock: this.#deps.clock }
      const into = (pipe: string): string => `${text} INTO OUTFILE ${quote(pipe)} APPEND FORMAT Native${settings}`
      if (options.isSmall === true) yield* wholeResult(reader, text + settings, scope, deps)
      else yield* streamResult(reader, into, scope, deps)
      done('ok')
    } catch (error) {
      done('error')
      throw error
    } finally {
      scope.end()
      done('cancelled') // counts only when nothing was counted: the caller stopped pulling
    }
  }

  /** An abort counts until the insert begins; from then on it is seen through. */
  async write(table: string, columns: readonly Column[], options: WriteOptions): Promise<void> {
    const { sessions, folder } = this.#running()
    const { rows, dedupToken, signal } = options
    const insert = insertText(table, columns, dedupToken)
    signal.throwIfAborted()
    if (rows === 0) return
    const done = this.#metrics.write()
    try {
      await this.#withWriter(signal, async (session) => {
        const file = join(folder.inbox, `${++this.#files}.native`)
        try {
          await writeFile(file, encodeBlock(columns, rows), { flag: 'wx', mode: 0o600 })
          await sessions.run(session, insert(file))
        } finally {
          await rm(file, { force: true })
        }
      })
      done('ok', rows)
    } catch (error) {
      done('error', 0)
      throw chdbError(error)
    }
  }

  async define(statement: string): Promise<void> {
    const { sessions } = this.#running()
    try {
      await this.#withWriter(this.#life.signal, (session) => sessions.run(session, statement))
    } catch (error) {
      throw chdbError(error)
    }
  }

  /**
   * Refuses new work, ends the running queries, lets inserts finish until `deadline` and ends them too then. Resolves when chDB
   * works on nothing any more, for an exit of the process before would crash it.
   */
  async stop(deadline: AbortSignal): Promise<void> {
    const opened = this.#opened
    if (opened === undefined) return
    this.#life.abort(storeStopped())
    await opened.sessions.close(deadline)
    this.#opened = undefined
    await opened.folder.release()
  }

  #running(): Opened {
    if (this.#opened === undefined || this.#life.signal.aborted) throw storeStopped()
    return this.#opened
  }

  /** Lends a writing session to `work`, which a stop waits for as a whole. */
  async #withWriter(signal: AbortSignal, work: (session: Session) => Promise<void>): Promise<void> {
    const { sessions } = this.#running()
    const scope = new QueryScope([signal, this.#life.signal], undefined, this.#deps.clock)
    try {
      const session = await sessions.writers.take(scope.signal)
      await sessions.track(work(session).finally(() => sessions.writers.give(session)))
    } finally {
      scope.end()
    }
  }

  /** Parts of inserts that a crash cut short are set aside at the start. They were never acknowledged, but it should be known. */
  async #tellDetached(sessions: Sessions): Promise<void> {
    const parts = await sessions.number('SELECT count() FROM system.detached_parts')
    this.#metrics.detached(parts)
    if (parts > 0) this.#deps.log.warn('the store set aside parts that it could not read', { parts })
  }
}

/** The statement in two parts. What is wrong with the query shows before a session is taken. */
function readText(query: Sql, { maxMemoryBytes }: ReadOptions): { readonly text: string; readonly settings: string } {
  const settings = maxMemoryBytes === undefined ? '' : ` SETTINGS max_memory_usage=${Math.round(maxMemoryBytes)}`
  return { text: inline(query), settings }
}

/**
 * The insert, for the file that will hold the block: chDB takes no binary data with a statement, it would look for statements in
 * them. The structure is given and not read from the file, for what is read is cached by path and second.
 */
function insertText(table: string, columns: readonly Column[], token: string): (file: string) => string {
  const into = tableName(table)
  const names = columnNames(columns)
  const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  return (file) =>
    `INSERT INTO ${into} (${names}) SELECT ${names} FROM file(${quote(file)}, Native, ${quote(structure)}) ` +
    `SETTINGS insert_deduplicate=1, insert_deduplication_token=${quote(token)}`
}

/** Leaves a file alone that says so already: on a full disk, writing it again would leave it empty. */
async function writeChanged(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text)
}
