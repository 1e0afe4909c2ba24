/** See clickhouse-front.ts. `clickhouse-front-process.ts <folder> <user> <password> <port>`; ends with its stdin. */
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createGzip, gunzipSync } from 'node:zlib'
import { Session, drainPending } from 'chdb'
import { clickHouseCode } from '../../src/store/errors.ts'
import { quote } from '../../src/store/sql/values.ts'

const [folder = '', user = '', password = '', port = '0'] = process.argv.slice(2)
const SESSIONS = 8
const TAG = 'abcdefghijklmnop'
const data = join(folder, 'clickhouse')
const inbox = join(folder, 'inbox')
for (const path of [data, inbox]) mkdirSync(path, { recursive: true })

const args = ['--max_threads=2', '--max_memory_usage=800000000', '--max_query_size=268435456']
const control = new Session(data, { connectionArgs: args })
const idle = Array.from({ length: SESSIONS }, () => new Session(data, { connectionArgs: args }))
const waiting: ((session: Session) => void)[] = []
let files = 0

async function withSession(use: (session: Session) => Promise<void>): Promise<void> {
  const session = idle.pop() ?? (await new Promise<Session>((resolve) => waiting.push(resolve)))
  try {
    await use(session)
  } finally {
    await session.queryAsync('SELECT 1').catch(() => undefined) // lets go of a failed stream
    const next = waiting.shift()
    if (next === undefined) idle.push(session)
    else next(session)
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => fail(response, (error as Error).message))
})

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const params = new URL(request.url ?? '/', 'http://front').searchParams
  const { headers } = request
  if (headers['x-clickhouse-user'] !== user || headers['x-clickhouse-key'] !== password)
    return fail(response, `Code: 516. DB::Exception: ${user}: Authentication failed`)
  const raw = await buffer(request)
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
  const statement = params.get('query') ?? body.toString()
  const killed = /^KILL QUERY WHERE query_id = '([\w-]+)' ASYNC$/.exec(statement)?.[1]
  if (killed !== undefined)
    return void response.end(control.query(`KILL QUERY WHERE query LIKE '/* id:${killed} */%' ASYNC`, 'TSV'))
  await withSession(async (session) => {
    const database = params.get('database')
    if (database !== null) await session.queryAsync(`USE ${database}`)
    if (statement.startsWith('INSERT')) await insert(session, statement, body, params, response)
    else if (/^(SELECT|WITH)/.test(statement)) await select(session, statement, params, response)
    else {
      await session.queryAsync(statement)
      response.end()
    }
  })
}

async function insert(
  session: Session,
  statement: string,
  body: Buffer,
  params: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const file = join(inbox, `${++files}.native`)
  writeFileSync(file, body)
  const token = params.get('insert_deduplication_token') ?? ''
  const columns = /\(([^)]*)\) FORMAT Native$/.exec(statement)?.[1] ?? '*'
  const source = `SELECT ${columns} FROM file(${quote(file)}, Native) SETTINGS insert_deduplication_token=${quote(token)}`
  try {
    await session.queryAsync(statement.replace(/FORMAT Native$/, source))
    response.end()
  } finally {
    rmSync(file)
  }
}

async function select(
  session: Session,
  statement: string,
  params: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const settings = ['max_memory_usage', 'max_execution_time'].filter((name) => params.has(name))
  const clause = settings.map((name) => `${name}=${params.get(name)}`).join(', ')
  const text = `/* id:${params.get('query_id')} */ ${statement}${clause === '' ? '' : ` SETTINGS ${clause}`}`
  const stream = session.queryStream(text, { format: 'Native' })
  const zip = params.get('enable_http_compression') === '1' ? createGzip({ level: 1 }) : undefined
  zip?.pipe(response)
  const out = zip ?? response
  if (zip !== undefined) response.setHeader('content-encoding', 'gzip')
  response.setHeader('x-clickhouse-exception-tag', TAG)
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  try {
    for await (const chunk of stream) {
      if (response.destroyed) return stream.cancel()
      if (!out.write(chunk.raw())) await once(out, 'drain', { signal: closed.signal }).catch(() => undefined)
    }
    out.end()
  } catch (error) {
    const { message } = error as Error
    if (!response.headersSent && zip === undefined) return fail(response, message)
    // As a server does: the exception between markers behind the last block, then an end that is none.
    const marked = `\r\n__exception__\r\n${TAG}\r\n${message}\n${message.length} ${TAG}\r\n__exception__\r\n`
    if (zip === undefined) response.write(marked, () => response.destroy())
    else zip.end(marked)
  }
}

function fail(response: ServerResponse, message: string): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(500, { 'x-clickhouse-exception-code': String(clickHouseCode(message) || 1002) }).end(message)
}

server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  console.log(`port ${typeof address === 'object' ? address?.port : ''}`)
})

process.stdin.resume().on('end', () => {
  server.closeAllConnections()
  server.close()
  control.query('KILL QUERY WHERE 1 ASYNC')
  void drainPending().then(() => {
    for (const session of [control, ...idle]) session.close()
    process.exit(0)
  })
})
