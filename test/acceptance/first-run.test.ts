import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import { eventually } from '../support/eventually.ts'
import { api, raw, vector } from '../support/prometheus-api.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'bongsu-first-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined)

describe('a first run without any configuration', () => {
  test('shows itself and its host within seconds, stops cleanly, and knows everything after a restart', async () => {
    const first = await startBongsu({ dataDir })
    const load = await eventually('the host', async () => some(await vector(first.url, 'node_load1')), 10_000)
    expect(load[0]?.metric).toMatchObject({ job: 'node' })
    // A target has its place in the interval, 15 s here.
    const [self] = await eventually(
      'its own scrape',
      async () => some(await vector(first.url, 'up{job="bongsu"}')),
      25_000,
    )
    expect(self?.value[1]).toBe('1')
    const before = await raw(first.url, '{__name__=~"node_load.*|up"}[10m]', Date.now() / 1000)
    expect(await first.stop()).toBe(0)

    const second = await startBongsu({ dataDir })
    const after = await raw(second.url, '{__name__=~"node_load.*|up"}[20m]', Date.now() / 1000)
    for (const { metric, values } of before) {
      const again = after.find((one) => JSON.stringify(one.metric) === JSON.stringify(metric))
      expect(again?.values.slice(0, values.length), JSON.stringify(metric)).toEqual(values)
    }
    expect(await second.stop()).toBe(0)
  })

  test('serves its page, its health, its own metrics and build facts', async () => {
    const bongsu = await startBongsu()
    const text = async (path: string): Promise<string> => (await fetch(bongsu.url + path)).text()
    expect(await text('/')).toContain('<div id="root">')
    expect(await text('/-/healthy')).toBe('Bongsu is Healthy.\n')
    expect(await text('/-/ready')).toBe('Bongsu is Ready.\n')
    expect(await text('/metrics')).toMatch(/^bongsu_\w+/m)
    expect(await api(bongsu.url, 'status/buildinfo')).toMatchObject({ application: 'bongsu' })
    expect((await fetch(`${bongsu.url}/api/v1/nothing`)).status).toBe(404)
    await bongsu.stop()
  })

  test('refuses a second process on the same data folder, in words', async () => {
    const bongsu = await startBongsu()
    await expect(startBongsu({ dataDir: bongsu.dataDir })).rejects.toThrow(/another process|in use|locked/)
    await bongsu.stop()
  })
})
