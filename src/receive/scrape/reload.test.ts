import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import { answer, startServer } from '../../../test/support/http-server.ts'
import type { TestServer } from '../../../test/support/http-server.ts'
import { jobOf, ScrapeRig } from '../../../test/support/scrape-rig.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import type { ScrapeConfig } from './config.ts'

const jobFor = (server: TestServer, job: Record<string, unknown> = {}): ScrapeConfig =>
  jobOf({ static_configs: [{ targets: [server.address] }], ...job })

describe('a reload', () => {
  test('leaves a job that stays as it is alone', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    const due = rig.clock.untilNext
    rig.manager.apply([jobFor(server), jobOf({ job_name: 'other' })])
    await rig.clock.advance(0)
    expect([rig.clock.untilNext, rig.clock.sleepers]).toEqual([due, 1])
    await rig.tick()
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} 1@10'])
    expect(rig.report()).toMatchObject({ scrape_series_added: 0 })
    expect(rig.manager.pools().map(({ name }) => name)).toEqual(['j', 'other'])
  })

  test('adds and takes away targets without touching the others', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using other = await startServer(answer('b 1\n'))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    rig.manager.apply([jobFor(server, { static_configs: [{ targets: [server.address, other.address] }] })])
    await rig.clock.advance(0)
    await rig.tick()
    await rig.tick()
    rig.manager.apply([jobFor(server, { static_configs: [{ targets: [other.address] }] })])
    expect(rig.manager.activeTargets().map(({ scrapeUrl }) => scrapeUrl)).toEqual([`${other.url}/metrics`])
    expect(rig.metrics.lines('a').length + rig.metrics.lines('b').length).toBe(3)
  })

  const kept: [name: string, job: Record<string, unknown>, settled: number][] = [
    ['the pace', { scrape_interval: '20s' }, 20],
    ['credentials', { basic_auth: { username: 'u', password: 'p' } }, 10],
    ['limits', { sample_limit: 100 }, 10],
  ]
  test.each(kept)('that changes %s goes on with what is known of the series', async (_, job, seconds) => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    rig.manager.apply([jobFor(server, job)])
    await rig.clock.advance(0)
    server.handler = answer('a 2\n')
    await rig.tick()
    expect(rig.last()).toEqual(['a 2', 'b stale'])
    expect(rig.report()).toMatchObject({ scrape_series_added: 0 })
    await rig.tick()
    const [{ timestamp: first = 0 } = {}, { timestamp: second = 0 } = {}] = rig.metrics.batches
      .slice(-2)
      .map(({ samples }) => samples[0])
    expect(second - first).toBe(seconds * 1000)
    await rig.clock.advance(0)
    expect(rig.metrics.lines('a').filter((line) => line.includes('stale'))).toEqual([])
  })

  test('that changes metric relabeling marks stale what is no longer made', async () => {
    await using server = await startServer(answer('a 1\nb 1\n'))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    const drop = [{ source_labels: ['__name__'], regex: 'b', action: 'drop' }]
    rig.manager.apply([jobFor(server, { metric_relabel_configs: drop })])
    await rig.clock.advance(0)
    for (let i = 0; i < 3; i++) await rig.tick()
    expect(rig.lines('b')).toEqual(['{} 1@0', '{} stale@10'])
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} 1@10', '{} 1@20'])
  })

  test('hands on the duty to mark series stale', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    rig.manager.apply([jobFor(server, { sample_limit: 100 })])
    rig.manager.apply([])
    await rig.clock.advance(21_000)
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} stale@10'])
    expect(rig.lines('up')).toEqual(['{} 1@0', '{} stale@10'])
  })

  test('keeps the report of a target', async () => {
    await using server = await startServer(answer('', {}, 500))
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.tick()
    rig.manager.apply([jobFor(server, { sample_limit: 5 })])
    expect(rig.manager.activeTargets()[0]).toMatchObject({ health: 'down' })
  })

  test('lets a scrape under way end, and be stored, before the new loop begins', async () => {
    let release = (): void => undefined
    await using server = await startServer((request, response) => {
      release = () => answer('a 1\n')(request, response)
    })
    await using rig = await new ScrapeRig([jobFor(server)]).start()
    await rig.clock.advance(rig.clock.untilNext ?? 0)
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    rig.manager.apply([jobFor(server, { sample_limit: 5 })])
    await rig.clock.advance(0)
    release()
    await rig.metrics.until(1)
    await rig.clock.advance(0)
    server.handler = answer('a 2\n')
    await rig.tick()
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} 2@10'])
    expect(rig.report()).toMatchObject({ scrape_series_added: 0 })
  })
})

