/** The engine on a ClickHouse server or cluster, over its HTTP interface. */
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { Clock } from '../../core/clock.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'
import type { Block, Column, Engine, ReadOptions, Sql, WriteOptions } from '../engine.ts'
import { EngineMetrics } from '../engine-metrics.ts'
import { storeStopped, storeUnavailable } from '../errors.ts'
import { encodeBlock } from '../native-encode.ts'
import { QueryScope } from '../query-scope.ts'
import { inline } from '../sql/values.ts'
import { columnNames, tableName } from '../write-check.ts'
import { answerBlocks } from './answer.ts'
import { ClickHouseHttp } from './http-client.ts'
import type { HttpOptions, HttpRequest } from './http-client.ts'

export interface RemoteOptions extends HttpOptions {
  /** Name of the cluster over which the database is made; undefined = a single server. */
  readonly cluster: string | undefined
}

export interface RemoteDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Waits before a request is sent again that may be: reads, and writes by their token. */
const RETRY_AFTER = [durationMs(100), durationMs(500)] as const
/** Waits before the tries to end a query. */
const KILL_AFTER = [durationMs(0), durationMs(100), durationMs(400), durationMs(1500)] as const
const MAX_QUERY_BYTES = 256 * 1024 * 1024
/** Beyond the engine's own limit: ends what is left of a query whose end got lost. */
const GRACE_SECONDS = 5

export class RemoteEngine implements Engine {
  readonly kind = 'remote'
  readonly name = 'store'
  readonly #options: RemoteOptions
  readonly #deps: RemoteDeps
  readonly #metrics: EngineMetrics
  /** Aborted with `store.stopped` when the engine stops: ends reads, not writes. */
  #life = new AbortController()
  #http: ClickHouseHttp | undefined
  readonly #kills = new Set<Promise<void>>()

  constructor(options: RemoteOptions, deps: RemoteDeps) {
    this.#options = options
    this.#deps = deps
    this.#metrics = new EngineMetrics(deps.telemetry, deps.clock)
  }

