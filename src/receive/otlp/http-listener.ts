import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { printAddress } from '../../core/address.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Log } from '../../core/log.ts'
import type { HttpRoutes } from '../http.ts'
import { cannotListenOn } from './listen-address.ts'
import type { ListenAddress } from './listen-address.ts'

export interface OtlpHttpListenerDeps {
  readonly routes: HttpRoutes
  readonly log: Log
}

/** OTLP's own HTTP port: a server with nothing but its routes. */
export class OtlpHttpListener implements Component {
  readonly name = 'otlp-http'
  readonly #address: ListenAddress | undefined
  readonly #deps: OtlpHttpListenerDeps
  #server: FastifyInstance | undefined

  /** `address` undefined = none. */
  constructor(address: ListenAddress | undefined, deps: OtlpHttpListenerDeps) {
    this.#address = address
    this.#deps = deps
  }

  /** The port listened on; undefined when there is none. */
  get port(): number | undefined {
    const address = this.#server?.server.address()
    return typeof address === 'object' ? address?.port : undefined
  }

  /** Throws `otlp.cannot_listen` for a configured address; for the default one it only warns. */
  async start(): Promise<void> {
    const address = this.#address
    if (address === undefined) return
    const server = Fastify({ forceCloseConnections: 'idle' })
    this.#deps.routes(server)
    try {
      await server.listen({ host: address.host, port: address.port })
    } catch (error) {
      await server.close()
      cannotListenOn('OTLP over HTTP', address, error, this.#deps.log)
      return
    }
    this.#server = server
    this.#deps.log.info('OTLP over HTTP listens', { address: printAddress({ ...address, port: this.port ?? 0 }) })
  }

  /** Lets requests at hand end; at the deadline their connections are cut. */
  async stop(deadline: AbortSignal): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const cut = (): void => server.server.closeAllConnections()
    if (deadline.aborted) cut()
    deadline.addEventListener('abort', cut, { once: true })
    await server.close()
    deadline.removeEventListener('abort', cut)
  }
}
