/** Targets that do all that a target should not: the process stays healthy, and each shows what is wrong with it. */
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { CardinalityAnswer } from '../../src/api/bongsu/schema.ts'
import { startBongsu } from '../support/bongsu-process.ts'
import { eventually } from '../support/eventually.ts'
import { answer, startServer } from '../support/http-server.ts'
import { ownMetric, ownMetrics } from '../support/own-metrics.ts'
import { api, vector } from '../support/prometheus-api.ts'

const MIB = 1024 * 1024
const LARGE = 100 * MIB
const SERIES_A_METRIC = 10_000
const gzip = { 'content-encoding': 'gzip' }
const bomb = gzipSync(Buffer.alloc(300 * MIB))

/** A page of 100 MiB: 25,000 series, of 50 metrics, with a label as long as it may be. */
function largePage(): Buffer {
  const page = Buffer.allocUnsafe(LARGE)
  let end = 0
  const long = 'x'.repeat(4000)
  for (let i = 0; end < LARGE - 5000; i++) {
    end += page.write(`large_${i % 50}{pod="pod-${i}",long="${long}"} ${i}\n`, end)
  }
  return page.subarray(0, end)
}

let scrapes = 0
const page = (text: string): RequestListener => answer(text)
const slowly: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.write('slow 1')
}
const flapping: RequestListener = (request, response) => {
  scrapes++
  if (scrapes % 3 === 0) request.socket.destroy()
  else answer('flapping 1\n', {}, scrapes % 3 === 1 ? 200 : 500)(request, response)
}
const growing: RequestListener = (request, response) => {
  const lines = Array.from({ length: 4000 }, () => `growing{request_id="${randomBytes(8).toString('hex')}"} 1\n`)
  answer(lines.join(''))(request, response)
}
const skewed = `skewed_ahead 1 ${Date.now() + 86_400_000}\nskewed_behind 1 ${Date.now() - 86_400_000 * 400}\nfine 1\n`
const large = largePage()

/** By job: what it answers, and what /api/v1/targets says of it; '' = nothing is wrong. */
const TARGETS: Readonly<Record<string, readonly [answers: RequestListener, error: RegExp]>> = {
  good: [page('good 1\n'), /^$/],
  flapping: [flapping, /^$|HTTP status 500|other side closed|ECONNRESET/],
  hanging: [() => undefined, /context deadline exceeded/],
  dripping: [slowly, /context deadline exceeded/],
  garbage: [answer(randomBytes(100_000)), /./],
  no_gzip: [answer('good 1\n', gzip), /could not decompress/],
  bomb: [answer(bomb, gzip), /body size limit exceeded \(limit: 268435456 bytes\)|context deadline exceeded/],
  circle: [answer('', { location: '/metrics' }, 302), /stopped after 10 redirects|context deadline exceeded/],
  growing: [growing, /^$/],
  skewed: [page(skewed), /^$/],
  limited: [(request, response) => answer(large)(request, response), /body size limit exceeded/],
  large: [(request, response) => answer(large)(request, response), /^$|context deadline exceeded/],
}

test('hostile targets harm neither the process nor each other', { timeout: 120_000 }, async () => {
  await using server = await startServer((request, response) => {
    const job = new URL(request.url ?? '/', 'http://t').searchParams.get('job') ?? ''
    TARGETS[job]?.[0](request, response)
  })
  const jobOf = (job: string): string => {
    const times =
      job === 'large' ? 'scrape_interval: 10s, scrape_timeout: 10s' : 'scrape_interval: 1s, scrape_timeout: 1s'
    const limit = job === 'limited' ? ', body_size_limit: 1MB' : ''
    return `{ job_name: ${job}, ${times}${limit}, params: { job: [${job}] }, static_configs: [{ targets: ["${server.address}"] }] }`
  }
  const config = [
    `limits: { max_global_series_per_metric: ${SERIES_A_METRIC} }`,
    'self_scrape: { interval: 1s }',
    `scrape_configs: [${Object.keys(TARGETS).map(jobOf).join(', ')}]`,
  ].join('\n')
  const bongsu = await startBongsu({ config })
  try {
    let slowest = 0
    let rss = 0
    const until = performance.now() + 15_000
    while (performance.now() < until) {
      const asked = performance.now()
      expect((await fetch(`${bongsu.url}/-/healthy`)).status).toBe(200)
      slowest = Math.max(slowest, performance.now() - asked)
      rss = Math.max(rss, await ownMetric(bongsu.url, 'process_resident_memory_bytes'))
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const { activeTargets } = await api<{
      activeTargets: { scrapePool: string; lastError: string; health: string }[]
    }>(bongsu.url, 'targets')
    for (const [job, [, error]] of Object.entries(TARGETS)) {
      const target = activeTargets.find(({ scrapePool }) => scrapePool === job)
      expect(target?.lastError, job).toMatch(error)
      expect(target?.health, job).toBe(target?.lastError === '' ? 'up' : 'down')
    }
    const [good] = await vector(bongsu.url, 'good')
    expect(good?.value[1]).toBe('1')
    expect(await vector(bongsu.url, 'fine')).toHaveLength(1)
    for (const metric of ['skewed_ahead', 'skewed_behind']) expect(await vector(bongsu.url, metric)).toEqual([])
    const own = await ownMetrics(bongsu.url)
    console.log(
      `healthy within ${Math.round(slowest)} ms, at most ${Math.round(rss / MIB)} MiB;`,
      [...own].filter(([name]) => /event_loop_delay_seconds_bucket|scrape_(failed|dropped)/.test(name)),
    )
    const { byMetric, refusals } = (await (
      await fetch(`${bongsu.url}/api/bongsu/cardinality`)
    ).json()) as CardinalityAnswer
    expect(byMetric[0]?.value).toBeLessThanOrEqual(SERIES_A_METRIC)
    expect(refusals).toContainEqual(expect.objectContaining({ metric: 'growing', label: 'request_id' }))
    expect(bongsu.log()).not.toContain('level=error')
    // The guard holds series, not samples of known ones; a report of each scrape is there.
    const ups = await eventually('all reports', async () => {
      const found = await vector(bongsu.url, 'up{job!="node"}')
      return found.length === Object.keys(TARGETS).length + 1 ? found : undefined
    })
    expect(ups.find(({ metric }) => metric['job'] === 'bongsu')?.value[1]).toBe('1')
    expect(slowest).toBeLessThan(10_000)
    expect(rss).toBeLessThan(2500 * MIB)
    expect(bongsu.log().split('\n').length).toBeLessThan(200)
  } finally {
    expect(await bongsu.stop()).toBe(0)
  }
})
