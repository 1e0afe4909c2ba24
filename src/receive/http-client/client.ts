import type { Clock } from '../../core/clock.ts'
import type { HttpClientConfig } from './config.ts'
import { authorizationOf, basicHeader, customHeaders } from './credentials.ts'
import { Dispatchers } from './dispatchers.ts'
import { tooManyRedirects, unreachable } from './errors.ts'
import { exchange } from './exchange.ts'
import type { Answer, Exchange } from './exchange.ts'
import { failureText } from './failure-text.ts'
import { TokenSource } from './oauth2.ts'
import type { Environment } from './proxy.ts'
import { isSameSite, isSensitive, MAX_REDIRECTS, redirectTarget } from './redirect.ts'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  readonly url: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** More bytes on the wire than this fail with `http_client.response_too_large`. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export interface HttpResponse extends Answer {
  /** Where redirects ended. */
  readonly url: string
}

export interface HttpClientDeps {
  readonly clock: Clock
  /** For `proxy_from_environment`. */
  readonly env: Environment
  /** Connects here whatever the URL's host is. */
  readonly socketPath?: string
}

/**
 * An HTTP client as `HttpClientConfig` describes it: TLS, authentication, proxies, redirects that don't take credentials along.
 * Files are read anew for each request. Rejects with `signal.reason` when aborted, else with an `http_client.*` error.
 */
export class HttpClient {
  readonly #config: HttpClientConfig
  readonly #dispatchers: Dispatchers
  readonly #tokens: TokenSource | undefined

  constructor(config: HttpClientConfig, deps: HttpClientDeps) {
    this.#config = config
    this.#dispatchers = new Dispatchers(config, deps.env, deps.socketPath)
    this.#tokens = config.oauth2 === undefined ? undefined : new TokenSource(config.oauth2, deps)
  }

  async fetch(request: HttpRequest): Promise<HttpResponse> {
    const first = new URL(request.url)
    let url = first
    let foreign = false
    for (let hop = 0; ; hop++) {
      const answer = await this.#once(request, url, foreign)
      const next = this.#config.follow_redirects ? redirectTarget(answer.status, locationOf(answer), url) : undefined
      if (next === undefined) return { ...answer, url: url.href }
      if (hop + 1 >= MAX_REDIRECTS) throw tooManyRedirects({ url: request.url, limit: MAX_REDIRECTS })
      // Once left, the origin's credentials stay behind for good.
      foreign ||= !isSameSite(next.hostname, first.hostname)
      url = next
    }
  }

  /** Lets running requests end, then closes the connections. */
  async close(): Promise<void> {
    await this.#dispatchers.close()
    await this.#tokens?.close()
  }

  async #once(request: HttpRequest, url: URL, foreign: boolean): Promise<Answer> {
    const headers = await this.#headers(request, url, foreign)
    const method = request.method ?? 'GET'
    const { body, maxBytes, signal } = request
    const dispatcher = await this.#dispatchers.for(url)
    const attempt: Exchange = { method, url, headers, body, maxBytes, signal }
    try {
      return await exchange(dispatcher, attempt).catch((error: unknown) => {
        // The server closed a kept connection just as we used it: nothing was answered, so ask once more.
        if (method === 'GET' && isStaleConnection(error) && !signal.aborted) return exchange(dispatcher, attempt)
        throw error
      })
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      const detail = failureText(cause)
      if (detail === undefined) throw cause
      throw unreachable({ method, url: url.href, detail }, { cause })
    }
  }

  async #headers(
    request: HttpRequest,
    url: URL,
    foreign: boolean,
  ): Promise<Record<string, string | readonly string[]>> {
    const custom = await customHeaders(this.#config, foreign)
    const own = Object.entries(request.headers).filter(([name]) => !foreign || !isSensitive(name))
    const headers = { ...custom, ...Object.fromEntries(own) }
    const configured = foreign ? undefined : await this.#authorization(request.signal)
    const authorization = configured ?? loginOf(url)
    return authorization === undefined ? headers : { authorization, ...headers }
  }

  async #authorization(signal: AbortSignal): Promise<string | undefined> {
    return (await this.#tokens?.authorization(signal)) ?? (await authorizationOf(this.#config))
  }
}

function locationOf({ headers }: Answer): string | undefined {
  return headers.location
}

/** User and password that stand in the URL itself. */
function loginOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return basicHeader(unescaped(username), unescaped(password))
}

// A lone % is kept as it is.
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isStaleConnection(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '')
}
