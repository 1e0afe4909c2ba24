/** `X-Scope-OrgID` keeps tenants apart on every road in and out, and what one of them sends too much costs no other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CardinalityAnswer } from '../../src/api/bongsu/schema.ts'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { exportGrpc, exportHttp, gaugeRequest, OTLP_ON_FREE_PORTS } from '../support/otlp-client.ts'
import { ownMetric } from '../support/own-metrics.ts'
import { postWrite } from '../support/remote-write-sender.ts'

const config = [
  OTLP_ON_FREE_PORTS,
  'host_metrics: { enabled: false }',
  'self_scrape: { enabled: false }',
  'limits: { overrides: { small: { max_global_series_per_user: 40, max_global_series_per_metric: 10, max_label_value_length: 20 } } }',
].join('\n')
const TENANTS = ['team-a', 'team-b']
const BAD = ['..', 'no tenant', 'a/b', 'x'.repeat(151)]
const as = (tenant: string): Record<string, string> => ({ 'x-scope-orgid': tenant })

let bongsu: BongsuProcess
beforeAll(async () => void (bongsu = await startBongsu({ config })))
afterAll(async () => void (await bongsu.stop()))

async function get<T>(path: string, tenant?: string): Promise<T> {
  const answer = await fetch(bongsu.url + path, { headers: tenant === undefined ? {} : as(tenant) })
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as T
}
const data = async <T>(path: string, tenant?: string): Promise<T> =>
  (await get<{ data: T }>(`/api/v1/${path}`, tenant)).data

const push = (path: string, tenant: string, body: string): Promise<Response> =>
  fetch(`${bongsu.url}/metrics/job/${path}`, { method: 'PUT', headers: as(tenant), body })

describe('two tenants with series of the same names', () => {
  const statuses: number[] = []
  beforeAll(async () => {
    const now = Date.now()
    for (const [i, tenant] of TENANTS.entries()) {
      const value = i + 1
      const written = {
        labels: [
          ['__name__', 'written'],
          ['of', tenant],
          [`only_${i}`, 'x'],
        ] as const,
        samples: [{ value, timestamp: now }],
        exemplars: [{ labels: [['trace', tenant]] as const, value, timestamp: now }],
        metadata: { type: 2, help: `help of ${tenant}`, unit: '' },
      }
      statuses.push((await postWrite(bongsu.url, [written], 2, as(tenant))).status)
      const same = { labels: [['__name__', 'same']] as const, samples: [{ value, timestamp: now }] }
      statuses.push((await postWrite(bongsu.url, [same], 1, as(tenant))).status)
      const http = gaugeRequest('by_http', value)
      statuses.push((await exportHttp(`${bongsu.url}/api/v1/otlp`, http, as(tenant))).status)
      statuses.push(await exportGrpc(bongsu, gaugeRequest('by_grpc', value), tenant))
      statuses.push((await push('batch', tenant, `pushed ${value}\n`)).status)
    }
  })

  test('may write on every road', () => {
    const each = [204, 204, 200, 0, 200]
    expect(statuses).toEqual([...each, ...each])
  })

  test.each(['written', 'same', 'by_http', 'by_grpc', 'pushed'])('see only their own %s', async (metric) => {
    for (const [i, tenant] of TENANTS.entries()) {
      const { result } = await data<{ result: { value: [number, string] }[] }>(`query?query=${metric}`, tenant)
      expect(result.map(({ value }) => value[1])).toEqual([String(i + 1)])
    }
    for (const other of [undefined, 'nobody']) {
      expect((await data<{ result: unknown[] }>(`query?query=${metric}`, other)).result).toEqual([])
    }
  })

  test('list only what is theirs', async () => {
    for (const [i, tenant] of TENANTS.entries()) {
      const names = await data<string[]>('labels', tenant)
      expect(names).toContain(`only_${i}`)
      expect(names).not.toContain(`only_${1 - i}`)
      expect(await data('label/of/values', tenant)).toEqual([tenant])
      expect(await data('series?match[]=written', tenant)).toEqual([
        { __name__: 'written', of: tenant, [`only_${i}`]: 'x' },
      ])
      expect(await data('metadata?metric=written', tenant)).toMatchObject({ written: [{ help: `help of ${tenant}` }] })
      const exemplars = await data<{ exemplars: { labels: unknown }[] }[]>(
        `query_exemplars?query=written&start=${Date.now() / 1000 - 60}&end=${Date.now() / 1000 + 60}`,
        tenant,
      )
      expect(exemplars.flatMap((one) => one.exemplars.map(({ labels }) => labels))).toEqual([{ trace: tenant }])
      const page = await fetch(`${bongsu.url}/federate?match[]=${encodeURIComponent('{of=~".+"}')}`, {
        headers: as(tenant),
      })
      expect(await page.text()).toMatch(new RegExp(`written\\{of="${tenant}"[^\\n]*\\} ${i + 1} \\d+\\n$`))
      const groups = await data<unknown[]>('metrics', tenant)
      expect(groups).toHaveLength(1)
      const { byMetric } = await get<CardinalityAnswer>('/api/bongsu/cardinality', tenant)
      expect(byMetric.find(({ name }) => name === 'written')?.value).toBe(1)
    }
    expect(await data('labels')).toEqual([])
    expect((await get<CardinalityAnswer>('/api/bongsu/cardinality')).series).toBe(0)
    expect(await data('metrics', 'nobody')).toEqual([])
  })
})

test.each(BAD)('a tenant id %j is refused everywhere', async (tenant) => {
  expect((await postWrite(bongsu.url, [], 1, as(tenant))).status).toBe(400)
  expect((await exportHttp(`${bongsu.url}/api/v1/otlp`, gaugeRequest('g', 1), as(tenant))).status).toBe(400)
  expect(await exportGrpc(bongsu, gaugeRequest('g', 1), tenant)).toBe(3)
  expect((await push('batch', tenant, 'pushed 1\n')).status).toBe(400)
  const paths = [
    'query?query=up',
    'query_range?query=up&start=1&end=2&step=1',
    'labels',
    'label/job/values',
    'metadata',
  ]
  const more = ['series?match[]=up', 'query_exemplars?query=up&start=1&end=2', 'status/tsdb']
  for (const path of [...paths, ...more]) {
    const answer = await fetch(`${bongsu.url}/api/v1/${path}`, { headers: as(tenant) })
    expect(answer.status, path).toBe(400)
    expect(await answer.json(), path).toMatchObject({ status: 'error', errorType: 'bad_data' })
  }
  for (const path of ['/federate?match[]=up', '/api/bongsu/cardinality', '/api/bongsu/status']) {
    expect((await fetch(bongsu.url + path, { headers: as(tenant) })).status, path).toBe(400)
  }
})

describe('a tenant that sends more than it may', () => {
  const now = Date.now()
  const exploding = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      labels: [
        ['__name__', 'exploding'],
        ['fixed', 'x'],
        ['user_id', String(i)],
      ] as const,
      samples: [{ value: i, timestamp: now }],
    }))

  test('keeps what fits, is told metric and label, and shows it; others are not touched', async () => {
    const refused = await postWrite(bongsu.url, exploding(30), 1, as('small'))
    expect(refused.status).toBe(400)
    expect(refused.text).toMatch(/20 rows were not written/)
    expect(refused.text).toContain('exploding')
    expect(refused.text).toContain('user_id')
    expect((await data<{ result: unknown[] }>('query?query=exploding', 'small')).result).toHaveLength(10)
    // Known series go on, and so do other metrics.
    const again = exploding(10).map((one) => ({ ...one, samples: [{ value: 1, timestamp: now + 1000 }] }))
    expect((await postWrite(bongsu.url, again, 2, as('small'))).status).toBe(204)
    expect((await postWrite(bongsu.url, exploding(30), 1, as('large'))).status).toBe(204)
    const otlp = { 'service.instance.id': 'a value that is longer than twenty bytes' }
    expect((await exportHttp(`${bongsu.url}/api/v1/otlp`, gaugeRequest('g', 1, otlp), as('small'))).status).toBe(200)
    const answer = await get<CardinalityAnswer>('/api/bongsu/cardinality', 'small')
    expect(answer.limits).toEqual({ series: 40, seriesPerMetric: 10 })
    expect(answer.refusals).toContainEqual(expect.objectContaining({ metric: 'exploding', label: 'user_id' }))
    expect(answer.byMetric[0]).toEqual({ name: 'exploding', value: 10 })
    expect((await get<CardinalityAnswer>('/api/bongsu/cardinality', 'large')).refusals).toEqual([])
    const refusedSeries = await ownMetric(bongsu.url, 'bongsu_write_series_refused_total{code="metric_series_limit"}')
    expect(refusedSeries).toBe(20)
  })
})
