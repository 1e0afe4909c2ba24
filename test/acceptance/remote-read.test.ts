/** A real Prometheus reads from Bongsu what another one holds itself: it must answer its users alike. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compressSnappy } from '../../src/codec/snappy.ts'
import { startApiPair } from '../support/api-pair.ts'
import type { ApiPair } from '../support/api-pair.ts'
import { oddSeries } from '../support/api-series.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { readRequest, remoteRead } from '../support/remote-read-client.ts'
import type { ReadQueryInput, ReadSeries } from '../support/remote-read-client.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

const EXTERNAL = { region: 'eu' }
const QUERIES = [
  'http_requests_total',
  'http_requests_total[30m]',
  '{__name__=~"g.+|flapping"}[20m]',
  'odd_values[1h]',
  'odd_values',
  'single[1h]',
  '{"metric.with dots"}[5m]',
  'native[1h]',
  'native',
  'mixed[1h]',
  'sum by (code) (rate(http_requests_total{instance!="b"}[5m]))',
  'increase(gone[1h])',
  'max_over_time(gappy[10m:1m])',
  'histogram_quantile(0.9, rate(native{kind="integer"}[5m]))',
  'histogram_quantile(0.5, native{kind="custom"})',
  'histogram_sum(native{kind="gauge"} offset 5m)',
  'resets(native[30m])',
  'absent(http_requests_total{region="us"})',
  'count({job="web"})',
  'nothing_at_all',
] as const
const MATCHERS: readonly ReadQueryInput['matchers'][] = [
  [[0, '__name__', 'http_requests_total']],
  [[0, '__name__', 'native']],
  [[2, '__name__', 'g.+|odd.*|flapping|single|mixed']],
  [
    [0, 'job', 'web'],
    [1, 'code', '200'],
    [3, 'instance', 'a|b'],
  ],
  [
    [0, '__name__', 'gappy'],
    [0, 'region', 'eu'],
  ],
  [
    [0, '__name__', 'gappy'],
    [0, 'region', 'us'],
  ],
  [[0, '__name__', 'metric.with dots']],
]
const FORMS: readonly (readonly [name: string, accepted: readonly number[]])[] = [
  ['samples', []],
  ['chunks', [7, 1, 0]],
]

describe.skipIf(program === undefined)('remote read', () => {
  const end = Math.floor(Date.now() / 15_000) * 15_000
  let pair: ApiPair
  let reader: Awaited<ReturnType<typeof startReader>>
  beforeAll(async () => {
    pair = await startApiPair(program ?? '', oddSeries(end), '# TYPE page_total counter\npage_total 1\n', EXTERNAL)
    reader = await startReader(program ?? '', `${pair.bongsu}/api/v1/read`)
  })
  afterAll(async () => {
    await reader[Symbol.asyncDispose]()
    await pair[Symbol.asyncDispose]()
  })

  test.each(QUERIES)('%s', async (query) => {
    for (const at of [end, end - 61_000, end - 900_000]) {
      const params = { query, time: String(at / 1000) }
      const [want, got] = await Promise.all([pair.prometheus, reader.url].map((base) => ask(base, 'query', params)))
      expect(got, query).toEqual(want)
    }
    if (query.endsWith(']')) return
    const range = { query, start: String(end / 1000 - 1800), end: String(end / 1000), step: '37' }
    const [want, got] = await Promise.all([pair.prometheus, reader.url].map((base) => ask(base, 'query_range', range)))
    expect(got, query).toEqual(want)
  })

  describe.each(FORMS)('as %s', (_, accepted) => {
    test.each(MATCHERS.map((matchers) => [JSON.stringify(matchers), matchers] as const))(
      '%s',
      async (_text, matchers) => {
        const ranges = [
          { start: end - 3_600_000, end, matchers },
          { start: end - 600_000, end: end - 300_000, matchers },
          { start: end - 15_000, end: end - 15_000, matchers },
          { start: 1, end: 2, matchers },
        ]
        const [want, got] = await Promise.all(
          [pair.prometheus, pair.bongsu].map(async (base) =>
            (await remoteRead(base, ranges, accepted)).map(comparable),
          ),
        )
        expect(got).toEqual(want)
      },
    )
  })

  test('both forms come in the same order, that of the labels', async () => {
    const query = [{ start: end - 3_600_000, end, matchers: [[2, '__name__', '.+'] as const] }]
    const [samples, chunks] = await Promise.all([[0], [1]].map((accepted) => remoteRead(pair.bongsu, query, accepted)))
    expect(samples?.[0]?.map(([labels]) => labels)).toEqual(chunks?.[0]?.map(([labels]) => labels))
    expect(samples?.[0]?.length).toBeGreaterThan(20)
  })

  test('a client that goes away while it reads leaves nothing behind', async () => {
    const gone = new AbortController()
    const request = readRequest([{ start: 0, end, matchers: [[2, '__name__', '.+']] }], [1])
    const response = await fetch(`${pair.bongsu}/api/v1/read`, {
      method: 'POST',
      body: Uint8Array.from(compressSnappy(request)),
      signal: gone.signal,
    })
    expect(response.headers.get('content-encoding')).toBeNull()
    await response.body?.getReader().read()
    gone.abort()
    await eventually('no query is left', async () =>
      (await (await fetch(`${pair.bongsu}/metrics`)).text()).includes('bongsu_query_running_queries 0\n')
        ? true
        : undefined,
    )
    expect(await remoteRead(pair.bongsu, [{ start: 1, end: 2, matchers: [] }], [1])).toEqual([[]])
  })

  test('what is no request is refused in plain words', async () => {
    const post = async (body: Uint8Array<ArrayBuffer>): Promise<[number, string | null]> => {
      const response = await fetch(`${pair.bongsu}/api/v1/read`, { method: 'POST', body })
      return [response.status, response.headers.get('content-type')]
    }
    expect(await post(Uint8Array.of(1, 2, 3))).toEqual([400, 'text/plain; charset=utf-8'])
    // Declares 4 GiB.
    expect(await post(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toEqual([400, 'text/plain; charset=utf-8'])
    await expect(remoteRead(pair.bongsu, [], [9])).rejects.toThrow('none of the response types 9 is supported')
    const bad = [{ start: 0, end: 1, matchers: [[2, 'a', '('] as const] }]
    await expect(remoteRead(pair.bongsu, bad, [])).rejects.toThrow(/^400 .*missing closing/)
    expect(pair.log()).not.toContain('failed on a bug')
  })
})

async function ask(base: string, path: string, params: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(params).toString()}`)
  const body = (await response.json()) as { data?: { result?: readonly object[] }; error?: string; warnings?: unknown }
  const { data, error, warnings } = body
  const result = data?.result
  const isSeries = Array.isArray(result) && typeof result[0] === 'object'
  return { error, warnings, result: isSeries ? result.map((one) => JSON.stringify(one)).sort() : result }
}

/** Prometheus gives series of one name in any order when it sends samples, and those without a sample in the range too. */
function comparable(series: readonly ReadSeries[]): readonly ReadSeries[] {
  return series
    .filter(([, samples]) => samples.length > 0)
    .map(([labels, samples]): ReadSeries => [labels, samples.map(([time, value]) => [time, withoutLost(value)])])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** What the form of samples loses in Prometheus 3.5: the sign of -0, as protobuf leaves zeros out, and custom bounds, which it has no field for. */
function withoutLost(value: bigint | string): bigint | string {
  return typeof value === 'string' ? value.replace(/"custom":[^\]]*\]/, '') : value === 1n << 63n ? 0n : value
}

async function startReader(prometheus: string, url: string): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-reader-'))
  const port = await freePort()
  const config = [
    `global: { external_labels: ${JSON.stringify(EXTERNAL)} }`,
    `remote_read: [{ url: ${url}, read_recent: true }]`,
  ]
  writeFileSync(join(folder, 'prometheus.yml'), config.join('\n'))
  const child = runChild(prometheus, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=native-histograms',
  ])
  const base = `http://127.0.0.1:${port}`
  await eventually('the reader is ready', async () => ((await fetch(`${base}/-/ready`)).ok ? true : undefined))
  return {
    url: base,
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
