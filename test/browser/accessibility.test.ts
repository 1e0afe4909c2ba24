import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sendShop } from '../support/shop-data.ts'
import { hasChromium, startRig } from './rig.ts'
import type { BrowserRig } from './rig.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong, a line each. Tooltips, which fade out at their own pace, belong to their control and to no landmark. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(`axe.run({ exclude: ['[role=tooltip]'] }, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`)
}

const at = (query: string, rest = ''): string => `/explore?from=now-5m&to=now&query=${encodeURIComponent(query)}${rest}`

const views: [name: string, path: string, ready: string][] = [
  ['an empty explorer', '/explore', '.cm-content'],
  ['a graph', '/explore?from=now-5m&to=now&query=shop_orders_total', '[data-testid=chart] canvas'],
  ['a table', '/explore?from=now-5m&to=now&query=shop_shard_items&view=table', 'tbody tr[data-row]'],
  ['raw samples', '/explore?from=now-5m&to=now&query=shop_queue_bytes&view=raw', 'tbody tr[data-row]'],
  ['a heatmap', at('sum(rate(rpc_duration_seconds[1m]))', '&view=heatmap'), '[data-testid=heatmap] canvas'],
  ['an account of a query', at('sum(rate(shop_orders_total[1m])) / 2', '&view=tree'), '[data-testid=tree-node]'],
  ['exemplars', at('http_request_duration_seconds_bucket', '&exemplars=1'), '[data-testid=exemplars] button'],
  [
    'several queries',
    at('shop_orders_total', '&query.b=up&view.b=table&query.c=&query.d=up&off.d=1'),
    'tbody tr[data-row]',
  ],
  ['a range vector', at('shop_orders_total[1m]'), '[data-state=empty]'],
  ['warnings', at('rate(shop_queue_bytes[1m])'), '.cm-lintRange-info'],
  ['an error', '/explore?query=shop%7B', '[role=alert]'],
  ['an empty result', '/explore?query=nothing_like_this', '[data-state=empty]'],
  ['targets', '/targets', 'tr[data-health]'],
  ['cardinality', '/cardinality', '[role=meter]'],
  ['status', '/status', 'dl'],
  ['flags', '/status?tab=flags', 'tbody tr[data-row]'],
  ['configuration', '/status?tab=config', 'pre'],
]

describe.skipIf(!hasChromium).each(['light', 'dark'] as const)('accessibility in the %s scheme', (colorScheme) => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig()
    await sendShop(rig.bongsu.url, { end: Date.now(), minutes: 5 })
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test.each(views)('%s has no fault', async (_, path, ready) => {
    const page = await rig.open(path, { colorScheme, locale: colorScheme === 'dark' ? 'ko-KR' : 'en-US' })
    await page.locator(ready).first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  test('time picker, settings, palette and help have no fault', async () => {
    const page = await rig.open('/status', { colorScheme })
    await page.locator('dl').first().waitFor()
    await page.getByTestId('range-button').click()
    await page.getByLabel('From').waitFor()
    expect(await violations(page), 'time picker').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByLabel('Tenant').waitFor()
    expect(await violations(page), 'settings').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByLabel('Tenant').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to a page').waitFor()
    expect(await violations(page), 'palette').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByPlaceholder('Go to a page').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    expect(await violations(page), 'help').toEqual([])
    await page.context().close()
  })

  test('completion, hover help, history and a chosen exemplar have no fault', async () => {
    const page = await rig.open(at('http_request_duration_seconds_bucket', '&exemplars=1'), { colorScheme })
    await page.getByTestId('exemplars').locator('button').first().click()
    await page.getByTestId('exemplar').waitFor()
    expect(await violations(page), 'exemplar').toEqual([])
    await page.locator('.pq-metric').hover()
    await page.locator('.pq-help').waitFor()
    expect(await violations(page), 'hover help').toEqual([])
    await page.mouse.move(0, 0)
    await page.locator('.cm-content').click()
    await page.keyboard.press('End')
    await page.keyboard.type('{hand')
    await page.getByRole('option', { name: 'handler' }).waitFor()
    expect(await violations(page), 'completion').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByTestId('history-entry').first().waitFor()
    expect(await violations(page), 'history').toEqual([])
    await page.context().close()
  })
})
