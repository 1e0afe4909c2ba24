import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { answer, startServer } from '../../../test/support/http-server.ts'
import type { TestServer } from '../../../test/support/http-server.ts'
import { jobOf, ScrapeRig } from '../../../test/support/scrape-rig.ts'
import type { ScrapeManagerOptions } from './scrape-manager.ts'

type Job = Record<string, unknown>

const rigFor = async (
  server: TestServer,
  job: Job = {},
  options: Partial<ScrapeManagerOptions> = {},
): Promise<ScrapeRig> =>
  new ScrapeRig([jobOf({ static_configs: [{ targets: [server.address] }], ...job })], options).start()

const page = (server: TestServer, body: string | Buffer, headers: Record<string, string> = {}): void => {
  server.handler = answer(body, headers)
}

describe('a scrape', () => {
  test('stores samples with the labels of the target, and reports on itself', async () => {
    await using server = await startServer(answer('# TYPE a counter\n# HELP a An a.\na{x="1"} 5\nb 0.5 1000\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    expect(rig.last()).toEqual(['a{x="1"} 5', 'b 0.5'])
    const [sample, timed] = rig.metrics.batches[0]?.samples ?? []
    expect(sample?.labels.toRecord()).toEqual({ __name__: 'a', x: '1', job: 'j', instance: server.address })
    expect(sample?.timestamp).toBe(rig.clock.now())
    expect(timed?.timestamp).toBe(1000)
    expect(rig.report()).toEqual({
      up: 1,
      scrape_duration_seconds: 0,
      scrape_samples_scraped: 2,
      scrape_samples_post_metric_relabeling: 2,
      scrape_series_added: 2,
    })
    expect(rig.metrics.batches[0]?.metadata).toContainEqual({ metric: 'a', type: 'counter', help: 'An a.', unit: '' })
    await rig.tick()
    expect(rig.report()).toMatchObject({ up: 1, scrape_series_added: 0 })
    expect(rig.metrics.batches[1]?.metadata).toEqual([])
  })

  test('says what it wants, and who asks', async () => {
    await using server = await startServer(answer(''))
    await using rig = await rigFor(server, { scrape_timeout: '2500ms', metrics_path: '/m', params: { a: ['1', '2'] } })
    await rig.tick()
    const { url, headers } = server.requests[0] ?? { headers: {} }
    expect(url).toBe('/m?a=1&a=2')
    expect(headers).toMatchObject({
      accept:
        'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,' +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'accept-encoding': 'gzip',
      'user-agent': 'Bongsu/1.2.3',
      'x-prometheus-scrape-timeout-seconds': '2.5',
    })
  })

  test('makes no label set for a series that it knows', async () => {
    await using server = await startServer(answer('a{x="1"} 5\na{x="2"} 6\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    const table = rig.metrics.seriesTable(rig.metrics.batches[0]?.tenant ?? ('' as never))
    const { resolved } = table
    page(server, 'a{x="2"} 7\na{x="1"} 8\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a{x="2"} 7', 'a{x="1"} 8'])
    expect(table.resolved).toBe(resolved)
  })

  test('finds its refs anew when the table gives them out anew', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    rig.metrics.seriesTable(rig.metrics.batches[0]?.tenant ?? ('' as never)).startAnew()
    page(server, 'a 2\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a 2', 'b stale'])
    expect(rig.report()).toMatchObject({ up: 1, scrape_series_added: 0 })
  })

  test('reads exemplars, start times and compressed pages', async () => {
    const body = '# TYPE a counter\na_total 3 1.5 # {t="1"} 2 1.25\na_created 0.5\n# EOF\n'
    await using server = await startServer(
      answer(gzipSync(body), { 'content-type': 'application/openmetrics-text', 'content-encoding': 'gzip' }),
    )
    await using rig = await rigFor(server, {}, { createdTimestamps: true })
    await rig.tick()
    const [batch] = rig.metrics.batches
    expect(batch?.samples[0]).toMatchObject({ timestamp: 1500, value: 3, start: 500 })
    expect(batch?.exemplars[0]).toMatchObject({ value: 2, timestamp: 1250 })
    expect(batch?.exemplars[0]?.series.name).toBe('a_total')
    expect(rig.last()).toHaveLength(1)
  })

  test('tells extra metrics where wanted', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using rig = await rigFor(server, { extra_scrape_metrics: true, sample_limit: 7 })
    await rig.tick()
    expect(rig.report()).toMatchObject({ scrape_timeout_seconds: 5, scrape_sample_limit: 7, scrape_body_size_bytes: 4 })
  })

  test('converts classic histograms where wanted', async () => {
    const lines = 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 3\nh_sum 4\nh_count 3\n'
    await using server = await startServer(answer(`# TYPE h histogram\n${lines}`))
    await using rig = await rigFor(server, { convert_classic_histograms_to_nhcb: true })
    await rig.tick()
    await rig.tick()
    const { histograms = [], samples = [] } = rig.metrics.batches[1] ?? {}
    expect(histograms).toHaveLength(1)
    expect(histograms[0]?.labels.name).toBe('h')
    expect(histograms[0]?.value).toMatchObject({ schema: -53, count: 3, customValues: [1] })
    expect(samples.some(({ labels }) => labels.name === 'h_bucket')).toBe(false)
    expect(rig.report()).toMatchObject({ scrape_samples_scraped: 1, scrape_series_added: 0 })
  })
})

