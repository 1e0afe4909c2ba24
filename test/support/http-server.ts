import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A real HTTP server on a free port of the loopback, closed by `await using`. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  /** `127.0.0.1:port` */
  readonly address: string
  readonly url: string
  /** Every request so far. */
  readonly requests: readonly IncomingMessage[]
  /** Sockets accepted so far. */
  readonly connections: number
  /** What answers from now on. */
  handler: RequestListener
}

export interface TestServerOptions {
  readonly tls?: ServerOptions
  /** Listens on a Unix socket. */
  readonly path?: string
  readonly host?: string
}

export async function startServer(handler: RequestListener, options: TestServerOptions = {}): Promise<TestServer> {
  const requests: IncomingMessage[] = []
  let connections = 0
  let current = handler
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request)
    current(request, response)
  }
  const server: Server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, listener)
  server.on('connection', () => connections++)
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (options.path === undefined) server.listen(0, host, resolve)
    else server.listen(options.path, resolve)
  })
  const port = options.path === undefined ? (server.address() as AddressInfo).port : 0
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    get handler() {
      return current
    },
    set handler(next) {
      current = next
    },
    port,
    address,
    url: `${options.tls === undefined ? 'http' : 'https'}://${address}`,
    requests,
    get connections(): number {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers everything with this text. */
export function answer(body: string | Buffer, headers: Record<string, string> = {}, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4', ...headers })
    response.end(body)
  }
}