  /** Rejects with `store.unavailable` when the server can't be reached or does not let the user in. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#life = new AbortController()
    setMaxListeners(0, this.#life.signal) // every query listens, and each lets go of it in time
    this.#http = new ClickHouseHttp(this.#options)
    const { database, cluster } = this.#options
    const where = cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`
    try {
      await this.#command(`CREATE DATABASE IF NOT EXISTS ${database}${where}`, {}, signal)
    } catch (error) {
      await this.stop(AbortSignal.abort())
      throw error
    }
  }

  async *read(query: Sql, options: ReadOptions): AsyncGenerator<Block, void, undefined> {
    const http = this.#open()
    const scope = new QueryScope([options.signal, this.#life.signal], options.timeout, this.#deps.clock)
    const done = this.#metrics.query()
    const queryId = randomUUID()
    let over = false
    // At once, also for a consumer that does not pull.
    const kill = (): void => {
      if (!over) this.#kill(http, queryId)
      over = true
    }
    scope.signal.addEventListener('abort', kill, { once: true })
    try {
      const request = { queryId, settings: this.#readSettings(options), statement: inline(query), signal: scope.signal }
      scope.signal.throwIfAborted()
      yield* answerBlocks(await this.#again(() => http.send(request), scope.signal))
      over = true
      done('ok')
    } catch (error) {
      done('error')
      if (scope.signal.aborted) throw scope.signal.reason
      over = error instanceof BongsuError && error.code !== storeUnavailable.definition.code // the server itself ended it
      throw error
    } finally {
      kill()
      scope.end()
      done('cancelled')
    }
  }

  async write(table: string, columns: readonly Column[], options: WriteOptions): Promise<void> {
    const http = this.#open()
    const { rows, dedupToken, signal } = options
    const names = columnNames(columns)
    const statement = `INSERT INTO ${tableName(table)} (${names}) FORMAT Native`
    signal.throwIfAborted()
    if (rows === 0) return
    const done = this.#metrics.write()
    try {
      const data = Buffer.concat(encodeBlock(columns, rows))
      const settings = { ...this.#settings(), ...WRITE_SETTINGS, insert_deduplication_token: dedupToken }
      await this.#again(async () => {
        // A fresh id each time: the server refuses one that still runs.
        const answer = await http.send({ queryId: randomUUID(), settings, statement, data, signal })
        await answer.body.dump()
      }, signal)
      done('ok', rows)
    } catch (error) {
      done('error', 0)
      throw error
    }
  }

  async define(statement: string): Promise<void> {
    await this.#command(statement, this.#settings(), this.#life.signal)
  }

  /** Ends the running queries here and on the server, lets writes finish until `deadline`. */
  async stop(deadline: AbortSignal): Promise<void> {
    const http = this.#http
    if (http === undefined) return
    this.#http = undefined
    this.#life.abort(storeStopped()) // ends each of the running queries, here and there
    const waited = new QueryScope([deadline], undefined, this.#deps.clock)
    await waited.race(Promise.allSettled(this.#kills)).catch(() => undefined) // in time or not, what follows is the same
    waited.end()
    await http.close(deadline)
  }

  #open(): ClickHouseHttp {
    if (this.#http === undefined) throw storeStopped()
    return this.#http
  }

  async #command(statement: string, settings: HttpRequest['settings'], signal: AbortSignal): Promise<void> {
    const answer = await this.#open().send({ queryId: randomUUID(), settings, statement, signal })
    await answer.body.dump()
  }

  #settings(): Record<string, string | number> {
    return { database: this.#options.database }
  }

  #readSettings({ timeout, maxMemoryBytes }: ReadOptions): Record<string, string | number> {
    return {
      ...this.#settings(),
      max_query_size: MAX_QUERY_BYTES,
      max_execution_time: Math.ceil(timeout / 1000) + GRACE_SECONDS,
      // Samples and series are spread by the same key: a subquery finds what it needs on its own shard.
      ...(this.#options.cluster === undefined ? {} : { distributed_product_mode: 'local' }),
      ...(maxMemoryBytes === undefined ? {} : { max_memory_usage: Math.round(maxMemoryBytes) }),
    }
  }

  /** Runs `send`, and again when the server could not be reached: all that goes through here may be sent twice. */
  async #again<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const wait of RETRY_AFTER) {
      try {
        return await send()
      } catch (error) {
        if (!isConnectionFailure(error)) throw error
        await this.#deps.clock.sleep(wait, signal)
      }
    }
    return send()
  }

  /** Leaving an answer unread does not end its query on the server: that takes a word. Nobody waits for it but `stop`. */
  #kill(http: ClickHouseHttp, queryId: string): void {
    const kill = this.#end(http, queryId).catch((error: unknown) => {
      this.#deps.log.warn('could not end a query on the server', { query_id: queryId, error: messageOf(error) })
    })
    this.#kills.add(kill)
    void kill.then(() => this.#kills.delete(kill))
  }

  /** The word may come before the server has begun with the query, so it is said again until it was heard, or is in vain. */
  async #end(http: ClickHouseHttp, queryId: string): Promise<void> {
    const enough = AbortSignal.timeout(10_000)
    for (const wait of KILL_AFTER) {
      await this.#deps.clock.sleep(wait, enough)
      if (await http.kill(queryId, enough)) return
    }
  }
}

/** A write is acknowledged once it is on the disk of its shard (the tables' settings sync it), not once it is on its way. */
const WRITE_SETTINGS = {
  insert_deduplicate: 1,
  async_insert: 0,
  distributed_foreground_insert: 1,
  wait_end_of_query: 1,
}

// Only what has an errno or a socket's story below it: an answer of the server, whatever it says, is no connection failure.
function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof BongsuError) || error.code !== storeUnavailable.definition.code) return false
  const cause = error.cause as { code?: unknown } | undefined
  return typeof cause?.code === 'string' && /^(E[A-Z]+|UND_ERR_(SOCKET|CONNECT_TIMEOUT))$/.test(cause.code)
}
