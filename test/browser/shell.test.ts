import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, paramsOf, startRig, untilAddress } from './rig.ts'
import type { BrowserRig } from './rig.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const lang = (page: Page): Promise<string> => page.evaluate('document.documentElement.lang')
const scheme = (page: Page): Promise<string | null> =>
  page.evaluate("document.documentElement.getAttribute('data-mantine-color-scheme')")
const background = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
const untilScheme = (page: Page, wanted: string) =>
  page.waitForFunction(`document.documentElement.getAttribute('data-mantine-color-scheme') === '${wanted}'`)

describe.skipIf(!hasChromium)('the shell', () => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test('leads to every page, and keeps the time range on the way', async () => {
    const page = await rig.open('/explore?from=now-6h&to=now')
    for (const name of ['Targets', 'Cardinality', 'Status']) {
      await page.getByRole('navigation').getByRole('link', { name }).click()
      await heading(page, name).waitFor()
      expect(paramsOf(page)).toMatchObject({ from: 'now-6h', to: 'now' })
    }
    await page.context().close()
  })

  test('the root leads to metrics, an unknown path says so', async () => {
    const page = await rig.open('/')
    await untilAddress(page, ({ pathname }) => pathname === '/explore')
    await page.goto(`${rig.bongsu.url}/nowhere`)
    await page.getByText('There is no such page').waitFor()
    await page.getByRole('button', { name: 'Go to metrics' }).click()
    await untilAddress(page, ({ pathname }) => pathname === '/explore')
    await page.context().close()
  })

  test('speaks the language of the browser, and the chosen one ever after', async () => {
    const page = await rig.open('/targets', { locale: 'ko-KR' })
    await heading(page, '수집 대상').waitFor()
    expect(await lang(page)).toBe('ko')
    await page.getByRole('button', { name: '설정' }).click()
    await page.getByText('English', { exact: true }).click()
    await heading(page, 'Targets').waitFor()
    await page.reload()
    await heading(page, 'Targets').waitFor()
    expect(await lang(page)).toBe('en')
    await page.context().close()
  })

  test('follows the scheme of the system, and the chosen one ever after', async () => {
    const page = await rig.open('/status', { colorScheme: 'dark' })
    expect(await scheme(page)).toBe('dark')
    const dark = await background(page)
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByText('Light', { exact: true }).click()
    await untilScheme(page, 'light')
    expect(await background(page)).not.toBe(dark)
    await page.reload()
    expect(await scheme(page)).toBe('light')
    await page.context().close()
  })

  test('finds pages, metrics and actions in the palette', async () => {
    const page = await rig.open('/status')
    await heading(page, 'Status').waitFor()
    await page.keyboard.press('Control+k')
    const field = page.getByPlaceholder('Go to a page')
    await field.fill('shop_ord')
    await page.getByRole('button', { name: 'shop_orders_total' }).waitFor()
    await field.press('Enter')
    await untilAddress(page, ({ searchParams }) => searchParams.get('query') === 'shop_orders_total')
    await page.keyboard.press('Control+k')
    await field.fill('dark')
    await page.getByRole('button', { name: 'Switch to dark theme' }).waitFor()
    await field.press('Enter')
    await untilScheme(page, 'dark')
    await page.context().close()
  })

  test('is driven by keys, but not while one types or composes a syllable', async () => {
    const page = await rig.open('/status')
    await heading(page, 'Status').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await heading(page, 'Targets').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('gs?')
    expect(await page.getByRole('searchbox').inputValue()).toBe('gs?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.evaluate('document.activeElement.blur()')
    await pressOf(page, { key: '?', isComposing: true })
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.context().close()
  })

  test('shortcuts work with a Hangul layout', async () => {
    const page = await rig.open('/targets')
    await heading(page, 'Targets').waitFor()
    await pressOf(page, { key: 'ㅎ', code: 'KeyG' })
    await pressOf(page, { key: 'ㄴ', code: 'KeyS' })
    await heading(page, 'Status').waitFor()
    await page.context().close()
  })

  test('sets the time range by a quick pick, by hand, and refuses nonsense', async () => {
    const page = await rig.open('/explore')
    await page.getByTestId('range-button').click()
    await page.getByRole('button', { name: 'Last 15 min' }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('from') === 'now-15m')
    await page.getByTestId('range-button').click()
    await page.getByLabel('From').fill('yesterday')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Not a time').waitFor()
    await page.getByLabel('From').fill('2026-01-02 03:00')
    await page.getByLabel('To', { exact: true }).fill('2026-01-02 05:00')
    await page.getByRole('button', { name: 'Apply' }).click()
    const start = Date.UTC(2026, 0, 1, 18, 0)
    await untilAddress(page, ({ searchParams }) => searchParams.get('from') === String(start))
    expect(paramsOf(page)['to']).toBe(String(start + 2 * 3_600_000))
    await page.getByTestId('range-button').click()
    await page.getByText('UTC', { exact: true }).click()
    await page.getByRole('button', { name: /2026-01-01 18:00:00 – 2026-01-01 20:00:00 UTC/ }).waitFor()
    await page.context().close()
  })

  test('refreshes at the chosen interval, and not while hidden', async () => {
    const page = await rig.open('/targets')
    await page.clock.install()
    await page.reload()
    await heading(page, 'Targets').waitFor()
    await page.getByRole('button', { name: 'Refresh', exact: true }).click()
    await page.getByRole('menuitem', { name: '30s' }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('refresh') === '30s')
    const asked = page.waitForRequest(/api\/v1\/targets/)
    await page.clock.runFor(31_000)
    await asked
    await setHidden(page, true)
    let asks = 0
    page.on('request', (request) => (asks += request.url().includes('api/v1/targets') ? 1 : 0))
    await page.clock.runFor(120_000)
    expect(asks).toBe(0)
    const shown = page.waitForRequest(/api\/v1\/targets/)
    await setHidden(page, false)
    await shown
    await page.context().close()
  })

  test('is usable on a phone: navigation in a drawer, nothing wider than the screen', async () => {
    const page = await rig.open('/targets', { viewport: { width: 390, height: 780 } })
    await heading(page, 'Targets').waitFor()
    for (const name of ['Cardinality', 'Status', 'Metrics']) {
      await page.getByRole('button', { name: 'Open navigation' }).click()
      await page.getByRole('dialog').getByRole('link', { name, exact: true }).click()
      await heading(page, name).waitFor()
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect(overflow, name).toBeLessThanOrEqual(0)
    }
    await page.context().close()
  })
})

