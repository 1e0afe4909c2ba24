/** One request and its whole answer, on undici's lowest interface: no streams in between. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { responseTooLarge } from './errors.ts'

export interface Exchange {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | undefined
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  /** As the server wrote it: `Not Found`. */
  readonly statusText: string
  readonly headers: IncomingHttpHeaders
  /** As received: still compressed, when the server compressed it. */
  readonly body: Buffer
}

/**
 * Rejects with `signal.reason` when aborted, with `http_client.response_too_large` as soon as more than `maxBytes` came in, and
 * with the socket's own error otherwise.
 */
export function exchange(dispatcher: Dispatcher, request: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal } = request
    if (signal.aborted) {
      reject(signal.reason as Error)
      return
    }
    const receiver = new Receiver(request.maxBytes, (outcome) => {
      signal.removeEventListener('abort', onAbort)
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    })
    const onAbort = (): void => receiver.abort(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    const { method, url, headers, body } = request
    const path = url.pathname + url.search
    const mutable = headers as Record<string, string | string[]>
    dispatcher.dispatch({ origin: url.origin, path, method, headers: mutable, body: body ?? null }, receiver)
  })
}

class Receiver implements Dispatcher.DispatchHandler {
  readonly #maxBytes: number
  readonly #settle: (outcome: Answer | Error) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Error | undefined
  #size = 0
  #status = 0
  #statusText = ''
  #headers: IncomingHttpHeaders = {}
  #done = false

  constructor(maxBytes: number, settle: (outcome: Answer | Error) => void) {
    this.#maxBytes = maxBytes
    this.#settle = settle
  }

  /** Settles at once; the connection is given up when there is one. */
  abort(reason: Error): void {
    this.#aborted = reason
    this.#controller?.abort(reason)
    this.#finish(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted !== undefined) controller.abort(this.#aborted)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    this.#status = status
    this.#headers = headers
    this.#statusText = statusText ?? ''
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) this.abort(responseTooLarge({ limit: this.#maxBytes }))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#size)
    this.#finish({ status: this.#status, statusText: this.#statusText, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(error)
  }

  #finish(outcome: Answer | Error): void {
    if (this.#done) return
    this.#done = true
    this.#settle(outcome)
  }
}
