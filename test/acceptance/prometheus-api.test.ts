/** Asks a real Prometheus and Bongsu the same things; both hold the same samples and scrape the same page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApiPair } from '../support/api-pair.ts'
import type { ApiPair } from '../support/api-pair.ts'
import { Dice, oddRequests, sensibleRequests } from '../support/api-requests.ts'
import type { ApiRequest } from '../support/api-requests.ts'
import { oddSeries } from '../support/api-series.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

const SENSIBLE = 400
const PAGE = [
  '# HELP page_requests_total Requests.',
  '# TYPE page_requests_total counter',
  'page_requests_total{path="/"} 12',
  '# HELP page_temperature Degrees.',
  '# TYPE page_temperature gauge',
  'page_temperature 21.5',
  '',
].join('\n')

const TIMINGS = [
  'evalTotalTime',
  'execQueueTime',
  'execTotalTime',
  'innerEvalTime',
  'queryPreparationTime',
  'resultSortTime',
]
const MEASURED_QUERIES = [
  'gappy',
  'gone',
  '1',
  'vector(1)',
  'time()',
  '{__name__=~"http_requests_total|gappy|flapping"}',
  'http_requests_total offset 2m',
  'native',
  'mixed',
  'rate(http_requests_total[5m])',
  'increase(gappy[1m])',
  'sum_over_time(flapping[10m])',
  'rate(native[2m])',
  'last_over_time(mixed[7m])',
  'absent_over_time(gone[5m])',
  'timestamp(gappy)',
  'timestamp(native)',
  `http_requests_total @ end()`,
  'sum(rate(http_requests_total[5m] @ end()))',
  'gappy + on() rate(gone[5m] @ start())',
  'sum by (code) (http_requests_total) / on (code) group_left count by (code) (http_requests_total)',
  'topk(scalar(count(http_requests_total)), http_requests_total)',
  'quantile_over_time(scalar(odd_values), gappy[5m])',
  'max_over_time(gappy[10m:1m])',
  'max_over_time(rate(http_requests_total[2m])[10m:30s])',
  'avg_over_time(sum(http_requests_total)[5m:])',
  'max_over_time(gappy[2m:30s] offset 3m)',
  'max_over_time(gappy[10m:1m] @ end())',
  'max_over_time(min_over_time(gappy[3m:30s])[10m:1m])',
  'last_over_time(native[5m:1m])',
  'absent(http_requests_total{code="x"})',
  'label_replace(gappy, "a", "b", "", "")',
  'histogram_quantile(0.9, rate(native{kind="integer"}[5m]))',
  'gappy[5m]',
  'native[5m]',
  'gappy[5m:1m]',
  'rate(http_requests_total[1m])[5m:1m]',
  '"text"',
] as const

interface Body {
  readonly status?: string
  readonly data?: unknown
  readonly error?: string
  readonly errorType?: string
  readonly warnings?: readonly string[]
}
interface Answer {
  readonly status: number
  readonly body: Body
}

/** What differs by design: answers that are not compared word by word, or not at all, and why. */
const DIFFERENCES: readonly {
  readonly reason: string
  readonly applies: (request: ApiRequest, prometheus: Answer, bongsu: Answer) => boolean
}[] = [
  {
    reason: 'a timeout of half a millisecond is over before some answers, and not before others',
    applies: ({ params }, prometheus, bongsu) =>
      params.some(([name, value]) => name === 'timeout' && value === '0.0004') &&
      [prometheus.status, bongsu.status].every((status) => status === 200 || status === 503),
  },
  {
    reason:
      'words of errors within the brackets of a range and behind offset: they changed between 3.5 and 3.14, with duration expressions',
    applies: (request, prometheus, bongsu) =>
      prometheus.status === 400 &&
      bongsu.status === 400 &&
      request.params.some(([, value]) => /\[| offset$/.test(value) && /^(up|rate)/.test(value)),
  },
  {
    reason: 'Prometheus 3.5 fails on a range of a series that changes from floats to histograms (put right later)',
    applies: (_, prometheus) => prometheus.status === 422 && prometheus.body.error === 'unexpected number of samples',
  },
  {
    reason: 'a timeout that is over before the query starts is told in words of the stage that notices it',
    applies: (request, prometheus, bongsu) =>
      request.params.some(([name, value]) => name === 'timeout' && Number(value) <= 0) &&
      prometheus.status >= 400 &&
      bongsu.status === 503 &&
      bongsu.body.errorType === 'timeout',
  },
  {
    reason: 'an endpoint that came after 3.5',
    applies: (_, prometheus) => prometheus.status === 404 && prometheus.body.error === '404 page not found\n',
  },
  {
    reason: 'a bound of status/tsdb that came after 3.5',
    applies: (_, prometheus, bongsu) =>
      prometheus.status === 200 && bongsu.body.error === 'limit must not exceed 10000',
  },
  {
    reason: 'a limit keeps any series in Prometheus, the first in order of their labels here',
    applies: ({ params }, prometheus, bongsu) =>
      params.some(([name]) => name === 'limit') &&
      JSON.stringify(prometheus.body.warnings) === JSON.stringify(bongsu.body.warnings) &&
      prometheus.body.warnings !== undefined &&
      seriesOf(prometheus).length === seriesOf(bongsu).length,
  },
]

function seriesOf({ body }: Answer): readonly unknown[] {
  const data = body.data as { result?: readonly unknown[] } | readonly unknown[]
  return Array.isArray(data) ? data : ((data as { result?: readonly unknown[] }).result ?? [])
}

async function ask(base: string, { method, path, params }: ApiRequest): Promise<Answer> {
  const text = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString()
  const url = `${base}/api/v1/${path}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await (method === 'GET' ? fetch(`${url}?${text}`) : fetch(url, { method, body: text, headers }))
  const body = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, body: isJson ? (JSON.parse(body) as Body) : { error: body } }
}

/** Brings an answer to what both promise: series in any order, moments and measured times left out. */
function comparable({ path }: ApiRequest, { status, body }: Answer): unknown {
  return { status, body: comparableBody(path, JSON.parse(JSON.stringify(body, reviver)) as Body) }
}

/** Measured, or (the global URL) made of a host name that Bongsu doesn't guess: it takes server.external_url's. */
const MEASURED = new Set(['lastScrape', 'lastScrapeDuration', 'globalUrl'])
/** Members of parsed queries and labels of discovered targets that Prometheus 3.14 has, but 3.5 does not yet. */
const NEWER = new Set([
  'offsetExpr',
  'rangeExpr',
  'anchored',
  'smoothed',
  '__always_scrape_classic_histograms__',
  '__convert_classic_histograms_to_nhcb__',
  '__scrape_native_histograms__',
])

function reviver(key: string, value: unknown): unknown {
  if (MEASURED.has(key)) return 'measured'
  if (NEWER.has(key)) return undefined
  if (key === 'result' && Array.isArray(value) && typeof value[0] === 'object') return ordered(value)
  return value
}

function comparableBody(path: string, body: Body): Body {
  // Prometheus takes both out of maps, in any order.
  const isUnordered = path === 'series' || path === 'targets/metadata'
  if (isUnordered && Array.isArray(body.data)) return { ...body, data: ordered(body.data) }
  if (path === 'metadata' && typeof body.data === 'object') {
    // Bongsu also describes the series that a scrape adds about itself.
    const own = Object.entries(body.data ?? {}).filter(([name]) => name.startsWith('page_'))
    return { ...body, data: Object.fromEntries(own) }
  }
  if (path.startsWith('status/') || path === 'notifications')
    return typeof body.data === 'object' ? { ...body, data: {} } : body
  return body
}

function ordered(items: readonly unknown[]): readonly unknown[] {
  const keyed = items.map((item) => [JSON.stringify(item, sortedKeys), item] as const)
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

describe.skipIf(program === undefined)('a real Prometheus with the same samples', () => {
  const end = Math.floor(Date.now() / 15_000) * 15_000
  let pair: ApiPair
  beforeAll(async () => {
    pair = await startApiPair(program ?? '', oddSeries(end), PAGE, { region: 'eu' })
  })
  afterAll(async () => {
    await pair[Symbol.asyncDispose]()
  })

  /** Requests whose answers differ without a reason, with both answers. */
  async function differing(requests: readonly ApiRequest[]): Promise<readonly string[]> {
    const found: string[] = []
    const reasons = new Map<string, number>()
    for (const request of requests) {
      const [prometheus, bongsu] = await Promise.all([ask(pair.prometheus, request), ask(pair.bongsu, request)])
      const [want, got] = [comparable(request, prometheus), comparable(request, bongsu)]
      if (JSON.stringify(want, sortedKeys) === JSON.stringify(got, sortedKeys)) continue
      const known = DIFFERENCES.find(({ applies }) => applies(request, prometheus, bongsu))
      if (known !== undefined) reasons.set(known.reason, (reasons.get(known.reason) ?? 0) + 1)
      else found.push(`${JSON.stringify(request)}\n  Prometheus: ${short(want)}\n  Bongsu:     ${short(got)}`)
    }
    const same = requests.length - found.length - [...reasons.values()].reduce((sum, n) => sum + n, 0)
    console.log(
      `differential API: ${same} of ${requests.length} answers alike, ${found.length} differ without a reason`,
    )
    for (const [reason, count] of reasons) console.log(`  ${count} by design: ${reason}`)
    return found
  }

  test('answers sensible requests alike', async () => {
    expect(await differing(sensibleRequests(SENSIBLE, new Dice(2), end))).toEqual([])
  })

  test('answers every odd value of every parameter alike', async () => {
    expect(await differing(oddRequests(end))).toEqual([])
  })

  test.each([
    ['text', 'text/plain;version=0.0.4'],
    ['text with any name', 'text/plain;version=1.0.0;escaping=allow-utf-8'],
    ['OpenMetrics', 'application/openmetrics-text;version=1.0.0'],
    ['OpenMetrics 0.0.1', 'application/openmetrics-text;version=0.0.1'],
    ['values escaping', 'text/plain;version=0.0.4;escaping=values'],
    ['nothing asked', '*/*'],
  ])('federates alike: %s', async (_, accept) => {
    // Histograms with custom buckets are federated as classic ones since 3.7, as Bongsu does; 3.5 leaves them out.
    const matches = ['{job!="page",kind!="custom",__name__=~".+"}', '{"metric.with dots"}', '{absent="x"}']
    for (const match of matches) {
      const query = new URLSearchParams([
        ['match[]', match],
        ['match[]', 'http_requests_total{instance!="a"}'],
      ]).toString()
      const pages = await Promise.all(
        [pair.prometheus, pair.bongsu].map(async (base) => {
          const response = await fetch(`${base}/federate?${query}`, { headers: { accept } })
          return { type: response.headers.get('content-type'), text: sortedSeries(await response.text()) }
        }),
      )
      expect(pages[1], match).toEqual(pages[0])
      expect(pages[0]?.text).toContain('http_requests_total')
    }
  })

  test('refuses what is not allowed with the same statuses', async () => {
    const asked: [method: string, path: string][] = [
      ['PUT', '/api/v1/query'],
      ['DELETE', '/api/v1/labels'],
      ['POST', '/api/v1/metadata'],
      ['POST', '/federate'],
      ['GET', '/-/nothing'],
      ['GET', '/api/v1/nothing'],
      ['GET', '/-/healthy'],
      ['HEAD', '/-/ready'],
      ['HEAD', '/-/healthy'],
      ['GET', '/api/v1/read'],
      ['POST', '/api/v1/format_query'],
      ['POST', '/api/v1/parse_query'],
      ['POST', '/api/v1/query_exemplars'],
      ['GET', '/version'],
      ['OPTIONS', '/api/v1/query'],
    ]
    for (const [method, path] of asked) {
      const [want, got] = await Promise.all(
        [pair.prometheus, pair.bongsu].map(async (base) => (await fetch(base + path, { method })).status),
      )
      expect(got, `${method} ${path}`).toBe(want)
    }
  })

  test('tells pages of other origins the same', async () => {
    const told = async (base: string, method: string, path: string, origin: string): Promise<unknown> => {
      const response = await fetch(base + path, { method, headers: origin === '' ? {} : { origin } })
      const cors = [...response.headers].filter(([name]) => name.startsWith('access-control-'))
      return {
        status: response.status,
        cors: cors.sort(([a], [b]) => (a < b ? -1 : 1)),
        varies: /Origin/.test(response.headers.get('vary') ?? ''),
      }
    }
    for (const [method, path] of [
      ['GET', '/api/v1/query?query=1'],
      ['GET', '/api/v1/query?query='],
      ['OPTIONS', '/api/v1/query'],
      ['OPTIONS', '/api/v1/nothing/at/all'],
      ['GET', '/api/v1/targets'],
      ['GET', '/api/v1/notifications'],
      ['GET', '/federate?match[]=up'],
      ['GET', '/-/healthy'],
    ] as const) {
      for (const origin of ['', 'https://page.example']) {
        const [want, got] = await Promise.all(
          [pair.prometheus, pair.bongsu].map((base) => told(base, method, path, origin)),
        )
        expect(got, `${method} ${path} ${origin}`).toEqual(want)
      }
    }
  })

  test('shows the same members in status answers', async () => {
    const added: Readonly<Record<string, readonly string[]>> = {
      'status/buildinfo': ['application', 'applicationVersion', 'nodeVersion'],
    }
    for (const path of ['status/buildinfo', 'status/runtimeinfo', 'status/config', 'status/tsdb', 'status/walreplay']) {
      const [want, got] = await Promise.all(
        [pair.prometheus, pair.bongsu].map(async (base) => {
          const { body } = await ask(base, { method: 'GET', path, params: [] })
          return Object.keys(body.data as object).sort()
        }),
      )
      expect(
        got?.filter((key) => !added[path]?.includes(key)),
        path,
      ).toEqual(want)
    }
  })

  describe('counts the samples of', () => {
    interface Samples {
      readonly totalQueryableSamples: number
      readonly totalQueryableSamplesPerStep: readonly unknown[]
    }
    const samplesOf = async (base: string, path: string, params: Record<string, string>): Promise<Samples> => {
      const { body } = await ask(base, { method: 'GET', path, params: Object.entries({ stats: 'all', ...params }) })
      const { timings, samples } = (body.data as { stats: { timings: object; samples: Samples } }).stats
      expect(Object.keys(timings).sort()).toEqual(TIMINGS)
      return samples
    }
    const counted = ({ totalQueryableSamples, totalQueryableSamplesPerStep }: Samples): unknown[] => [
      totalQueryableSamples,
      totalQueryableSamplesPerStep,
    ]

    test.each(MEASURED_QUERIES)('%s', async (query) => {
      const instant = { query, time: String(end / 1000 - 60) }
      const [want, got] = await Promise.all(
        [pair.prometheus, pair.bongsu].map((base) => samplesOf(base, 'query', instant)),
      )
      expect(counted(got as Samples)).toEqual(counted(want as Samples))
      if (/[\]"]$/.test(query)) return
      for (const step of ['15', '40', '600']) {
        const range = { query, start: String(end / 1000 - 1700), end: String(end / 1000), step }
        const [wanted, found] = await Promise.all(
          [pair.prometheus, pair.bongsu].map((base) => samplesOf(base, 'query_range', range)),
        )
        expect(counted(found as Samples), step).toEqual(counted(wanted as Samples))
      }
    })
  })

  test('no request was a bug', () => {
    expect(pair.log()).not.toContain('failed on a bug')
  })
})

/** Series of one name come in any order from Prometheus. */
function sortedSeries(page: string): string {
  return page
    .split(/(?=# TYPE )/)
    .map((family) => {
      const [type = '', ...lines] = family.split('\n')
      return [type, ...lines.sort()].join('\n')
    })
    .join('')
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 600 ? `${text.slice(0, 600)} ...` : text
}
