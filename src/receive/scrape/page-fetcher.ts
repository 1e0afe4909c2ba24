import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Clock } from '../../core/clock.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { DurationMs } from '../../core/time.ts'
import type { HttpClient, HttpResponse } from '../http-client/client.ts'
import { withDeadline } from '../http-client/deadline.ts'
import { responseTooLarge } from '../http-client/errors.ts'
import { badEncoding, badStatus, bodyTooLarge, timedOut } from './errors.ts'

export interface Page {
  readonly bytes: Buffer
  /** As the target says; '' when it says nothing. */
  readonly contentType: string
}

export interface FetchOptions {
  readonly url: string
  readonly timeout: DurationMs
  readonly accept: string
  readonly compression: boolean
  /** 0 = no limit. Holds for the bytes on the wire, and for those after decompression. */
  readonly bodySizeLimit: number
  readonly userAgent: string
}

const gunzipAsync = promisify(gunzip)
const MIN_CHUNK = 64 << 10
/** Where no limit is set, memory still has one: far above any real page, and what a gzip bomb may cost for a moment. */
const MOST_BYTES = 256 << 20

/** Gets the page of one target. Rejects with `scrape.*` or `http_client.*` errors, and with the reason of an aborted signal. */
export class PageFetcher {
  readonly #options: FetchOptions
  readonly #client: HttpClient
  readonly #clock: Clock
  readonly #headers: Readonly<Record<string, string>>
  /** Of the last page, uncompressed: the next one will be about as large, and is best decompressed in one piece. */
  #lastSize = 0

  constructor(options: FetchOptions, deps: { readonly client: HttpClient; readonly clock: Clock }) {
    this.#options = options
    this.#client = deps.client
    this.#clock = deps.clock
    this.#headers = {
      accept: options.accept,
      'accept-encoding': options.compression ? 'gzip' : 'identity',
      'user-agent': options.userAgent,
      'x-prometheus-scrape-timeout-seconds': String(options.timeout / 1000),
    }
  }

  async fetch(signal: AbortSignal): Promise<Page> {
    const { url, timeout } = this.#options
    const late = (): Error => timedOut({ url, seconds: timeout / 1000 })
    const get = async (until: AbortSignal): Promise<Page> =>
      this.#page(await this.#client.fetch({ url, headers: this.#headers, maxBytes: this.#limit, signal: until }))
    try {
      return await withDeadline(get, { timeout, late, clock: this.#clock, signal })
    } catch (error) {
      throw isTooLarge(error) ? bodyTooLarge({ limit: this.#limit + 1 }) : error
    }
  }

  // As upstream, a body of exactly the limit is already over it.
  get #limit(): number {
    const { bodySizeLimit } = this.#options
    return bodySizeLimit > 0 ? bodySizeLimit - 1 : MOST_BYTES - 1
  }

  async #page({ status, statusText, headers, body }: HttpResponse): Promise<Page> {
    if (status !== 200) throw badStatus({ status, text: statusText })
    const contentType = headers['content-type'] ?? ''
    const bytes = headers['content-encoding'] === 'gzip' ? await this.#unzip(body) : body
    return { bytes, contentType }
  }

  async #unzip(body: Buffer): Promise<Buffer> {
    try {
      const chunkSize = Math.max(MIN_CHUNK, this.#lastSize + (this.#lastSize >> 4))
      const page = await gunzipAsync(body, { maxOutputLength: this.#limit, chunkSize })
      this.#lastSize = page.length
      return page
    } catch (cause) {
      if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
        throw bodyTooLarge({ limit: this.#limit + 1 })
      }
      throw badEncoding({ detail: messageOf(cause) }, { cause })
    }
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof BongsuError && error.code === responseTooLarge.definition.code
}