describe('discovery', () => {
  test('from files starts and ends targets as the files change', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using folder = await tempFolder()
    const file = join(folder.path, 't.json')
    const put = (targets: readonly string[]): Promise<void> =>
      writeFile(file, JSON.stringify([{ targets, labels: { from: 'file' } }]))
    await put([])
    const job = jobOf({ file_sd_configs: [{ files: [join(folder.path, '*.json')], refresh_interval: '1h' }] })
    await using rig = await new ScrapeRig([job]).start()
    const targets = async (count: number): Promise<void> => {
      while (rig.manager.activeTargets().length !== count) await rig.clock.advance(1000)
    }
    await put([server.address])
    await targets(1)
    expect(rig.manager.activeTargets()[0]?.labels.get('from')).toBe('file')
    expect(rig.manager.activeTargets()[0]?.discoveredLabels.get('__meta_filepath')).toBe(file)
    await put([])
    await targets(0)
  })

  test('that is configured anew misses no target meanwhile', async () => {
    await using server = await startServer(answer('a 1\n'))
    await using folder = await tempFolder()
    await writeFile(join(folder.path, 't.json'), JSON.stringify([{ targets: [server.address] }]))
    const job = (refresh_interval: string): ScrapeConfig =>
      jobOf({ file_sd_configs: [{ files: [join(folder.path, '*.json')], refresh_interval }] })
    await using rig = await new ScrapeRig([job('1h')]).start()
    while (rig.manager.activeTargets().length === 0) await rig.clock.advance(0)
    await rig.tick()
    rig.manager.apply([job('2h')])
    while (rig.manager.pools()[0]?.discoveries[0]?.lastRefresh === undefined) {
      expect(rig.manager.activeTargets()).toHaveLength(1)
      await rig.clock.advance(0)
    }
    await rig.clock.advance(0)
    expect(rig.manager.activeTargets()[0]?.health).toBe('up')
    await rig.tick()
    expect(rig.lines('a')).toEqual(['{} 1@0', '{} 1@10'])
    expect(rig.report()).toMatchObject({ scrape_series_added: 0 })
  })

  test('that is not supported is told, and the job runs without it', async () => {
    await using rig = await new ScrapeRig([jobOf({ kubernetes_sd_configs: [{ role: 'pod' }] })]).start()
    expect(rig.manager.pools()).toMatchObject([
      { name: 'j', targets: 0, unsupportedDiscoveries: ['kubernetes'], discoveries: [] },
    ])
  })
})