describe.skipIf(!hasChromium)('below a path of a reverse proxy', () => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig(['--external-url', 'https://example.org/tools/bongsu/'])
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test('every page, script and request stays below it', async () => {
    const page = await rig.open('/')
    await untilAddress(page, ({ pathname }) => pathname === '/tools/bongsu/explore')
    await page.getByLabel('Search metrics').fill('orders')
    await page.getByTestId('metric-list').getByText('shop_orders_total').click()
    await page.getByTestId('chart').waitFor()
    await page.getByRole('link', { name: 'Status' }).click()
    await page.getByText('embedded (chDB)').waitFor()
    await page.reload()
    await page.getByText('embedded (chDB)').waitFor()
    expect(new URL(page.url()).pathname).toBe('/tools/bongsu/status')
    await page.context().close()
  })
})

/** Headless pages are never hidden by themselves. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });` +
      `document.dispatchEvent(new Event('visibilitychange'))`,
  )
}

/** A key press as a keyboard of another layout, or an input method, makes it. */
async function pressOf(page: Page, event: { key: string; code?: string; isComposing?: boolean }): Promise<void> {
  const init = JSON.stringify({ ...event, bubbles: true })
  await page.evaluate(`document.dispatchEvent(new KeyboardEvent('keydown', ${init}))`)
}
