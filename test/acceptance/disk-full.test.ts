/** The disk of the data folder fills up under a running Bongsu: writers are asked to come again, readers notice nothing. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { eventually } from '../support/eventually.ts'
import { vector } from '../support/prometheus-api.ts'
import { RemoteWriteSender } from '../support/remote-write-sender.ts'
import { NO_MOUNT, smallDisk, takeAllRoom } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DISK_BYTES = 128 * 1024 * 1024
const config = [
  'head: { flush_interval: 1s }',
  'self_scrape: { interval: 1s }',
  'host_metrics: { interval: 1s }',
  'pushgateway: { interval: 1s }',
].join('\n')

/** Reads and health go on, whatever happens to writes. */
async function expectReading(bongsu: BongsuProcess, sender: RemoteWriteSender): Promise<void> {
  for (const path of ['/-/healthy', '/-/ready', '/metrics']) expect((await fetch(bongsu.url + path)).status).toBe(200)
  expect((await sender.missing(bongsu.url)).slice(0, 3)).toEqual([])
}

function lines(bongsu: BongsuProcess, text: string | RegExp): string[] {
  return bongsu
    .log()
    .split('\n')
    .filter((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)))
}

test(
  'a full disk refuses writes for now, loses nothing, and heals by itself',
  { timeout: 120_000 },
  async (context) => {
    await using folder = await tempFolder()
    const disk = (await smallDisk(folder.path, DISK_BYTES)) ?? context.skip(NO_MOUNT)
    const dataDir = join(disk.path, 'data')
    const ballast = join(disk.path, 'ballast')
    const start = Date.now() - 600_000
    const senders = ([1, 2] as const).map((version) => new RemoteWriteSender({ name: `v${version}`, version, start }))
    const [sender] = senders as [RemoteWriteSender]
    const sendAll = async (bongsu: BongsuProcess): Promise<number[]> =>
      Promise.all(senders.map((one) => one.sendOne(bongsu.url)))
    let bongsu = await startBongsu({ dataDir, config })
    try {
      for (let i = 0; i < 50; i++) expect(await sendAll(bongsu)).toEqual([204, 204])

      await takeAllRoom(disk, ballast)
      const full = performance.now()
      await eventually('writes are refused', async () => {
        const statuses = await sendAll(bongsu)
        return statuses.every((status) => status >= 500) ? statuses : undefined
      })
      // For some seconds all goes on: scrapes of itself, host metrics, senders that come again.
      while (performance.now() - full < 6_000) {
        await takeAllRoom(disk, `${ballast}2`)
        await sendAll(bongsu)
      }
      await expectReading(bongsu, sender)
      const push = await fetch(`${bongsu.url}/metrics/job/batch`, { method: 'PUT', body: 'pushed 1\n' })
      expect(push.status).toBeGreaterThanOrEqual(500)
      expect(lines(bongsu, 'level=error')).toEqual([])
      const told = lines(bongsu, /level=warn .*no room on its disk/)
      expect(told.length, told.join('\n')).toBeLessThanOrEqual(4)
      expect(told.join('\n')).toContain('writes are refused; their senders are asked to send again')

      await bongsu.kill()
      bongsu = await startBongsu({ dataDir, config })
      await expectReading(bongsu, sender)
      expect(await bongsu.stop()).toBe(0)
      bongsu = await startBongsu({ dataDir, config })
      await expectReading(bongsu, sender)
      expect((await sendAll(bongsu)).every((status) => status >= 500)).toBe(true)

      for (const file of [ballast, `${ballast}2`]) await rm(file, { force: true })
      await eventually('writes are taken again', async () => {
        const statuses = await sendAll(bongsu)
        return statuses.every((status) => status === 204) ? true : undefined
      })
      await eventually('it scrapes itself again', async () => {
        const [up] = await vector(bongsu.url, 'up{job="bongsu"}')
        return up?.value[1] === '1' ? true : undefined
      })
      await eventually('it says so', async () => {
        await sendAll(bongsu)
        return lines(bongsu, 'writes are taken again')[0]
      })
      await expectReading(bongsu, sender)
      await bongsu.kill()
      bongsu = await startBongsu({ dataDir, config })
      for (const one of senders) {
        expect(one.finalRefusals).toEqual([])
        expect((await one.missing(bongsu.url)).slice(0, 3)).toEqual([])
      }
      expect(await bongsu.stop()).toBe(0)
    } finally {
      await bongsu.kill()
      await disk.remove()
    }
  },
)
