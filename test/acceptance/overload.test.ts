/** More comes in than may wait: senders are told to come again later, in their protocol's words, and that helps. */
import { afterEach, describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { eventually } from '../support/eventually.ts'
import { exportGrpc, exportHttp, gaugeRequest, OTLP_ON_FREE_PORTS } from '../support/otlp-client.ts'
import { ownMetric } from '../support/own-metrics.ts'
import { vector } from '../support/prometheus-api.ts'
import { postWrite, RemoteWriteSender } from '../support/remote-write-sender.ts'

const quiet = ['host_metrics: { enabled: false }', 'self_scrape: { enabled: false }', OTLP_ON_FREE_PORTS]
const MIB = 1024 * 1024
const RESOURCE_EXHAUSTED = 8

let bongsu: BongsuProcess
afterEach(async () => void (await bongsu.stop()))

/** `count` samples of one series each, about 100 bytes a sample on their way. */
const wide = (count: number, at: number) =>
  Array.from({ length: count }, (_, i) => ({
    labels: [
      ['__name__', 'wide'],
      ['i', `${i}-${'x'.repeat(40)}`],
    ] as const,
    samples: [{ value: i, timestamp: at }],
  }))

describe('more rows wait for the tables than may', () => {
  test('every protocol says so, and takes data again when they are written', { timeout: 60_000 }, async () => {
    // Nothing is handed over before three seconds have passed: as with a store that is slow.
    const head = `head: { max_pending_bytes: ${MIB}, flush_interval: 3s, flush_bytes: 64MiB }`
    bongsu = await startBongsu({ config: [head, ...quiet].join('\n') })
    const sender = new RemoteWriteSender({ name: 's', version: 2, start: Date.now() - 600_000, steady: 2000 })
    let status = 204
    for (let i = 0; i < 1000 && status === 204; i++) status = await sender.sendOne(bongsu.url)
    expect(status).toBe(429)
    const refused = await postWrite(bongsu.url, wide(1, Date.now()))
    expect(refused).toMatchObject({ status: 429, text: `the metrics queue is full (${MIB} bytes)\n` })
    expect(refused.headers.get('retry-after')).toBe('1')
    const http = await exportHttp(`${bongsu.url}/otlp`, gaugeRequest('g', 1))
    expect([http.status, http.headers.get('retry-after')]).toEqual([429, '5'])
    expect(await exportGrpc(bongsu, gaugeRequest('g', 1))).toBe(RESOURCE_EXHAUSTED)
    const pending = await ownMetric(bongsu.url, 'bongsu_store_pending_bytes')
    expect(pending).toBeGreaterThan(MIB)
    expect(pending).toBeLessThan(3 * MIB)
    expect(await ownMetric(bongsu.url, 'bongsu_write_failed_batches_total{code="ingest.overloaded"}')).toBeGreaterThan(
      2,
    )
    expect((await sender.missing(bongsu.url)).slice(0, 3)).toEqual([])
    expect(
      bongsu
        .log()
        .split('\n')
        .filter((line) => line.includes('queue is full')),
    ).toHaveLength(1)

    await eventually('remote write is taken again', async () => {
      return (await sender.sendOne(bongsu.url)) === 204 ? true : undefined
    })
    expect(await exportGrpc(bongsu, gaugeRequest('g', 1))).toBe(0)
    expect(sender.finalRefusals).toEqual([])
    expect((await sender.missing(bongsu.url)).slice(0, 3)).toEqual([])
  })
})

describe('more bodies arrive at once than may be held', () => {
  test('some are turned away before they are read, the rest goes on', { timeout: 60_000 }, async () => {
    const receiver = 'remote_write_receiver: { max_in_flight_size: 100KB, max_concurrency: 1 }'
    bongsu = await startBongsu({ config: [receiver, ...quiet].join('\n') })
    const at = Date.now()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => postWrite(bongsu.url, wide(2000, at + i), i % 2 === 0 ? 1 : 2)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([204, 429]))
    const away = answers.find(({ status }) => status === 429)
    expect(away?.text).toContain('the remote write queue is full (102400 bytes)')
    expect(away?.headers.get('retry-after')).toBe('1')
    const code = 'bongsu_remote_write_failed_requests_total{code="ingest.overloaded"}'
    expect(await ownMetric(bongsu.url, code)).toBe(statuses.filter((status) => status === 429).length)
    await eventually('nothing is held any more', async () => {
      return (await ownMetric(bongsu.url, 'bongsu_remote_write_in_flight_bytes')) === 0 ? true : undefined
    })
    expect((await postWrite(bongsu.url, wide(2000, at + 1000))).status).toBe(204)
    expect(await vector(bongsu.url, 'wide', (at + 1000) / 1000)).toHaveLength(2000)
    expect(await ownMetric(bongsu.url, 'process_resident_memory_bytes')).toBeLessThan(800 * MIB)
  })
})
