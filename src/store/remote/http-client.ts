/** ClickHouse's HTTP interface: one statement a request. Source: ClickHouse's documentation, "HTTP interface". */
import { gunzipSync, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Secret } from '../../config/secret.ts'
import { messageOf } from '../../core/errors.ts'
import { fromClickHouse, storeUnavailable } from '../errors.ts'

export interface HttpOptions {
  readonly url: string
  readonly user: string
  readonly password: Secret
  readonly database: string
  readonly compression: boolean
  /** Requests at once; more wait in line. */
  readonly connections: number
}

export interface HttpRequest {
  readonly queryId: string
  /** ClickHouse settings of this statement, `database` among them. */
  readonly settings: Readonly<Record<string, string | number>>
  /** The statement; in front of `data` when there are any. */
  readonly statement: string
  readonly data?: Uint8Array
  readonly signal: AbortSignal
}

const compress = promisify(gzip)

export class ClickHouseHttp {
  readonly #options: HttpOptions
  readonly #base: URL
  readonly #pool: Pool
  /** For what must not wait behind queries: ending them. */
  readonly #control: Pool

  constructor(options: HttpOptions) {
    this.#options = options
    this.#base = new URL(options.url)
    // The time of a query is watched by the engine; an answer may well take minutes to begin.
    const patient = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } }
    this.#pool = new Pool(this.#base.origin, { connections: options.connections, ...patient })
    this.#control = new Pool(this.#base.origin, { connections: 1, headersTimeout: 10_000, bodyTimeout: 10_000 })
  }

  /** The answer's body, once the server has accepted the statement. Rejects with `store.*`, or with the abort's reason. */
  async send(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    return this.#request(this.#pool, request)
  }

  /** Ends a query on the server; false when the server knows none by this id (not yet, or no more). Rejects like `send`. */
  async kill(queryId: string, signal: AbortSignal): Promise<boolean> {
    const statement = `KILL QUERY WHERE query_id = '${queryId}' ASYNC`
    const answer = await this.#request(this.#control, { queryId: `${queryId}-kill`, settings: {}, statement, signal })
    return (await answer.body.arrayBuffer()).byteLength > 0 // a row for each query that it ended
  }

  /** Lets the open requests end, until `deadline`; cuts them off then. */
  async close(deadline: AbortSignal): Promise<void> {
    const closed = Promise.all([this.#pool.close(), this.#control.close()])
    const cut = (): void => void Promise.all([this.#pool.destroy(), this.#control.destroy()])
    if (deadline.aborted) cut()
    else deadline.addEventListener('abort', cut, { once: true })
    await closed.catch(() => undefined) // the requests that were cut off tell their own callers
    deadline.removeEventListener('abort', cut)
  }

  async #request(
    pool: Pool,
    { queryId, settings, statement, data, signal }: HttpRequest,
  ): Promise<Dispatcher.ResponseData> {
    const params = new URLSearchParams({ query_id: queryId, default_format: 'Native' })
    for (const [name, value] of Object.entries(settings)) params.set(name, String(value))
    if (this.#options.compression) params.set('enable_http_compression', '1')
    if (data !== undefined) params.set('query', statement)
    const headers: Record<string, string> = {
      'x-clickhouse-user': this.#options.user,
      'x-clickhouse-key': this.#options.password.reveal(),
      ...(this.#options.compression ? { 'accept-encoding': 'gzip' } : {}),
      ...(this.#options.compression && data !== undefined ? { 'content-encoding': 'gzip' } : {}),
    }
    const path = `${this.#base.pathname.replace(/\/$/, '')}/?${params.toString()}`
    const body = data === undefined ? statement : this.#options.compression ? await compress(data, { level: 1 }) : data
    let answer: Dispatcher.ResponseData
    try {
      answer = await pool.request({ method: 'POST', path, headers, body, signal })
    } catch (error) {
      signal.throwIfAborted()
      throw storeUnavailable({ detail: messageOf(error) }, { cause: error })
    }
    const code = Number(answer.headers['x-clickhouse-exception-code'] ?? 0)
    if (answer.statusCode === 200 && code === 0) return answer
    throw await this.#failure(answer, code)
  }

  async #failure(answer: Dispatcher.ResponseData, code: number): Promise<Error> {
    const text = await readable(answer).catch((error: unknown) => messageOf(error))
    if (code !== 0) return fromClickHouse(text, { code })
    return storeUnavailable({ detail: `${this.#base.host} answered ${answer.statusCode}: ${text.slice(0, 200)}` })
  }
}

/** An error's text, which comes compressed too when that was asked for. */
async function readable(answer: Dispatcher.ResponseData): Promise<string> {
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  if (answer.headers['content-encoding'] !== 'gzip') return bytes.toString()
  return gunzipSync(bytes, { maxOutputLength: 1024 * 1024 }).toString()
}
