/** The server that `bongsu query` asks. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { readValue } from '../../config/read-value.ts'
import { withOverrides } from '../../config/overrides.ts'
import { printProblem } from '../../config/problem.ts'
import type { Problem } from '../../config/problem.ts'
import { parseYaml } from '../../config/yaml-source.ts'
import { defineError, messageOf } from '../../core/errors.ts'
import { HttpClient } from '../../receive/http-client/client.ts'
import type { HttpResponse } from '../../receive/http-client/client.ts'
import { httpClientSchema } from '../../receive/http-client/config.ts'
import type { HttpClientConfig } from '../../receive/http-client/config.ts'
import type { Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flags } from '../flags.ts'
import { DEFAULT_URL } from './server-flags.ts'

const TIMEOUT_MS = 120_000
const MAX_ANSWER_BYTES = 2 ** 30

export const unreadableAnswer = defineError<{ url: string; detail: string }>({
  code: 'commands.unreadable_answer',
  status: 502,
  blame: 'caller',
  retry: false,
  message: ({ url, detail }) => `${url} does not answer as Prometheus does: ${detail}`,
  advice: 'Check --url: it is the address of Bongsu or Prometheus, with a path prefix when there is one.',
})

/** What the server says of a request that it refuses. */
export interface Refusal {
  readonly status: number
  readonly errorType: string
  readonly error: string
  readonly advice?: string
}

export interface Answered {
  readonly data: unknown
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

export type Outcome = { readonly answer: Answered } | { readonly refusal: Refusal }

export interface ApiServer {
  /** Calls `/api/v1/<path>`. Rejects with `http_client.*` or `commands.unreadable_answer`. */
  ask(path: string, params: URLSearchParams, method?: 'GET' | 'POST'): Promise<Outcome>
  close(): Promise<void>
}

/** `positional`: the server as promtool takes it, before the expression. Throws `commands.bad_usage`. */
export async function serverOf(
  given: Flags,
  positional: string | undefined,
  { clock, env }: Terminal,
): Promise<ApiServer> {
  const url = baseUrl(given.options.get('--url')?.value ?? positional ?? DEFAULT_URL)
  const client = new HttpClient(await clientConfig(given.options.get('--http.config.file')?.value), { clock, env })
  const headers = headersOf(given)
  return {
    ask: async (path, params, method = 'POST') => {
      const target = `${url}/api/v1/${path}`
      const post = { method: 'POST', url: target, body: params.toString() } as const
      const get = { method: 'GET', url: `${target}?${params.toString()}` } as const
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const common = { maxBytes: MAX_ANSWER_BYTES, signal: AbortSignal.timeout(TIMEOUT_MS) }
      const asked = await client.fetch({
        ...(method === 'POST' ? post : get),
        headers: method === 'POST' ? { ...headers, ...type } : headers,
        ...common,
      })
      // A proxy that lets only GET through, as client_golang's clients handle it.
      const isRefusedPost = method === 'POST' && (asked.status === 405 || asked.status === 501)
      return outcomeOf(isRefusedPost ? await client.fetch({ ...get, headers, ...common }) : asked)
    },
    close: () => client.close(),
  }
}

function outcomeOf({ body, status, url }: HttpResponse): Outcome {
  let read: unknown
  try {
    read = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    const start = body.subarray(0, 60).toString('utf8').split('\n', 1)[0] ?? ''
    throw unreadableAnswer({ url, detail: `HTTP ${status}, ${JSON.stringify(start)}` }, { cause })
  }
  const envelope = read as Partial<Refusal> & { status?: string; data?: unknown; warnings?: string[]; infos?: string[] }
  if (envelope.status === 'success') {
    return { answer: { data: envelope.data, warnings: envelope.warnings ?? [], infos: envelope.infos ?? [] } }
  }
  if (typeof envelope.error !== 'string') throw unreadableAnswer({ url, detail: `HTTP ${status} without "status"` })
  const { errorType = 'unknown', error, advice } = envelope
  return { refusal: { status, errorType, error, ...(typeof advice === 'string' ? { advice } : {}) } }
}

function baseUrl(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw badUsage({ problem: `not the address of a server: ${JSON.stringify(text)}` })
  }
  return url.href.replace(/[?#].*$/, '').replace(/\/+$/, '')
}

function headersOf(given: Flags): Record<string, string> {
  const headers: Record<string, string> = {}
  const tenant = given.options.get('--tenant')?.value
  if (tenant !== undefined) headers['x-scope-orgid'] = tenant
  for (const text of given.all('--header')) {
    const at = text.indexOf('=')
    if (at <= 0) throw badUsage({ problem: `option --header: expected NAME=VALUE, not ${JSON.stringify(text)}` })
    headers[text.slice(0, at).toLowerCase()] = text.slice(at + 1)
  }
  return headers
}

async function clientConfig(file: string | undefined): Promise<HttpClientConfig> {
  if (file === undefined) return httpClientSchema.parse({})
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw badUsage({ problem: `option --http.config.file: ${messageOf(error)}` })
  })
  const source = parseYaml(file, text)
  const problems: Problem[] = [...source.problems]
  const folder = dirname(resolve(file))
  const report = (problem: Problem): void => void problems.push(problem)
  const config = readValue(httpClientSchema, withOverrides({ ...source, value: source.value ?? {} }, []), {
    at: [],
    folder,
    report,
  })
  if (config === undefined) throw badUsage({ problem: problems.map(printProblem).join('\n') })
  return config
}
