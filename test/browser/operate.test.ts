import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { api } from '../support/prometheus-api.ts'
import { hasChromium, paramsOf, SHARDS, startRig, untilAddress } from './rig.ts'
import type { BrowserRig } from './rig.ts'

describe.skipIf(!hasChromium)('targets, cardinality, status', () => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig()
    await eventually('the failed scrape', async () => {
      const { activeTargets } = await api<{ activeTargets: { health: string }[] }>(rig.bongsu.url, 'targets')
      return activeTargets.find(({ health }) => health === 'down')
    })
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test('targets show their pool, state, labels, last scrape and what went wrong', async () => {
    const page = await rig.open('/targets')
    const shop = page.locator('section', { hasText: 'shop' }).locator('tr[data-health=up]')
    await shop.first().waitFor()
    const text = await shop.first().innerText()
    expect(text).toContain('/metrics')
    expect(text).toContain('Up')
    expect(text).toContain('team=store')
    expect(text).toMatch(/second/)
    expect(text).toMatch(/\d (ms|µs)/)
    const gone = page.locator('tr[data-health=down]')
    expect(await gone.innerText()).toMatch(/Down/)
    expect(await gone.locator('pre').innerText()).toMatch(/refused|ECONNREFUSED|connect/i)
    await page.context().close()
  })

  test('targets are filtered by state and text, and an empty result helps itself', async () => {
    const page = await rig.open('/targets')
    await page.locator('tr[data-health=up]').first().waitFor()
    await page.getByText(/^Down 1$/).click()
    await page.locator('tr[data-health=up]').first().waitFor({ state: 'detached' })
    expect(await page.locator('tr[data-health=down]').count()).toBe(1)
    expect(paramsOf(page)['health']).toBe('down')
    await page.getByRole('searchbox').fill('no such thing')
    await page.getByText('No target fits these filters').waitFor()
    await page.getByRole('button', { name: 'Reset filters' }).click()
    await page.locator('tr[data-health=up]').first().waitFor()
    await page.context().close()
  })

  test('dropped targets show the labels that discovery gave them', async () => {
    const page = await rig.open('/targets?health=dropped')
    await page.getByRole('button', { name: '1 dropped' }).click()
    await page.getByText('__address__=10.9.8.7:9999').waitFor()
    await page.context().close()
  })

  test('a target leads to its metrics', async () => {
    const page = await rig.open('/targets?pool=shop')
    await page.getByRole('link', { name: 'Explore its metrics' }).click()
    await untilAddress(page, ({ pathname }) => pathname === '/explore')
    expect(paramsOf(page)['query']).toMatch(/^\{job="shop", instance="127\.0\.0\.1:\d+"\}$/)
    await page.context().close()
  })

  test('cardinality ranks metrics and leads to the one that is clicked', async () => {
    const page = await rig.open('/cardinality?match=%7Bjob%3D%22shop%22%7D')
    const metrics = page.getByRole('list', { name: 'Metrics by series' }).getByRole('listitem')
    await metrics.first().waitFor()
    expect(await metrics.first().innerText()).toMatch(new RegExp(`shop_shard_items\\s+${SHARDS}\\s`))
    await metrics.first().getByRole('link').click()
    await untilAddress(page, ({ pathname }) => pathname === '/explore')
    expect(paramsOf(page)).toEqual({ query: 'shop_shard_items{job="shop"}' })
    await page.context().close()
  })

  test('cardinality shows limits, narrows by a pair, and says when nothing matches', async () => {
    const page = await rig.open('/cardinality')
    await page.getByRole('meter', { name: 'Series of this tenant' }).waitFor()
    await page.getByText('Nothing was refused.').waitFor()
    await page.getByRole('link', { name: 'job=shop', exact: true }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('match') === '{job="shop"}')
    await page.getByRole('meter').first().waitFor({ state: 'detached' })
    await page.getByLabel('Only series that match').fill('{job="nobody"}')
    await page.keyboard.press('Enter')
    await page.getByText('No series match {job="nobody"}').waitFor()
    await page.getByLabel('Only series that match').fill('{job=')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.context().close()
  })

  test('status shows what runs, its flags, and its configuration', async () => {
    const page = await rig.open('/status')
    await page.getByText('embedded (chDB)').waitFor()
    const { version } = (await (await fetch(`${rig.bongsu.url}/api/bongsu/status`)).json()) as { version: string }
    expect(await page.locator('section', { hasText: 'Process' }).first().innerText()).toContain(version)
    await page.getByText('Flags', { exact: true }).click()
    await page.getByRole('cell', { name: '--data-dir' }).waitFor()
    await page.getByRole('searchbox').fill('no such flag')
    await page.getByText('No flag matches').waitFor()
    await page.getByText('Configuration', { exact: true }).click()
    await page.locator('pre', { hasText: 'job_name: shop' }).waitFor()
    await page.context().close()
  })
})
