/** Tokens of an OAuth 2.0 server: client credentials (RFC 6749, 4.4) or a signed JWT (RFC 7523, 2.1). */
import type { Clock } from '../../core/clock.ts'
import type { DurationMs } from '../../core/time.ts'
import { JWT_BEARER } from './config.ts'
import type { HttpClientConfig } from './config.ts'
import { basicHeader } from './credentials.ts'
import { Dispatchers } from './dispatchers.ts'
import { tokenRefused, unreachable } from './errors.ts'
import { exchange } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { failureText } from './failure-text.ts'
import { signedAssertion } from './jwt.ts'
import type { Environment } from './proxy.ts'
import { readSecret } from './secret-file.ts'

type OAuth2Config = NonNullable<HttpClientConfig['oauth2']>

/** A token is renewed this long before it ends. */
const EARLY: DurationMs = 10_000 as DurationMs
const MAX_ANSWER_BYTES = 1 << 20

interface Token {
  readonly header: string
  /** UnixMs; Infinity when the server set no end. */
  readonly expires: number
  readonly secret: string
}

/** Has at most one request under way; a token is kept until shortly before it ends, or until the secret's file changes. */
export class TokenSource {
  readonly #config: OAuth2Config
  readonly #clock: Clock
  readonly #dispatchers: Dispatchers
  #token: Token | undefined
  #pending: { readonly asker: AbortSignal; readonly token: Promise<Token> } | undefined
  /** Servers differ in where they want the secret; what worked is kept. */
  #secretInBody = false

  constructor(config: OAuth2Config, deps: { readonly clock: Clock; readonly env: Environment }) {
    this.#config = config
    this.#clock = deps.clock
    this.#dispatchers = new Dispatchers(config, deps.env, undefined)
  }

  /** The Authorization header. Rejects with `http_client.token_refused`, `http_client.unreachable` or `signal.reason`. */
  async authorization(signal: AbortSignal): Promise<string> {
    const secret = await this.#secret()
    const now = this.#token
    if (now !== undefined && now.secret === secret && this.#clock.now() < now.expires - EARLY) return now.header
    this.#pending ??= { asker: signal, token: this.#renew(secret, signal).finally(() => (this.#pending = undefined)) }
    const { asker, token } = this.#pending
    try {
      return (await token).header
    } catch (error) {
      if (asker === signal || !asker.aborted) throw error
      // It was another caller's request, who gave it up: ask in our own name.
      signal.throwIfAborted()
      return this.authorization(signal)
    }
  }

  async close(): Promise<void> {
    await this.#dispatchers.close()
  }

  async #secret(): Promise<string> {
    const c = this.#config
    const found =
      c.grant_type === JWT_BEARER
        ? await readSecret('client certificate', c.client_certificate_key, c.client_certificate_key_file)
        : await readSecret('oauth2 client secret', c.client_secret, c.client_secret_file)
    return found ?? ''
  }

  async #renew(secret: string, signal: AbortSignal): Promise<Token> {
    const token = await this.#request(secret, signal)
    this.#token = token
    return token
  }

  async #request(secret: string, signal: AbortSignal): Promise<Token> {
    if (this.#config.grant_type === JWT_BEARER) {
      const assertion = signedAssertion(this.#config, secret, this.#clock.now())
      const form = this.#form({ grant_type: JWT_BEARER, assertion })
      return this.#parse(await this.#post(form, undefined, signal), secret)
    }
    const form = this.#form({ grant_type: 'client_credentials' })
    const id = this.#config.client_id
    if (!this.#secretInBody) {
      const header = basicHeader(encodeURIComponent(id), encodeURIComponent(secret))
      const answer = await this.#post(form, header, signal)
      if (isSuccess(answer)) return this.#parse(answer, secret)
    }
    const answer = await this.#post(
      `${form}&${new URLSearchParams({ client_id: id, client_secret: secret }).toString()}`,
      undefined,
      signal,
    )
    this.#secretInBody = isSuccess(answer)
    return this.#parse(answer, secret)
  }

  #form(grant: Readonly<Record<string, string>>): string {
    const { scopes, endpoint_params: extra } = this.#config
    const scope = scopes.length === 0 || 'assertion' in grant ? {} : { scope: scopes.join(' ') }
    return new URLSearchParams({ ...grant, ...scope, ...extra }).toString()
  }

  async #post(body: string, authorization: string | undefined, signal: AbortSignal): Promise<Answer> {
    const url = new URL(this.#config.token_url)
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    }
    try {
      const dispatcher = await this.#dispatchers.for(url)
      return await exchange(dispatcher, { method: 'POST', url, headers, body, maxBytes: MAX_ANSWER_BYTES, signal })
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      const detail = failureText(cause)
      if (detail === undefined) throw cause
      throw unreachable({ method: 'POST', url: url.href, detail }, { cause })
    }
  }

  #parse(answer: Answer, secret: string): Token {
    const refuse = (detail: string): Error => tokenRefused({ url: this.#config.token_url, detail })
    if (!isSuccess(answer)) throw refuse(`HTTP status ${answer.status} ${answer.statusText}`)
    const fields = tokenFields(answer)
    const token = fields['access_token']
    if (typeof token !== 'string' || token === '') throw refuse('the answer has no access_token')
    const type = typeof fields['token_type'] === 'string' ? fields['token_type'] : 'Bearer'
    const seconds = Number(fields['expires_in'] ?? 0)
    return {
      header: `${type.toLowerCase() === 'bearer' ? 'Bearer' : type} ${token}`,
      expires: seconds > 0 ? this.#clock.now() + seconds * 1000 : Infinity,
      secret,
    }
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

// Some old servers answer with a form instead of JSON.
function tokenFields({ body, headers }: Answer): Record<string, unknown> {
  const text = body.toString('utf8')
  if (String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
