import type { Clock } from '../../core/clock.ts'
import { HttpClient } from '../http-client/client.ts'
import { httpClientShape } from '../http-client/config.ts'
import type { Environment } from '../http-client/proxy.ts'
import type { ScrapeConfig } from './config.ts'

/** The HTTP clients of a job: one for all targets, and one for each Unix socket that targets name. */
export class PoolClients {
  readonly #config: ScrapeConfig
  readonly #deps: { readonly clock: Clock; readonly env: Environment }
  readonly #bySocket = new Map<string, HttpClient>()

  constructor(config: ScrapeConfig, deps: { readonly clock: Clock; readonly env: Environment }) {
    this.#config = config
    this.#deps = deps
  }

  /** What of a job's configuration its clients depend on. */
  static configOf(config: ScrapeConfig): object {
    return Object.fromEntries(Object.entries(config).filter(([key]) => key in httpClientShape))
  }

  /** `socket` undefined: over the network. */
  for(socket: string | undefined): HttpClient {
    const key = socket ?? ''
    let client = this.#bySocket.get(key)
    if (client === undefined) {
      const { clock, env } = this.#deps
      const where = socket === undefined || socket === '' ? {} : { socketPath: socket }
      client = new HttpClient(this.#config, { clock, env, ...where })
      this.#bySocket.set(key, client)
    }
    return client
  }

  async close(): Promise<void> {
    await Promise.all([...this.#bySocket.values()].map((client) => client.close()))
  }
}
