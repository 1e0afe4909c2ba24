import { redactUrl } from '../../config/url.ts'
import { defineError } from '../../core/errors.ts'
import type { HttpClient } from '../http-client/client.ts'
import { withDeadline } from '../http-client/deadline.ts'
import type { HttpSdConfig } from './config.ts'
import { Refreshes } from './discoverer.ts'
import type { Discoverer, DiscovererDeps, DiscoveryStatus, Publish } from './discoverer.ts'
import { parseJsonGroups, withLabels } from './target-group.ts'
import type { TargetGroup } from './target-group.ts'

const MAX_ANSWER_BYTES = 256 << 20
const JSON_TYPE = /^application\/json(;\s*charset=("utf-8"|utf-8))?$/i

export const badAnswer = defineError<{ detail: string }>({
  code: 'discovery.bad_answer',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ detail }) => detail,
  advice: 'The service must answer with status 200, content type application/json and a list of target groups.',
})

/** `http_sd_configs`: groups from an HTTP service, asked every `refresh_interval`. After a failure the last good groups stay. */
export class HttpDiscoverer implements Discoverer {
  readonly #config: HttpSdConfig
  readonly #client: HttpClient
  readonly #deps: DiscovererDeps & { readonly userAgent: string }
  readonly #refreshes: Refreshes

  /** Owns the client: closes it as the run ends. */
  constructor(
    config: HttpSdConfig,
    deps: DiscovererDeps & { readonly client: HttpClient; readonly userAgent: string },
  ) {
    this.#config = config
    this.#client = deps.client
    this.#deps = deps
    this.#refreshes = new Refreshes('http', deps)
  }

  get status(): DiscoveryStatus {
    return this.#refreshes.status
  }

  async run(publish: Publish, signal: AbortSignal): Promise<void> {
    const { refresh_interval: interval } = this.#config
    await this.#refreshes.repeat(interval, () => this.#ask(signal), publish, signal)
    await this.#client.close()
  }

  async #ask(signal: AbortSignal): Promise<readonly TargetGroup[]> {
    const { url, refresh_interval: interval } = this.#config
    const headers = {
      accept: 'application/json',
      'user-agent': this.#deps.userAgent,
      'x-prometheus-refresh-interval-seconds': String(interval / 1000),
    }
    const late = (): Error => badAnswer({ detail: `no answer within the refresh interval of ${interval / 1000} s` })
    const answer = await withDeadline(
      (until) => this.#client.fetch({ url, headers, maxBytes: MAX_ANSWER_BYTES, signal: until }),
      { timeout: interval, late, clock: this.#deps.clock, signal },
    )
    return groupsOf(answer, url)
  }
}

function groupsOf(
  answer: { status: number; statusText: string; headers: Record<string, string | string[] | undefined>; body: Buffer },
  url: string,
): readonly TargetGroup[] {
  if (answer.status !== 200) {
    throw badAnswer({ detail: `server returned HTTP status ${answer.status} ${answer.statusText}` })
  }
  const type = String(answer.headers['content-type'] ?? '').trim()
  if (!JSON_TYPE.test(type)) throw badAnswer({ detail: `unsupported content type ${JSON.stringify(type)}` })
  const shown = redactUrl(url) // labels are for everybody's eyes
  const groups = parseJsonGroups(answer.body.toString('utf8'), (index) => `${shown}:${index}`)
  return groups.map((group) => withLabels(group, { __meta_url: shown }))
}
