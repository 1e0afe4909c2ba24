/** Bongsu with its tables in a ClickHouse: what holds while that is there, goes away, and comes back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { join } from 'node:path'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { FRONT_PASSWORD, FRONT_USER, startClickHouseFront } from '../support/clickhouse-front.ts'
import type { ClickHouseFront } from '../support/clickhouse-front.ts'
import { eventually } from '../support/eventually.ts'
import { ownMetric } from '../support/own-metrics.ts'
import { vector } from '../support/prometheus-api.ts'
import { RemoteWriteSender } from '../support/remote-write-sender.ts'
import { tempFolder } from '../support/temp-folder.ts'

const HOUR_S = 3600

let folder: Awaited<ReturnType<typeof tempFolder>>
let front: ClickHouseFront
let bongsu: BongsuProcess

const settings = (flush: string): string =>
  [
    `store: { url: "${front.url}", user: ${FRONT_USER}, password: ${JSON.stringify(FRONT_PASSWORD)} }`,
    `head: { flush_interval: ${flush}, max_age: 3h }`,
    'self_scrape: { interval: 1s }',
  ].join('\n')
const start = (flush = '1s'): Promise<BongsuProcess> =>
  startBongsu({ dataDir: join(folder.path, 'data'), config: settings(flush) })
const port = (): number => Number(new URL(front.url).port)

beforeAll(async () => {
  folder = await tempFolder()
  front = await startClickHouseFront(join(folder.path, 'front'))
})
afterAll(async () => {
  await bongsu.kill()
  await front.stop()
  await folder[Symbol.asyncDispose]()
})

async function settled(): Promise<void> {
  await eventually('all is in the tables', async () => {
    return (await ownMetric(bongsu.url, 'bongsu_store_pending_bytes')) < 50_000 ? true : undefined
  })
}

describe('a ClickHouse as the store', () => {
  const early = { sender: undefined as RemoteWriteSender | undefined }

  test('is set up by the first run, and keeps everything over a restart', async () => {
    bongsu = await start()
    await eventually('its own scrape', async () => (await vector(bongsu.url, 'up{job="bongsu"}'))[0])
    const sender = new RemoteWriteSender({ name: 'early', version: 2, start: Date.now() - 600_000 })
    early.sender = sender
    for (let i = 0; i < 30; i++) expect(await sender.sendOne(bongsu.url)).toBe(204)
    expect(await bongsu.stop()).toBe(0)
    bongsu = await start()
    expect(bongsu.log()).not.toContain('migrated the store')
    expect(await sender.missing(bongsu.url)).toEqual([])
    expect(await (await fetch(`${bongsu.url}/api/bongsu/status`)).json()).toMatchObject({ store: { kind: 'remote' } })
  })

  test('is written by one process: a second on the same data folder is refused', async () => {
    await expect(start()).rejects.toThrow(/store\.locked: .* is in use by process \d+/)
  })

  test(
    'that is gone costs no write; old data are unavailable; all is delivered when it is back',
    { timeout: 90_000 },
    async () => {
      process.kill(front.pid, 'SIGKILL')
      await front.stop()
      const sender = new RemoteWriteSender({ name: 'meanwhile', version: 1, start: Date.now() - 600_000 })
      for (let i = 0; i < 50; i++) expect(await sender.sendOne(bongsu.url)).toBe(204)
      await eventually('the trouble is told', () =>
        Promise.resolve(/did not take a log segment/.exec(bongsu.log())?.[0]),
      )
      expect(await sender.missing(bongsu.url)).toEqual([])
      expect((await fetch(`${bongsu.url}/-/healthy`)).status).toBe(200)
      expect(await (await fetch(`${bongsu.url}/api/bongsu/status`)).json()).toMatchObject({ store: { version: null } })
      const now = Date.now() / 1000
      const past = await fetch(`${bongsu.url}/api/v1/query?query=faults_steady[1h]&time=${now - 5 * HOUR_S}`)
      expect(past.status).toBe(503)
      expect(await past.json()).toMatchObject({ status: 'error', errorType: 'unavailable' })
      expect(await ownMetric(bongsu.url, 'bongsu_store_pending_bytes')).toBeGreaterThan(1000)

      // Killed with all that still waiting, it needs the store to start; then it knows everything.
      await bongsu.kill()
      await expect(start()).rejects.toThrow(/store\.unavailable/)
      front = await startClickHouseFront(join(folder.path, 'front'), port())
      bongsu = await start()
      expect(await sender.missing(bongsu.url)).toEqual([])
      expect(await early.sender?.missing(bongsu.url)).toEqual([])
      await settled()
    },
  )

  test(
    'that comes back under a running Bongsu gets what waited, and the log says it once',
    { timeout: 90_000 },
    async () => {
      process.kill(front.pid, 'SIGKILL')
      await front.stop()
      const sender = new RemoteWriteSender({ name: 'again', version: 2, start: Date.now() - 600_000 })
      const until = performance.now() + 3000
      while (performance.now() < until) expect(await sender.sendOne(bongsu.url)).toBe(204)
      front = await startClickHouseFront(join(folder.path, 'front'), port())
      await eventually(
        'the store takes it',
        async () => {
          return (await sender.sendOne(bongsu.url)) === 204 && bongsu.log().includes('takes log segments again')
            ? true
            : undefined
        },
        60_000,
      )
      await settled()
      expect(await sender.missing(bongsu.url)).toEqual([])
      const told = bongsu
        .log()
        .split('\n')
        .filter((line) => line.includes('did not take a log segment'))
      expect(told).toHaveLength(1)
      expect(await bongsu.stop()).toBe(0)
      bongsu = await start()
      expect(await sender.missing(bongsu.url)).toEqual([])
    },
  )
})
