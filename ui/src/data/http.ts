import { urlOf } from './base.ts'

export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** What a request needs from its surroundings: who asks, and when the question is void. */
export interface RequestContext {
  /** The X-Scope-OrgID to send; '' = none. */
  readonly tenant: string
  readonly signal?: AbortSignal
}

/** A failed request, as the page shows it: `network` = no answer at all, `server` = an answer that says no. */
export class ApiError extends Error {
  readonly kind: 'network' | 'server'
  /** The HTTP status, 0 when there was no answer. */
  readonly status: number
  /** Prometheus' error type (`bad_data`, `execution` ...) or Bongsu's error code; '' when the answer has none. */
  readonly type: string
  readonly requestId: string

  constructor(
    message: string,
    rest: { kind: 'network' | 'server'; status: number; type?: string; requestId?: string },
  ) {
    super(message)
    this.name = 'ApiError'
    this.kind = rest.kind
    this.status = rest.status
    this.type = rest.type ?? ''
    this.requestId = rest.requestId ?? ''
  }
}

/** Above this length of the query string a request is sent as a form, where the API allows it. */
const MAX_QUERY_LENGTH = 4000

export function encodeParams(params: Params): URLSearchParams {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) search.append(name, one)
  }
  return search
}

/** The body of a successful answer. Throws `ApiError`, or the signal's reason when cancelled. */
export async function request(path: string, params: Params, ctx: RequestContext): Promise<ArrayBuffer> {
  const response = await send(path, encodeParams(params), ctx)
  const body = await response.arrayBuffer()
  if (!response.ok) throw errorOf(response, new TextDecoder().decode(body))
  return body
}

async function send(path: string, search: URLSearchParams, ctx: RequestContext): Promise<Response> {
  const url = urlOf(path)
  const headers: Record<string, string> = { accept: 'application/json' }
  if (ctx.tenant !== '') headers['x-scope-orgid'] = ctx.tenant
  const asForm = search.toString().length > MAX_QUERY_LENGTH
  if (!asForm) url.search = search.toString()
  const signal = ctx.signal ?? null
  try {
    return await fetch(url, asForm ? { method: 'POST', headers, body: search, signal } : { headers, signal })
  } catch (error) {
    if (ctx.signal?.aborted === true) throw error
    throw new ApiError(error instanceof Error ? error.message : String(error), { kind: 'network', status: 0 })
  }
}

function errorOf(response: Response, text: string): ApiError {
  const fields = parseFields(text)
  const said = fields['error'] ?? fields['message'] ?? fields['detail'] ?? fields['title']
  const type = fields['errorType'] ?? fields['code'] ?? ''
  const plain = text.startsWith('<') || text === '' ? `${response.status} ${response.statusText}` : text.slice(0, 2000)
  return new ApiError(typeof said === 'string' ? said : plain.trim(), {
    kind: 'server',
    status: response.status,
    type: typeof type === 'string' ? type : '',
    requestId: response.headers.get('x-request-id') ?? '',
  })
}

function parseFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Decodes the JSON of an answer, believed to be a T; a body that is none is an `ApiError` too (a proxy's login page, say). */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function parseJson<T>(body: ArrayBuffer): T {
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text) as T
  } catch {
    throw new ApiError(`the answer is not JSON: ${text.slice(0, 200)}`, { kind: 'server', status: 200 })
  }
}