describe('labels that clash', () => {
  const cases: [name: string, job: Job, want: string][] = [
    ['move to exported_', {}, '{exported_instance="i", exported_job="own"}'],
    ['stay with honor_labels', { honor_labels: true }, '{instance="i", job="own"}'],
  ]
  test.each(cases)('%s', async (_, job, want) => {
    await using server = await startServer(answer('a{job="own",instance="i"} 1\n'))
    await using rig = await rigFor(server, job)
    await rig.tick()
    const labels = rig.metrics.batches[0]?.samples[0]?.labels
    const hidden = job['honor_labels'] === true ? [] : ['job', 'instance']
    expect(labels?.without('__name__', ...hidden).toString()).toBe(want)
  })
})

describe('staleness', () => {
  test('marks a series that vanishes, once', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    page(server, 'b 2\n')
    await rig.tick()
    await rig.tick()
    page(server, 'a 3\nb 3\n')
    await rig.tick()
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} stale@10', '{} 3@30'])
    expect(rig.lines('b')).toEqual(['{} 1@0', '{} 2@10', '{} 2@20', '{} 3@30'])
    expect(rig.report()).toMatchObject({ scrape_series_added: 1 })
  })

  test('does not mark a series that is merely written differently', async () => {
    await using server = await startServer(answer('a{x="1",y="2"} 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    page(server, 'a{y="2",x="1"} 2\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a{x="1", y="2"} 2'])
  })

  const failures: [name: string, fail: (server: TestServer) => void, error: RegExp][] = [
    ['a bad status', (server) => (server.handler = answer('', {}, 503)), /HTTP status 503 Service Unavailable/],
    ['a page that can not be read', (server) => page(server, 'b{\na 2\n'), /./],
    ['an unknown content type', (server) => page(server, 'a 2\n', { 'content-type': 'image/png' }), /image\/png/],
    [
      'a page that is not compressed as it says',
      (server) => page(server, 'a 2\n', { 'content-encoding': 'gzip' }),
      /decompress/,
    ],
    ['a closed connection', (server) => (server.handler = (request) => request.socket.destroy()), /EOF/],
  ]
  test.each(failures)('marks all series after %s', async (_, fail, error) => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    fail(server)
    await rig.tick()
    expect(rig.last()).toEqual(['a stale', 'b stale'])
    expect(rig.report()).toMatchObject({ up: 0, scrape_series_added: 0 })
    expect(rig.manager.activeTargets()[0]).toMatchObject({
      health: 'down',
      lastError: expect.stringMatching(error) as string,
    })
    await rig.tick()
    expect(rig.last()).toEqual([])
    page(server, 'a 4\nb 4\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a 4', 'b 4'])
    expect(rig.manager.activeTargets()[0]).toMatchObject({ health: 'up', lastError: '' })
  })

  test('leaves alone what was read of a page before it broke off', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    page(server, 'a 2\nnew 2\nb{')
    await rig.tick()
    expect(rig.last()).toEqual(['b stale'])
    expect(rig.report()).toMatchObject({ up: 0, scrape_samples_scraped: 2, scrape_series_added: 1 })
    page(server, 'b 3\n')
    await rig.tick()
    expect(rig.last()).toEqual(['b 3', 'a stale'])
  })

  test('follows a target that is at its sample limit as Prometheus does', async () => {
    await using server = await startServer(answer('a 10\nb 10\nc 10\nd 10\n'))
    await using rig = await rigFor(server, { sample_limit: 4 })
    await rig.tick()
    page(server, 'a 20\nb 20\nc 20\nd 20\ne 20\n')
    await rig.tick()
    expect(rig.last()).toEqual([])
    page(server, 'a 30\nb 30\nc 30\nd 30\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a 30', 'b 30', 'c 30', 'd 30'])
    page(server, 'e 40\nd 40\nc 40\nb 40\na 40\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a stale'])
    server.handler = answer('', {}, 500)
    await rig.tick()
    expect(rig.last()).toEqual(['b stale', 'c stale', 'd stale'].sort((x, y) => (x < y ? 1 : -1)))
  })

  test('leaves series with timestamps of their own alone, unless told otherwise', async () => {
    for (const [track, want] of [
      [false, []],
      [true, ['a stale']],
    ] as const) {
      await using server = await startServer(answer('a 1 1000\n'))
      await using rig = await rigFor(server, { track_timestamps_staleness: track })
      await rig.tick()
      page(server, '\n')
      await rig.tick()
      expect(rig.last()).toEqual(want)
    }
  })

  test('takes timestamps away where they are not honoured', async () => {
    await using server = await startServer(answer('a 1 1000\n'))
    await using rig = await rigFor(server, { honor_timestamps: false })
    await rig.tick()
    page(server, '\n')
    await rig.tick()
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} stale@10'])
  })

  test('marks the series of a target that is gone, two intervals and a tenth later', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    rig.manager.apply([])
    await rig.clock.advance(20_999)
    expect(rig.metrics.offered).toBe(1)
    await rig.clock.advance(1)
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} stale@10'])
    expect(rig.lines('up')).toEqual(['{} 1@0', '{} stale@10'])
  })

  test('leaves alone what another target feeds by then', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    rig.manager.apply([])
    page(server, 'a 2\n')
    rig.manager.apply([jobOf({ static_configs: [{ targets: [server.address] }] })])
    await rig.clock.advance(0)
    await rig.tick()
    await rig.tick()
    await rig.tick()
    expect(rig.lines('a').filter((line) => line.includes('stale'))).toEqual([])
    expect(rig.lines('up').filter((line) => line.includes('stale'))).toEqual([])
    expect(rig.lines('b')).toEqual(['{} 1@0', '{} stale@10'])
  })

  test('marks nothing when the process ends', async () => {
    await using server = await startServer(answer('a 1\n'))
    const rig = await rigFor(server)
    await rig.tick()
    await rig.manager.stop(AbortSignal.timeout(1000))
    await rig.clock.advance(60_000)
    expect(rig.metrics.offered).toBe(1)
    expect(rig.clock.sleepers).toBe(0)
  })

  test('is made up for when the store refused the scrape', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    page(server, 'b 2\nc 2\n')
    rig.metrics.full = true
    await rig.tick()
    expect(rig.manager.activeTargets()[0]).toMatchObject({
      health: 'down',
      lastError: 'append failed: the memory queue is full (0 bytes)',
    })
    rig.metrics.full = false
    page(server, 'b 3\n')
    await rig.tick()
    expect(rig.last()).toEqual(['b 3', 'a stale', 'c stale'])
    expect(rig.manager.activeTargets()[0]?.health).toBe('up')
  })
})

