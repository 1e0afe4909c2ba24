import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../config/secret.ts'
import { systemClock } from '../../core/clock.ts'
import { deferred } from '../../core/deferred.ts'
import { silentLog } from '../../core/log.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'
import type { Block, Column } from '../engine.ts'
import { encodeBlock } from '../native-encode.ts'
import { sql } from '../sql/sql.ts'
import { RemoteEngine } from './engine.ts'

interface Seen {
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const { signal } = new AbortController()
const column: Column = { name: 'n', type: 'UInt8', data: Uint8Array.of(1, 2, 3) }
const bytes = Buffer.concat(encodeBlock([column], 3))
const exception = 'Code: 241. DB::Exception: Query memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)'

describe('the remote engine', () => {
  let server: Server
  let seen: Seen[]
  /** What the server does with each request after the start's. */
  let answer: (response: ServerResponse, request: Seen) => void
  let engine: RemoteEngine

  const engineOf = (compression = false, cluster?: string): RemoteEngine => {
    const { port } = server.address() as AddressInfo
    const access = { user: 'u', password: new Secret('geheim'), database: 'db', cluster }
    const deps = { clock: systemClock, log: silentLog, telemetry: new Telemetry() }
    return new RemoteEngine({ url: `http://127.0.0.1:${port}/click/`, ...access, compression, connections: 4 }, deps)
  }
  beforeEach(async () => {
    seen = []
    answer = (response) => response.end()
    const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const body = await buffer(request)
      const one = { url: new URL(request.url ?? '', 'http://x'), headers: request.headers, body }
      seen.push(one)
      answer(response, one)
    }
    server = createServer((request, response) => void take(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    engine = engineOf()
    await engine.start(signal)
    seen = []
  })
  afterEach(async () => {
    server.closeAllConnections()
    await engine.stop(AbortSignal.abort())
    await new Promise((resolve) => server.close(resolve))
  })

  const read = async (timeout = 5_000, abort: AbortSignal = signal): Promise<readonly Block[]> => {
    const blocks: Block[] = []
    const options = { signal: abort, timeout: durationMs(timeout), maxMemoryBytes: 1000 }
    for await (const block of engine.read(sql`SELECT n FROM t`, options)) blocks.push(block)
    return blocks
  }
  const write = (): Promise<void> => engine.write('t', [column], { rows: 3, dedupToken: 'token', signal })
  const fail = (response: ServerResponse, code: number, text: string): void => {
    response.writeHead(500, { 'x-clickhouse-exception-code': String(code) }).end(text)
  }

  test('asks as ClickHouse wants to be asked', async () => {
    answer = (response) => response.end(bytes)
    expect(await read()).toMatchObject([{ rows: 3, columns: { n: column.data } }])
    const { url, headers, body } = seen[0] as Seen
    expect(url.pathname).toBe('/click/')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      database: 'db',
      default_format: 'Native',
      max_memory_usage: '1000',
      max_execution_time: '10',
    })
    expect(headers).toMatchObject({ 'x-clickhouse-user': 'u', 'x-clickhouse-key': 'geheim' })
    expect(body.toString()).toBe('SELECT n FROM t')
  })

  test.each([false, true])('sends blocks as they are (compressed: %s)', async (compression) => {
    engine = engineOf(compression)
    await engine.start(signal)
    seen = []
    await write()
    const { url, body } = seen[0] as Seen
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      query: 'INSERT INTO t (n) FORMAT Native',
      insert_deduplication_token: 'token',
      wait_end_of_query: '1',
    })
    expect(compression ? gunzipSync(body) : body).toEqual(bytes)
  })

  test('on a cluster, makes the database everywhere, and joins on each shard', async () => {
    engine = engineOf(false, 'prod')
    await engine.start(signal)
    await read()
    expect(seen[0]?.body.toString()).toBe("CREATE DATABASE IF NOT EXISTS db ON CLUSTER 'prod'")
    expect(seen[1]?.url.searchParams.get('distributed_product_mode')).toBe('local')
  })

  test('sends again what may be sent again when the connection breaks', async () => {
    const breakTwice = (response: ServerResponse): void => {
      if (seen.length <= 2) response.destroy()
      else response.end()
    }
    answer = breakTwice
    await write()
    expect(seen.map(({ url, body }) => [url.searchParams.get('insert_deduplication_token'), body])).toEqual([
      ['token', bytes],
      ['token', bytes],
      ['token', bytes],
    ])
    expect(new Set(seen.map(({ url }) => url.searchParams.get('query_id'))).size).toBe(3)
    seen = []
    expect(await read()).toEqual([])
  })

  test('gives up after three tries, as unavailable', async () => {
    answer = (response) => response.destroy()
    await expect(write()).rejects.toMatchObject({ code: 'store.unavailable', retry: true })
    expect(seen.length).toBe(3)
  })

  test('never sends a definition again', async () => {
    answer = (response) => response.destroy()
    await expect(engine.define('CREATE TABLE t')).rejects.toMatchObject({ code: 'store.unavailable' })
    expect(seen.length).toBe(1)
  })

  const refusals: [code: number, text: string, want: string][] = [
    [243, 'Code: 243. DB::Exception: Cannot reserve', 'store.disk_full'],
    [1001, 'Code: 1001. DB::Exception: std::exception: No space left on device', 'store.disk_full'],
    [241, exception, 'store.memory_limit'],
    [159, 'Code: 159. DB::Exception: Timeout exceeded', 'store.query_timeout'],
    [60, 'Code: 60. DB::Exception: Table db.t does not exist', 'store.refused'],
    [516, 'Code: 516. DB::Exception: u: Authentication failed', 'store.unavailable'],
    [252, 'Code: 252. DB::Exception: Too many parts', 'store.unavailable'],
  ]
  test.each(refusals)('takes code %i for what it is', async (code, text, want) => {
    answer = (response) => fail(response, code, text)
    const error = (await write().catch((one: unknown) => one)) as Error
    expect(error).toMatchObject({ code: want })
    expect(error.message).not.toContain('geheim')
    expect(seen.length).toBe(1)
  })

  test('knows a proxy that answers for the server', async () => {
    answer = (response) => response.writeHead(502).end('Bad Gateway')
    await expect(write()).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(/answered 502: Bad Gateway/) as string,
    })
  })

  const tails: [name: string, tail: string][] = [
    ['as text', exception],
    [
      'between markers',
      `\r\n__exception__\r\nabcdefghijklmnop\r\n${exception}\n78 abcdefghijklmnop\r\n__exception__\r\n`,
    ],
  ]
  test.each(tails)('finds an exception behind the last block, %s', async (_, tail) => {
    answer = (response) => {
      response.write(Buffer.concat([bytes, bytes]))
      response.write(tail, () => response.destroy())
    }
    await expect(read()).rejects.toMatchObject({
      code: 'store.memory_limit',
      message: expect.stringMatching(/: Query memory limit exceeded\. \(MEMORY_LIMIT_EXCEEDED\)$/) as string,
    })
  })

  test('an answer that breaks off is unavailable, one that is none is malformed', async () => {
    answer = (response) => void response.write(bytes.subarray(0, 5), () => response.destroy())
    await expect(read()).rejects.toMatchObject({ code: 'store.unavailable', retry: true })
    answer = (response) => response.end('<html>hello</html>')
    await expect(read()).rejects.toMatchObject({ code: 'store.malformed_block' })
  })

  test('ends a query on the server, and says it until it is heard', async () => {
    const controller = new AbortController()
    const begun = deferred()
    const killed = deferred()
    let words = 0
    answer = (response, { body }) => {
      if (!body.toString().startsWith('KILL')) return begun.resolve()
      words++
      response.end(words === 2 ? 'a row' : '')
      if (words === 2) killed.resolve()
    }
    const query = read(60_000, controller.signal)
    await begun.promise
    const reason = new Error('the client left')
    controller.abort(reason)
    await expect(query).rejects.toBe(reason)
    await killed.promise
    const id = seen[0]?.url.searchParams.get('query_id')
    expect(seen.slice(1).map(({ body }) => body.toString())).toEqual(
      [1, 2].map(() => `KILL QUERY WHERE query_id = '${id}' ASYNC`),
    )
  })

  test('a stop lets a write finish, and refuses the next', async () => {
    const arrived = deferred<ServerResponse>()
    answer = (response) => arrived.resolve(response)
    const writing = write()
    const response = await arrived.promise
    const stopping = engine.stop(AbortSignal.timeout(5_000))
    await expect(write()).rejects.toMatchObject({ code: 'store.stopped' })
    response.end()
    await expect(writing).resolves.toBeUndefined()
    await stopping
  })

  test('a stop whose deadline is over cuts a write off', async () => {
    const arrived = deferred()
    answer = () => arrived.resolve()
    const outcome = write().catch((error: unknown) => error)
    await arrived.promise
    await engine.stop(AbortSignal.abort())
    expect(await outcome).toMatchObject({ code: 'store.unavailable' })
  })
})
