import { Agent, ProxyAgent } from 'undici'
import type { Dispatcher } from 'undici'
import type { Secret } from '../../config/secret.ts'
import type { TlsConfig } from './config.ts'
import { proxyFor } from './proxy.ts'
import type { Environment, ProxyConfig } from './proxy.ts'
import { loadTls } from './tls.ts'
import type { TlsMaterial } from './tls.ts'

/** Idle connections are kept for longer than any usual interval between two scrapes. */
const KEEP_ALIVE_MS = 5 * 60_000

interface Generation {
  readonly tls: TlsMaterial
  /** By the URL of the proxy; '' = direct. */
  readonly byProxy: Map<string, Dispatcher>
}

/** The connections of one client: pools by proxy, replaced as a whole when the TLS files change. */
export class Dispatchers {
  readonly #config: ProxyConfig & { readonly tls_config: TlsConfig }
  readonly #env: Environment
  readonly #socketPath: string | undefined
  #current: Generation | undefined

  constructor(
    config: ProxyConfig & { readonly tls_config: TlsConfig },
    env: Environment,
    socketPath: string | undefined,
  ) {
    this.#config = config
    this.#env = env
    this.#socketPath = socketPath
  }

  /** The dispatcher for a URL. Throws `http_client.unusable_secret`. */
  async for(url: URL): Promise<Dispatcher> {
    const { byProxy, tls } = await this.#generation()
    const proxy = this.#socketPath === undefined ? (proxyFor(url, this.#config, this.#env) ?? '') : ''
    let found = byProxy.get(proxy)
    if (found === undefined) {
      found = proxy === '' ? this.#direct(tls) : this.#through(proxy, tls)
      byProxy.set(proxy, found)
    }
    return found
  }

  /** Lets running exchanges end, then closes the connections. */
  async close(): Promise<void> {
    const old = this.#current
    this.#current = undefined
    if (old !== undefined) await closeAll(old)
  }

  async #generation(): Promise<Generation> {
    const now = this.#current
    const { ca_file: ca, cert_file: cert, key_file: key } = this.#config.tls_config
    if (now !== undefined && [ca, cert, key].every((file) => file === undefined || file === '')) return now
    const tls = await loadTls(this.#config.tls_config)
    const latest = this.#current
    if (latest !== undefined && latest.tls.key === tls.key) return latest
    this.#current = { tls, byProxy: new Map() }
    if (latest !== undefined) closeAll(latest).catch(() => undefined) // it serves nobody any more
    return this.#current
  }

  #direct({ options }: TlsMaterial): Dispatcher {
    const socketPath = this.#socketPath
    const connect = { ...options, timeout: 0, ...(socketPath === undefined ? {} : { socketPath }) }
    return new Agent({ connect, ...LIMITS })
  }

  #through(proxy: string, { options }: TlsMaterial): Dispatcher {
    const { servername: _ofTheTarget, ...towardsProxy } = options
    const headers = Object.entries(this.#config.proxy_connect_header ?? {}).map(
      ([name, values]: [string, readonly Secret[]]) => [name, values.map((value) => value.reveal())] as const,
    )
    return new ProxyAgent({
      uri: proxy,
      proxyTunnel: false,
      headers: Object.fromEntries(headers.map(([name, values]) => [name, values.join(', ')])),
      requestTls: options,
      proxyTls: towardsProxy,
      ...LIMITS,
    })
  }
}

// The only deadline is that of the caller's signal.
const LIMITS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
}

async function closeAll({ byProxy }: Generation): Promise<void> {
  await Promise.all([...byProxy.values()].map((one) => one.close()))
}