describe('limits', () => {
  const many = (n: number): string => Array.from({ length: n }, (_, i) => `a{i="${i}"} 1\n`).join('')
  const cases: [name: string, job: Job, body: string, error: string, counts: [scraped: number, kept: number]][] = [
    ['sample_limit', { sample_limit: 3 }, many(5), 'sample limit exceeded (limit: 3)', [5, 5]],
    ['body_size_limit', { body_size_limit: '20B' }, many(5), 'body size limit exceeded (limit: 20 bytes)', [0, 0]],
    [
      'label_limit',
      { label_limit: 4 },
      'a 1\nb{x="1",y="2"} 1\n',
      'label_limit exceeded (metric: b, number of labels: 5, limit: 4)',
      [2, 1],
    ],
    [
      'label_name_length_limit',
      { label_name_length_limit: 8 },
      'a{long_name="1"} 1\n',
      'label_name_length_limit exceeded (metric: a, label name: long_name, length: 9, limit: 8)',
      [1, 0],
    ],
    [
      'label_value_length_limit',
      { label_value_length_limit: 20 },
      'a{x="äääääääääää"} 1\n',
      'label_value_length_limit exceeded (metric: a, label name: x, value: "äääääääääää", length: 22, limit: 20)',
      [1, 0],
    ],
  ]
  test.each(cases)('%s fails the scrape as a whole', async (name, job, body, error, [scraped, kept]) => {
    await using server = await startServer(answer('a{i="0"} 0\n'))
    await using rig = await rigFor(server, job)
    await rig.tick()
    page(server, body)
    await rig.tick()
    expect(rig.manager.activeTargets()[0]?.lastError).toBe(error)
    // With too many samples, the series was still there.
    expect(rig.last()).toEqual(name === 'sample_limit' ? [] : ['a{i="0"} stale'])
    expect(rig.report()).toMatchObject({
      up: 0,
      scrape_samples_scraped: scraped,
      scrape_samples_post_metric_relabeling: kept,
    })
  })

  test('body_size_limit holds for what comes out of a compressed page', async () => {
    await using server = await startServer(answer(gzipSync(many(1000)), { 'content-encoding': 'gzip' }))
    await using rig = await rigFor(server, { body_size_limit: '5KB', extra_scrape_metrics: true })
    await rig.tick()
    expect(rig.report()).toMatchObject({ up: 0, scrape_body_size_bytes: -1 })
  })

  test('sample_limit counts what relabeling leaves', async () => {
    await using server = await startServer(answer(many(5)))
    const metric_relabel_configs = [{ source_labels: ['i'], regex: '[34]', action: 'drop' }]
    await using rig = await rigFor(server, { sample_limit: 3, metric_relabel_configs })
    await rig.tick()
    await rig.tick()
    expect(rig.report()).toMatchObject({ up: 1, scrape_samples_scraped: 5, scrape_samples_post_metric_relabeling: 3 })
  })

  test('target_limit fails every scrape of the job', async () => {
    await using server = await startServer(answer('a 1\n'))
    const static_configs = [{ targets: [server.address, `localhost:${server.port}`] }]
    await using rig = await rigFor(server, { target_limit: 1, static_configs })
    await rig.tick()
    expect(rig.report()).toMatchObject({ up: 0 })
    expect(rig.manager.activeTargets().map(({ lastError }) => lastError)).toContain(
      'target_limit exceeded (number of targets: 2, limit: 1)',
    )
    expect(server.requests).toEqual([])
  })

  test('the timeout ends a scrape', async () => {
    await using server = await startServer(() => undefined)
    await using rig = await rigFor(server)
    const before = rig.metrics.offered
    await rig.clock.advance(rig.clock.untilNext ?? 0)
    await rig.clock.advance(5000)
    await rig.metrics.until(before + 1)
    await rig.clock.advance(0)
    expect(rig.manager.activeTargets()[0]?.lastError).toContain('context deadline exceeded')
    expect(rig.report()).toMatchObject({ up: 0, scrape_duration_seconds: 5 })
  })

  test('samples far in the future and repeated ones are left out, not fatal', async () => {
    await using server = await startServer(answer('a 1\na 2\nb 1 99999999999999\n'))
    await using rig = await rigFor(server)
    await rig.tick()
    expect(rig.last()).toEqual(['a 1'])
    expect(rig.report()).toMatchObject({
      up: 1,
      scrape_samples_scraped: 3,
      scrape_samples_post_metric_relabeling: 3,
      scrape_series_added: 1,
    })
    expect(rig.telemetry.expose()).toContain('bongsu_scrape_dropped_samples_total{reason="duplicate"} 1')
  })

  test('series that the table refuses are left out, not fatal', async () => {
    await using server = await startServer(answer('a 1\nb 1\nc 1\n'))
    await using rig = await rigFor(server)
    rig.metrics.seriesTable('default' as never).refuse = (labels) =>
      labels.name === 'b' ? { code: 'series_limit', message: 'no' } : undefined
    await rig.tick()
    expect(rig.last()).toEqual(['a 1', 'c 1'])
    expect(rig.report()).toMatchObject({ up: 1 })
    page(server, '\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a stale', 'c stale'])
  })

  test('a blank content type needs a fallback', async () => {
    for (const [fallback, up] of [
      [{}, 0],
      [{ fallback_scrape_protocol: 'PrometheusText0.0.4' }, 1],
    ] as const) {
      await using server = await startServer((_request, response) => response.end('a 1\n'))
      await using rig = await rigFor(server, fallback)
      await rig.tick()
      expect(rig.report()).toMatchObject({ up })
    }
  })
})
