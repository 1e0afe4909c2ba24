import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryMetrics } from '../../../test/support/memory-metrics.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { silentLog } from '../../core/log.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { isStale } from '../../model/stale.ts'
import type { TenantId } from '../../model/tenant.ts'
import { pushgatewaySection } from './config.ts'
import { Pushgateway } from './gateway.ts'
import { pushgatewayRoutes } from './routes.ts'

const START = 1_700_000_000_000
const PAGE = `# TYPE rows_total counter
# HELP rows_total Rows written.
rows_total{table="a"} 3
rows_total{table="b"} 4
# TYPE duration_seconds gauge
duration_seconds 1.5
`

describe('push gateway', () => {
  let folder: string
  let app: FastifyInstance
  let clock: TestClock
  let metrics: MemoryMetrics
  let gateway: Pushgateway

  const start = async (config: object = {}): Promise<void> => {
    const options = { ...pushgatewaySection.schema.parse(config), folder }
    gateway = new Pushgateway(options, { consumer: metrics, clock, log: silentLog, telemetry: new Telemetry() })
    await gateway.start()
    app = Fastify()
    pushgatewayRoutes(options, { gateway, log: silentLog })(app)
  }
  const stop = async (): Promise<void> => {
    await app.close()
    await gateway.stop()
  }
  const call = async (
    method: 'PUT' | 'POST' | 'DELETE' | 'GET',
    url: string,
    body: string | Buffer = '',
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> => {
    const answer = await app.inject({ method, url, ...(method === 'GET' ? {} : { payload: body }), headers })
    return { status: answer.statusCode, body: answer.body }
  }
  const values = (labels: Record<string, string>, tenant?: TenantId): (number | string)[] =>
    metrics.series(labels, tenant)?.samples.map(({ value }) => (isStale(value) ? 'stale' : value)) ?? []
  const a = { __name__: 'rows_total', job: 'batch', table: 'a' }
  const b = { ...a, table: 'b' }
  const duration = { __name__: 'duration_seconds', job: 'batch' }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bongsu-push-'))
    clock = new TestClock(START)
    metrics = new MemoryMetrics()
    await start()
  })
  afterEach(async () => {
    await stop()
    await rm(folder, { recursive: true })
  })

  test('takes pushes below the prefix of the server', async () => {
    const below = Fastify()
    void below.register(
      (scope, _, done) => {
        pushgatewayRoutes(pushgatewaySection.schema.parse({}), { gateway, log: silentLog })(scope)
        done()
      },
      { prefix: '/mon' },
    )
    const answer = await below.inject({ method: 'PUT', url: '/mon/metrics/job/batch', payload: PAGE })
    expect(answer.statusCode).toBe(200)
    expect(values(a)).toEqual([3])
    await below.close()
  })

  test('writes what is pushed at once, and again at every interval', async () => {
    expect(await call('PUT', '/metrics/job/batch', PAGE)).toEqual({ status: 200, body: '' })
    expect(values(a)).toEqual([3])
    await clock.advance(30_000)
    expect(metrics.series(a)?.samples.map(({ timestamp }) => timestamp - START)).toEqual([0, 15_000, 30_000])
    expect(values({ __name__: 'push_time_seconds', job: 'batch' })).toEqual([START / 1000, START / 1000, START / 1000])
    expect(values({ __name__: 'push_failure_time_seconds', job: 'batch' })).toEqual([0, 0, 0])
    expect(metrics.metadata().get('rows_total')).toEqual({
      metric: 'rows_total',
      type: 'counter',
      help: 'Rows written.',
      unit: '',
    })
  })

  test('replaces the whole group on PUT, and ends series that are gone', async () => {
    await call('PUT', '/metrics/job/batch', PAGE)
    await clock.advance(1000)
    await call('PUT', '/metrics/job/batch', 'rows_total{table="a"} 9\n')
    expect([values(a), values(b), values(duration)]).toEqual([
      [3, 9],
      [4, 'stale'],
      [1.5, 'stale'],
    ])
  })

  test('replaces metrics of the same name on POST, and keeps the others', async () => {
    await call('PUT', '/metrics/job/batch', PAGE)
    await call('POST', '/metrics/job/batch', 'rows_total{table="a"} 9\n')
    expect([values(a), values(b), values(duration)]).toEqual([
      [3, 9],
      [4, 'stale'],
      [1.5, 1.5],
    ])
  })

  test('forgets a group on DELETE, and only that one', async () => {
    await call('PUT', '/metrics/job/batch', PAGE)
    await call('PUT', '/metrics/job/batch/instance/x', PAGE)
    expect((await call('DELETE', '/metrics/job/batch')).status).toBe(202)
    await clock.advance(15_000)
    expect([values(a), values({ ...a, instance: 'x' })]).toEqual([
      [3, 'stale'],
      [3, 3],
    ])
    expect(values({ __name__: 'push_time_seconds', job: 'batch' }).at(-1)).toBe('stale')
    expect((await call('DELETE', '/metrics/job/never')).status).toBe(202)
    expect((await readdir(folder)).length).toBe(1)
  })

  test('lets the grouping labels win over those of the page, also with an empty value', async () => {
    await call('PUT', '/metrics/job/batch/pod@base64/=', 'x{job="other",pod="p"} 1\n')
    expect(values({ __name__: 'x', job: 'batch' })).toEqual([1])
  })

  test('keeps the groups over a restart, whatever their values', async () => {
    await call('PUT', '/metrics/job/batch', `${PAGE}x{v="1"} NaN\nx{v="2"} +Inf\nx{v="3"} -0\n`)
    await call('PUT', '/metrics/job/batch', 'y 1\n', { 'x-scope-orgid': 'team' })
    await stop()
    metrics = new MemoryMetrics()
    await start()
    await clock.advance(15_000)
    expect(['1', '2', '3'].flatMap((v) => values({ __name__: 'x', job: 'batch', v }))).toEqual([NaN, Infinity, -0])
    expect(values({ __name__: 'push_time_seconds', job: 'batch' })).toEqual([START / 1000])
    expect(values({ __name__: 'y', job: 'batch' }, 'team' as TenantId)).toEqual([1])
    expect((await readdir(folder)).length).toBe(2)
  })

  test('is safe on disk before it answers', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => call('PUT', `/metrics/job/j${i}`, 'x 1\n')))
    const again = new Pushgateway(
      { ...pushgatewaySection.schema.parse({}), folder },
      { consumer: new MemoryMetrics(), clock, log: silentLog, telemetry: new Telemetry() },
    )
    await again.start()
    expect(again.groups('default' as TenantId).length).toBe(20)
    await again.stop()
  })

  test('says so when the groups of before cannot be read', async () => {
    await writeFile(join(folder, 'torn.json'), '{"version":1,"gro')
    const broken = new Pushgateway(
      { ...pushgatewaySection.schema.parse({}), folder },
      { consumer: metrics, clock, log: silentLog, telemetry: new Telemetry() },
    )
    await expect(broken.start()).rejects.toThrow("can't be read")
  })

  test('answers 503 when the disk refuses, so that the job pushes again', async () => {
    await rm(folder, { recursive: true })
    expect((await call('PUT', '/metrics/job/batch', PAGE)).status).toBe(503)
    folder = await mkdtemp(join(tmpdir(), 'bongsu-push-'))
  })

  const refused: [name: string, page: string, reason: string][] = [
    ['a timestamp', 'x 1 1700000000000\n', 'must not have timestamps'],
    ['the same series twice', 'x{a="1"} 1\nx{a="1"} 2\n', 'x{a="1", job="batch"} was pushed twice'],
    ['series that the grouping labels make the same', 'x{job="1"} 1\nx{job="2"} 2\n', 'was pushed twice'],
    [
      'another type than in another group',
      '# TYPE duration_seconds counter\nduration_seconds 1\n',
      'is a counter, but a gauge',
    ],
    ['a type after its samples', 'x 1\n# TYPE x gauge\nx{a="1"} 2\n', 'after its samples'],
    ['what is no page', 'this is } not a page\n', 'this is'],
  ]
  test.each(refused)('refuses %s, keeps the group, and notes the failure', async (_, page, reason) => {
    await call('PUT', '/metrics/job/other', PAGE)
    await call('PUT', '/metrics/job/batch', 'x 7\n')
    await clock.advance(5000)
    const answer = await call('PUT', '/metrics/job/batch', page)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(reason)
    expect(values({ __name__: 'x', job: 'batch' })).toEqual([7, 7])
    expect(values({ __name__: 'push_failure_time_seconds', job: 'batch' })).toEqual([0, (START + 5000) / 1000])
    expect(values({ __name__: 'push_time_seconds', job: 'batch' })).toEqual([START / 1000, START / 1000])
  })

  test('keeps to its limits', async () => {
    await stop()
    await start({ max_groups: 1, max_series: 5 })
    expect((await call('PUT', '/metrics/job/batch', PAGE)).status).toBe(200)
    expect((await call('PUT', '/metrics/job/more', 'x 1\n')).body).toContain('limit of 1 groups')
    expect((await call('PUT', '/metrics/job/batch', `${PAGE}x 1\n`)).body).toContain('limit of 5 series')
  })

  test('keeps a push whose samples cannot be written now, and writes it later', async () => {
    metrics.beforeKeep = () => Promise.reject(new Error('the store is away'))
    expect((await call('PUT', '/metrics/job/batch', PAGE)).status).toBe(200)
    metrics.beforeKeep = undefined
    await clock.advance(15_000)
    expect(values(a)).toEqual([3])
  })

  test('ends series later when it cannot do so now, unless they are pushed again', async () => {
    await call('PUT', '/metrics/job/batch', PAGE)
    metrics.full = true
    expect((await call('DELETE', '/metrics/job/batch')).status).toBe(202)
    metrics.full = false
    await call('PUT', '/metrics/job/batch', 'duration_seconds 7\n')
    await clock.advance(15_000)
    expect([values(a), values(duration)]).toEqual([
      [3, 'stale'],
      [1.5, 7, 7],
    ])
  })

  test('never pushes its own two metrics as a job would have them', async () => {
    await call('PUT', '/metrics/job/batch', 'push_time_seconds 5\n')
    expect(values({ __name__: 'push_time_seconds', job: 'batch' })).toEqual([START / 1000])
  })

  test('takes gzip, and refuses what it can neither unpack nor find a path for', async () => {
    expect((await call('POST', '/metrics/job/batch', gzipSync(PAGE), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(values(a)).toEqual([3])
    expect((await call('POST', '/metrics/job/batch', PAGE, { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await call('POST', '/metrics/job/batch/instance', PAGE)).status).toBe(400)
    expect((await call('POST', '/metrics/job@base64/YmF0Y2g', PAGE)).status).toBe(200)
    expect(values(a)).toEqual([3, 3])
  })

  test('lists its groups', async () => {
    await call('PUT', '/metrics/job/batch', '# TYPE d summary\nd{quantile="0.5"} 2\nd_sum 7\nd_count 3\n')
    const { data } = JSON.parse((await call('GET', '/api/v1/metrics')).body) as { data: Record<string, unknown>[] }
    expect(data).toMatchObject([
      {
        labels: { job: 'batch' },
        last_push_successful: true,
        d: {
          time_stamp: new Date(START).toISOString(),
          type: 'SUMMARY',
          metrics: [{ labels: { job: 'batch' }, quantiles: { '0.5': '2' }, sum: '7', count: '3' }],
        },
        push_failure_time_seconds: { type: 'GAUGE', metrics: [{ labels: { job: 'batch' }, value: '0' }] },
      },
    ])
  })
})
