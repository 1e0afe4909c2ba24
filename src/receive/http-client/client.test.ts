import { rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { deferred } from '../../core/deferred.ts'
import type { z } from 'zod'
import { makeCertificate } from '../../../test/support/certificate.ts'
import { answer, startServer } from '../../../test/support/http-server.ts'
import type { TestServer } from '../../../test/support/http-server.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { HttpClient } from './client.ts'
import { httpClientSchema } from './config.ts'

type Given = z.input<typeof httpClientSchema>

function clientOf(config: Given, env: Record<string, string> = {}, clock = systemClock): HttpClient & AsyncDisposable {
  const client = new HttpClient(httpClientSchema.parse(config), { clock, env })
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

const get = (client: HttpClient, url: string, headers = {}, maxBytes = 1 << 20) =>
  client.fetch({ url, headers, maxBytes, signal: AbortSignal.timeout(10_000) })

const header = (server: TestServer, name: string, request = 0): unknown => server.requests[request]?.headers[name]

describe('a plain client', () => {
  test('gets status, headers and the whole body', async () => {
    await using server = await startServer(answer('hello', { 'x-a': '1' }, 404))
    await using client = clientOf({})
    const got = await get(client, `${server.url}/p?q=1`, { accept: 'text/x' })
    expect([got.status, got.statusText, got.headers['x-a'], got.body.toString()]).toEqual([
      404,
      'Not Found',
      '1',
      'hello',
    ])
    expect(server.requests[0]?.url).toBe('/p?q=1')
    expect(header(server, 'accept')).toBe('text/x')
  })

  test('keeps its connection', async () => {
    await using server = await startServer(answer('x'))
    await using client = clientOf({})
    for (let i = 0; i < 5; i++) {
      await get(client, server.url)
      await new Promise((resolve) => setImmediate(resolve)) // the connection is free a moment after the answer
    }
    expect(server.connections).toBe(1)
  })

  test('asks again when the server closed the kept connection', async () => {
    await using server = await startServer(answer('x'))
    await using client = clientOf({})
    await get(client, server.url)
    let first = true
    server.handler = (request, response) => {
      if (first) request.socket.destroy()
      else answer('again')(request, response)
      first = false
    }
    expect((await get(client, server.url)).body.toString()).toBe('again')
  })

  test('gives up a body over the limit', async () => {
    await using server = await startServer(answer('x'.repeat(100_000)))
    await using client = clientOf({})
    await expect(get(client, server.url, {}, 99_999)).rejects.toThrow('larger than 99999 bytes')
    expect((await get(client, server.url, {}, 100_000)).body).toHaveLength(100_000)
  })

  test('says what is wrong in words that people know', async () => {
    await using client = clientOf({})
    const gone = await startServer(answer(''))
    await gone[Symbol.asyncDispose]()
    await expect(get(client, gone.url)).rejects.toThrow(`Get "${gone.url}/": dial ${gone.address}: connection refused`)
    await using server = await startServer((request) => request.socket.destroy())
    await expect(get(client, server.url)).rejects.toThrow('EOF')
  })

  test('passes on the reason of an abort', async () => {
    await using server = await startServer(() => undefined)
    await using client = clientOf({})
    const stop = new AbortController()
    const pending = client.fetch({ url: server.url, headers: {}, maxBytes: 1, signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
    await expect(client.fetch({ url: server.url, headers: {}, maxBytes: 1, signal: stop.signal })).rejects.toThrow(
      'enough',
    )
  })

  test('reaches IPv6 addresses and Unix sockets', async () => {
    await using six = await startServer(answer('six'), { host: '::1' })
    await using client = clientOf({})
    expect((await get(client, six.url)).body.toString()).toBe('six')
    await using folder = await tempFolder()
    const socketPath = join(folder.path, 'http.sock')
    await using socket = await startServer(answer('socket'), { path: socketPath })
    const overSocket = new HttpClient(httpClientSchema.parse({}), { clock: systemClock, env: {}, socketPath })
    expect((await get(overSocket, 'http://localhost/x')).body.toString()).toBe('socket')
    expect(socket.requests).toHaveLength(1)
    await overSocket.close()
  })
})

describe('authentication', () => {
  const cases: [name: string, config: Given, want: string][] = [
    [
      'basic auth',
      { basic_auth: { username: 'u', password: 'pä' } },
      `Basic ${Buffer.from('u:pä').toString('base64')}`,
    ],
    ['a bearer token', { authorization: { credentials: 'abc' } }, 'Bearer abc'],
    ['another scheme', { authorization: { type: 'Token', credentials: 'abc' } }, 'Token abc'],
    ['the deprecated key', { bearer_token: 'old' }, 'Bearer old'],
  ]
  test.each(cases)('sends %s', async (_, config, want) => {
    await using server = await startServer(answer(''))
    await using client = clientOf(config)
    await get(client, server.url)
    expect(header(server, 'authorization')).toBe(want)
  })

  test('logs in as the URL says, unless the configuration says otherwise', async () => {
    await using server = await startServer(answer(''))
    const url = `http://u:p%40ss@${server.address}/`
    await using plain = clientOf({})
    await get(plain, url)
    await using configured = clientOf({ authorization: { credentials: 'abc' } })
    await get(configured, url)
    expect(header(server, 'authorization', 0)).toBe(`Basic ${Buffer.from('u:p@ss').toString('base64')}`)
    expect(header(server, 'authorization', 1)).toBe('Bearer abc')
  })

  test('never shows the password of a URL', async () => {
    await using client = clientOf({})
    const gone = await startServer(answer(''))
    await gone[Symbol.asyncDispose]()
    const failure = get(client, `http://u:pass@word@${gone.address}/`)
    await expect(failure).rejects.toThrow(`Get "http://u:xxxxx@${gone.address}/"`)
  })

  test('reads files anew for each request', async () => {
    await using server = await startServer(answer(''))
    await using folder = await tempFolder()
    const file = join(folder.path, 'token')
    await writeFile(file, 'one\n')
    await using client = clientOf({
      authorization: { credentials_file: file },
      http_headers: { 'X-Key': { files: [file], values: ['v'], secrets: ['s'] } },
    })
    await get(client, server.url)
    await writeFile(file, 'two\n')
    await get(client, server.url)
    expect(header(server, 'authorization', 0)).toBe('Bearer one')
    expect(header(server, 'authorization', 1)).toBe('Bearer two')
    expect(header(server, 'x-key', 1)).toBe('v, s, two')
    await expect(
      get(clientOf({ basic_auth: { username: 'u', password_file: `${file}.gone` } }), server.url),
    ).rejects.toThrow('unable to use password: ENOENT')
  })
})

describe('redirects', () => {
  const credentials: Given = {
    basic_auth: { username: 'u', password: 'p' },
    http_headers: { 'X-Open': { values: ['open'] }, 'X-Key': { secrets: ['key'] }, Cookie: { values: ['c=1'] } },
  }
  const redirectTo =
    (url: () => string, status = 302): RequestListener =>
    (_request, response) => {
      response.writeHead(status, { location: url() })
      response.end()
    }

  test('are followed on the same host with credentials', async () => {
    await using server = await startServer(answer(''))
    server.handler = (request, response) =>
      request.url === '/a' ? redirectTo(() => '/b')(request, response) : answer('there')(request, response)
    await using client = clientOf(credentials)
    const got = await get(client, `${server.url}/a`)
    expect([got.body.toString(), got.url]).toEqual(['there', `${server.url}/b`])
    expect(header(server, 'authorization', 1)).toMatch(/^Basic/)
  })

  test('take no credentials to another host, nor back from there', async () => {
    await using home = await startServer(answer(''))
    await using other = await startServer(
      redirectTo(() => `${home.url}/back`),
      { host: '127.0.0.2' },
    )
    home.handler = (request, response) =>
      request.url === '/back' ? answer('back')(request, response) : redirectTo(() => other.url, 307)(request, response)
    await using client = clientOf(credentials)
    expect((await get(client, home.url, { accept: 'text/x' })).body.toString()).toBe('back')
    expect(header(home, 'authorization')).toMatch(/^Basic/)
    for (const [server, request] of [
      [other, 0],
      [home, 1],
    ] as const) {
      const seen = ['authorization', 'x-key', 'cookie'].map((name) => header(server, name, request))
      expect(seen).toEqual([undefined, undefined, undefined])
      expect([header(server, 'x-open', request), header(server, 'accept', request)]).toEqual(['open', 'text/x'])
    }
  })

  test('end after ten, and are answers where they are not followed', async () => {
    await using server = await startServer(redirectTo(() => '/again'))
    await using client = clientOf({})
    await expect(get(client, server.url)).rejects.toThrow('stopped after 10 redirects')
    expect(server.requests).toHaveLength(10)
    await using still = clientOf({ follow_redirects: false })
    expect((await get(still, server.url)).status).toBe(302)
  })
})

describe('TLS', () => {
  const authority = makeCertificate(['Test CA'])
  const local = makeCertificate(['127.0.0.1', 'named.example'], authority)

  test('checks the certificate against ca, or not at all', async () => {
    await using server = await startServer(answer('secret'), { tls: local })
    await using trusting = clientOf({ tls_config: { ca: authority.cert } })
    expect((await get(trusting, server.url)).body.toString()).toBe('secret')
    await using strict = clientOf({})
    await expect(get(strict, server.url)).rejects.toThrow(/unable to verify|self-signed/)
    await using careless = clientOf({ tls_config: { insecure_skip_verify: true } })
    expect((await get(careless, server.url)).status).toBe(200)
  })

  test('checks against server_name where given', async () => {
    await using server = await startServer(answer(''), { tls: makeCertificate(['named.example'], authority) })
    await using by = clientOf({ tls_config: { ca: authority.cert, server_name: 'named.example' } })
    expect((await get(by, server.url)).status).toBe(200)
    await using plain = clientOf({ tls_config: { ca: authority.cert } })
    await expect(get(plain, server.url)).rejects.toThrow('altnames')
  })

  test('shows a client certificate, and takes up a renewed one', async () => {
    const tls = { ...local, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    await using server = await startServer(answer(''), { tls })
    await using folder = await tempFolder()
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')]
    const write = async (pair: { cert: string; key: string }): Promise<void> => {
      await writeFile(`${cert}.new`, pair.cert)
      await writeFile(`${key}.new`, pair.key)
      await rename(`${cert}.new`, cert)
      await rename(`${key}.new`, key)
    }
    await write(makeCertificate(['client'], makeCertificate(['Other CA'])))
    await using client = clientOf({ tls_config: { ca: authority.cert, cert_file: cert, key_file: key } })
    await expect(get(client, server.url)).rejects.toThrow('Get "https://')
    await write(makeCertificate(['client'], authority))
    expect((await get(client, server.url)).status).toBe(200)
    await get(client, server.url)
    expect(server.connections).toBe(2 + 1) // two for the refused one and its repetition, one kept
  })

  test('honours the highest version', async () => {
    await using server = await startServer(answer(''), { tls: { ...local, minVersion: 'TLSv1.3' } })
    await using old = clientOf({ tls_config: { ca: authority.cert, max_version: 'TLS12' } })
    await expect(get(old, server.url)).rejects.toThrow('protocol version')
  })
})

describe('proxies', () => {
  test('carry plain requests in full form and tunnel the others', async () => {
    const authority = makeCertificate(['Test CA'])
    await using plain = await startServer(answer('plain'))
    await using secure = await startServer(answer('secure'), { tls: makeCertificate(['127.0.0.1'], authority) })
    const seen: string[] = []
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`)
      answer('proxied')(request, response)
    })
    proxy.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url} ${String(request.headers['x-proxy'])}`)
      const up = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        up.pipe(socket).pipe(up)
      })
      for (const one of [up, socket]) one.on('error', () => one.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    try {
      await using client = clientOf({
        proxy_url: `http://u:p@127.0.0.1:${port}`,
        proxy_connect_header: { 'X-Proxy': ['yes'] },
        tls_config: { ca: authority.cert },
      })
      expect((await get(client, `${plain.url}/x`)).body.toString()).toBe('proxied')
      expect((await get(client, secure.url)).body.toString()).toBe('secure')
      expect(seen).toEqual([
        `GET ${plain.url}/x Basic ${Buffer.from('u:p').toString('base64')}`,
        `CONNECT ${secure.address} yes`,
      ])
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  })
})

describe('OAuth 2.0', () => {
  const tokens = (lifetime: number, bodies: string[]) => (request: IncomingMessage, response: ServerResponse) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
    request.on('end', () => {
      const body = JSON.stringify({ access_token: `t${bodies.length}`, token_type: 'bearer', expires_in: lifetime })
      answer(body, { 'content-type': 'application/json' })(request, response)
    })
  }
  const config = (url: string): Given => ({
    oauth2: {
      client_id: 'me',
      client_secret: 's:3',
      token_url: url,
      scopes: ['a', 'b'],
      endpoint_params: { audience: 'x' },
    },
  })

  test('gets a token once, and again shortly before it ends', async () => {
    const bodies: string[] = []
    await using issuer = await startServer(tokens(60, bodies))
    await using server = await startServer(answer(''))
    const clock = new TestClock()
    await using client = clientOf(config(issuer.url), {}, clock)
    await Promise.all([get(client, server.url), get(client, server.url)])
    await clock.advance(49_000)
    await get(client, server.url)
    await clock.advance(1_000)
    await get(client, server.url)
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ])
    expect(bodies[0]).toBe('grant_type=client_credentials&scope=a+b&audience=x')
    expect(header(issuer, 'authorization')).toBe(`Basic ${Buffer.from('me:s%3A3').toString('base64')}`)
  })

  test('asks again when the caller who asked first gave up', async () => {
    const bodies: string[] = []
    const asked = deferred()
    await using issuer = await startServer(() => asked.resolve())
    await using server = await startServer(answer(''))
    await using client = clientOf(config(issuer.url))
    const stop = new AbortController()
    const first = client.fetch({ url: server.url, headers: {}, maxBytes: 1, signal: stop.signal })
    const second = get(client, server.url)
    await asked.promise
    issuer.handler = tokens(60, bodies)
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect((await second).status).toBe(200)
    expect(header(server, 'authorization')).toBe('Bearer t1')
  })

  test('puts the secret into the form for servers that want it there', async () => {
    const bodies: string[] = []
    await using issuer = await startServer((request, response) => {
      if (request.headers.authorization === undefined) tokens(60, bodies)(request, response)
      else answer('', {}, 401)(request, response)
    })
    await using server = await startServer(answer(''))
    await using client = clientOf(config(issuer.url))
    await get(client, server.url)
    expect(bodies[0]).toContain('client_id=me&client_secret=s%3A3')
    issuer.handler = answer('no', {}, 400)
    await using refused = clientOf(config(issuer.url))
    await expect(get(refused, server.url)).rejects.toThrow(`no OAuth 2.0 token from "${issuer.url}": HTTP status 400`)
  })
})