describe('the state', () => {
  test('tells targets, active and dropped', async () => {
    await using server = await startServer(answer('# TYPE a gauge\n# HELP a Help.\na 1\n'))
    const relabel_configs = [
      { source_labels: ['__address__'], regex: 'gone.*', action: 'drop' },
      { source_labels: ['__address__'], regex: '.*:(.*)', target_label: 'port' },
    ]
    const static_configs = [{ targets: [server.address, 'gone1:1', 'gone2:2'], labels: { zone: 'z' } }]
    const job = jobFor(server, { relabel_configs, static_configs, keep_dropped_targets: 1 })
    const reachedAt = { port: String(server.port), scheme: 'https', host: 'example.org' }
    await using rig = await new ScrapeRig([job], { reachedAt }).start()
    expect(rig.manager.activeTargets()[0]).toMatchObject({ health: 'unknown', lastScrape: undefined })
    await rig.tick()
    const [target] = rig.manager.activeTargets('j')
    expect(target).toMatchObject({
      scrapePool: 'j',
      scrapeUrl: `${server.url}/metrics`,
      globalUrl: 'https://example.org/metrics',
      lastError: '',
      lastScrape: rig.clock.now(),
      health: 'up',
      scrapeInterval: '10s',
      scrapeTimeout: '5s',
    })
    expect(target?.labels.toRecord()).toEqual({
      instance: server.address,
      job: 'j',
      port: String(server.port),
      zone: 'z',
    })
    expect(target?.discoveredLabels.toRecord()).toEqual({
      __address__: server.address,
      __always_scrape_classic_histograms__: 'false',
      __convert_classic_histograms_to_nhcb__: 'false',
      __metrics_path__: '/metrics',
      __scheme__: 'http',
      __scrape_interval__: '10s',
      __scrape_native_histograms__: 'false',
      __scrape_timeout__: '5s',
      job: 'j',
      zone: 'z',
    })
    expect(rig.manager.droppedTargets().map(({ discoveredLabels }) => discoveredLabels.get('__address__'))).toEqual([
      'gone1:1',
    ])
    expect(rig.manager.droppedTargetCounts()).toEqual({ j: 2 })
    expect(rig.manager.activeTargets('other')).toEqual([])
    expect([...rig.manager.targetMetadata('a', () => true)]).toMatchObject([
      { metric: 'a', type: 'gauge', help: 'Help.' },
    ])
    expect([...rig.manager.targetMetadata(undefined, () => false)]).toEqual([])
    expect(rig.telemetry.expose()).toContain('bongsu_scrape_targets{health="up"} 1')
  })

  test('shows relabeling rule by rule', async () => {
    const relabel_configs = [
      { target_label: 'a', replacement: '1' },
      { source_labels: ['a'], regex: '2', action: 'keep' },
      { target_label: 'b', replacement: '1' },
    ]
    await using rig = await new ScrapeRig([jobOf({ relabel_configs })]).start()
    const steps = rig.manager.relabelSteps('j', LabelSet.of({ x: 'y' }))
    expect(steps?.map(({ output, keep }) => [output.toString(), keep])).toEqual([
      ['{a="1", x="y"}', true],
      ['{}', false],
      ['{}', false],
    ])
    expect(rig.manager.relabelSteps('nope', LabelSet.EMPTY)).toBeUndefined()
  })
})

test('failed scrapes are logged to a file of their own', async () => {
  await using server = await startServer(answer('', {}, 500))
  await using folder = await tempFolder()
  const file = join(folder.path, 'failures.log')
  const rig = await new ScrapeRig([jobFor(server, { scrape_failure_log_file: file })]).start()
  await rig.tick()
  await rig.tick()
  await rig.manager.stop(AbortSignal.timeout(5000))
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    msg: 'server returned HTTP status 500 Internal Server Error',
    job_name: 'j',
    target: `${server.url}/metrics`,
  })
})

test('a target behind a Unix socket is scraped through it', async () => {
  await using folder = await tempFolder()
  const path = join(folder.path, 'exporter.sock')
  await using _server = await startServer(answer('a 1\n'), { path })
  const static_configs = [{ targets: ['app'], labels: { __unix_socket__: path } }]
  await using rig = await new ScrapeRig([jobOf({ static_configs })]).start()
  await rig.tick()
  expect(rig.report()).toMatchObject({ up: 1 })
  expect(rig.manager.activeTargets()[0]?.labels.toRecord()).toEqual({ instance: 'app', job: 'j' })
})

test('a thousand targets are scraped evenly over the interval', async () => {
  const targets = Array.from({ length: 1000 }, (_, i) => `127.0.0.1:${i + 1}`)
  await using rig = await new ScrapeRig([jobOf({ static_configs: [{ targets }], target_limit: 1 })]).start()
  await rig.clock.advance(0)
  const start = rig.clock.now()
  await rig.clock.advance(10_000)
  const times = rig.metrics.batches.map(({ samples }) => (samples[0]?.timestamp ?? 0) - start)
  expect(times).toHaveLength(1000)
  const tenths = Array.from(
    { length: 10 },
    (_, i) => times.filter((time) => time > i * 1000 && time <= (i + 1) * 1000).length,
  )
  expect(Math.min(...tenths)).toBeGreaterThan(60)
  expect(Math.max(...tenths)).toBeLessThan(140)
})
