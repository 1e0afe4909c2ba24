import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { formatted } from '../../ui/src/editors/format.ts'
import { eventually } from '../support/eventually.ts'
import { vector } from '../support/prometheus-api.ts'
import { postWrite } from '../support/remote-write-sender.ts'
import { LATENCY_BOUNDS, sendShop } from '../support/shop-data.ts'
import { hasChromium, paramsOf, startRig, untilAddress } from './rig.ts'
import type { BrowserRig } from './rig.ts'

/** More than a graph asks for at first. */
const MANY = 620
const RATE = 'sum by (handler) (rate(http_requests_total[1m]))'
const P99 = 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[2m])))'
const BUCKETS = 'sum by (le) (rate(http_request_duration_seconds_bucket[1m]))'
const at = (query: string, rest = ''): string =>
  `/explore?from=now-30m&to=now&query=${encodeURIComponent(query)}${rest}`

const editor = (page: Page, name = 'Query'): Locator => page.getByRole('textbox', { name, exact: true })
const textOf = (page: Page): Promise<string> => page.evaluate("document.querySelector('.cm-content').innerText")
/** Waits for an expression to be true in the page; the page's own policy forbids the usual way of polling. */
const until = (page: Page, expression: string): Promise<true> =>
  eventually(expression, async () => ((await page.evaluate<boolean>(expression)) ? true : undefined), 15_000)
const untilText = (page: Page, text: string): Promise<true> =>
  until(page, `document.querySelector('.cm-content')?.innerText === ${JSON.stringify(text)}`)
const marked = (page: Page, severity: string): Locator => page.locator(`.cm-lintRange-${severity}`)
const option = (page: Page, name: string | RegExp): Locator => page.getByRole('option', { name })

/** Opens a page with an editor that has been loaded, and writes into it. */
async function typed(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').first().waitFor()
  await editor(page).click()
  await page.keyboard.type(text)
}

describe.skipIf(!hasChromium)('the workbench', () => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig()
    const end = Date.now()
    await sendShop(rig.bongsu.url, { end, minutes: 30 })
    const many = Array.from({ length: MANY }, (_, i) => ({
      labels: [
        ['__name__', 'many_items'],
        ['item', `${i}`],
      ] as const,
      samples: [{ timestamp: end - 1000, value: i }],
    }))
    await postWrite(rig.bongsu.url, many, 2)
    await eventually('the data', async () => {
      const found = await vector(rig.bongsu.url, 'count(http_requests_total) + count(many_items)')
      return found.length > 0 ? found : undefined
    })
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test('underlines what our parser refuses while one types, without asking the server', async () => {
    const page = await rig.open('/explore')
    let asked = 0
    page.on('request', (request) => (asked += /api\/v1\/(query|parse_query|format_query)/.test(request.url()) ? 1 : 0))
    await typed(page, 'rate(up)')
    await marked(page, 'error').waitFor()
    expect(await marked(page, 'error').innerText()).toBe('up')
    await page.mouse.move(0, 0)
    await marked(page, 'error').hover()
    await page.getByText('expected type range vector in call to function "rate", got instant vector').waitFor()
    for (let i = 0; i < 'up)'.length; i++) await page.keyboard.press('Backspace')
    await page.keyboard.type('up[5m])')
    await marked(page, 'error').waitFor({ state: 'detached' })
    expect(asked).toBe(0)
    await page.context().close()
  })

  test('completes the language, and of labels and values only those that fit', async () => {
    const page = await rig.open('/explore')
    await typed(page, 'histogram_quant')
    await option(page, /^histogram_quantile\b/)
      .first()
      .waitFor()
    await page.getByText('Estimated quantile (0 to 1)').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('sum by (')
    await page.keyboard.press('End')
    await page.keyboard.type(' (http_requests_total{handler="/api/cart", ')
    await option(page, 'status').waitFor()
    expect(await option(page, 'handler').count()).toBe(0)
    expect(await option(page, 'region').count()).toBe(0)
    await page.keyboard.type('me')
    await option(page, 'method').waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type('="')
    await option(page, 'GET').waitFor()
    // The cart is never posted to.
    expect(await option(page, 'POST').count()).toBe(0)
    await page.keyboard.press('Enter')
    await page.keyboard.press('End')
    expect(await textOf(page)).toContain('http_requests_total{handler="/api/cart", method="GET"')
    await page.context().close()
  })

  test('offers durations in brackets, and asks the server for names only once', async () => {
    const page = await rig.open('/explore')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await typed(page, 'rate(http_requests_total')
    await page.keyboard.type('[')
    await page.getByRole('option', { name: '5m', exact: true }).waitFor()
    await page.keyboard.type('15')
    await option(page, '15w').waitFor()
    await page.getByRole('option', { name: '15m', exact: true }).click()
    await untilText(page, 'rate(http_requests_total[15m])')
    // One list of names for the page, one for the editor.
    expect(asked.filter((url) => url.includes('label/__name__/values')).length).toBeLessThanOrEqual(2)
    await page.context().close()
  })

  test('explains under the pointer, in the language of the page', async () => {
    const page = await rig.open(at(RATE), { locale: 'ko-KR' })
    await page.getByTestId('chart').waitFor()
    await page.locator('.pq-function', { hasText: 'rate' }).hover()
    await page.getByText('카운터의 초당 증가량').waitFor()
    await page.mouse.move(0, 0)
    await page.locator('.pq-metric', { hasText: 'http_requests_total' }).hover()
    await page.locator('.pq-help', { hasText: 'Requests answered, by handler, method and status.' }).waitFor()
    await page.context().close()
  })

  test('lays a query out in the browser', async () => {
    const page = await rig.open('/explore')
    const query = `${RATE}/${RATE}>0.5`
    await typed(page, query)
    let asked = 0
    page.on('request', (request) => (asked += request.url().includes('api/v1/format') ? 1 : 0))
    await page.getByRole('button', { name: 'Format query' }).click()
    const better = formatted(query) ?? ''
    expect(better.split('\n').length).toBe(3)
    await untilText(page, better)
    expect(asked).toBe(0)
    await page.context().close()
  })

  test('runs by Enter, Shift+Enter and Ctrl+Enter; in a text of several lines Enter breaks the line', async () => {
    const page = await rig.open('/explore?from=now-30m&to=now')
    const untilQuery = (query: string) => untilAddress(page, ({ searchParams }) => searchParams.get('query') === query)
    await typed(page, '1')
    await page.keyboard.press('Shift+Enter')
    await untilQuery('1')
    await page.keyboard.type('2')
    await page.keyboard.press('Control+Enter')
    await untilQuery('12')
    await page.keyboard.type('3')
    await page.keyboard.press('Enter')
    await untilQuery('123')
    await page.keyboard.press('Alt+Enter')
    await page.keyboard.type('+ 4')
    await page.keyboard.press('Enter')
    await page.keyboard.type('+ 5')
    await page.keyboard.press('Control+Enter')
    await untilQuery('123\n+ 4\n+ 5')
    await page.context().close()
  })

  test("marks the server's warnings and infos gently, where they belong", async () => {
    const page = await rig.open(
      at('rate(process_resident_memory_bytes[5m]) + on() group_left() histogram_quantile(2, vector(1))'),
    )
    await marked(page, 'info').waitFor()
    expect(await marked(page, 'info').innerText()).toBe('process_resident_memory_bytes')
    expect(await marked(page, 'warning').allInnerTexts()).toEqual(['2', 'vector'])
    await page.getByText('quantile value should be between 0 and 1').first().waitFor()
    await editor(page).click()
    await page.keyboard.press('End')
    await page.keyboard.type(' + 1')
    await marked(page, 'info').waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('has several queries on one range: adds, duplicates, switches off, removes; back brings them back', async () => {
    const page = await rig.open(at(RATE))
    await page.getByTestId('chart').waitFor()
    await page.getByRole('button', { name: 'Duplicate query' }).click()
    await page.locator('[data-panel=b] [data-testid=chart]').waitFor()
    expect(paramsOf(page)['query.b']).toBe(RATE)
    await page.getByRole('button', { name: 'Add query' }).click()
    await page.locator('[data-panel=c]').getByText('Pick a metric').waitFor()
    await page.getByLabel('Search metrics').fill('in_flight')
    await page.getByTestId('metric-list').getByText('http_requests_in_flight').click()
    await page.locator('[data-panel=c] [data-testid=chart]').waitFor()
    expect(paramsOf(page)).toMatchObject({ query: RATE, 'query.c': 'http_requests_in_flight' })

    await page.locator('[data-panel=b]').getByRole('button', { name: 'Switch query off' }).click()
    await page.locator('[data-panel=b] [data-testid=chart]').waitFor({ state: 'detached' })
    expect(paramsOf(page)['off.b']).toBe('1')
    await page.locator('[data-panel=a]').getByRole('button', { name: 'Remove query' }).click()
    await page.locator('[data-panel=a]').waitFor({ state: 'detached' })
    expect(paramsOf(page)['query']).toBeUndefined()
    await page.goBack()
    await page.locator('[data-panel=a] [data-testid=chart]').waitFor()
    await page.goBack()
    await page.locator('[data-panel=b] [data-testid=chart]').waitFor()
    await page.goForward()
    await page.locator('[data-panel=b] [data-testid=chart]').waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('a link opens all panels as they are', async () => {
    const first = await rig.open(at(RATE, '&draw=stack'))
    await first.getByTestId('chart').waitFor()
    await first.getByRole('button', { name: 'Add query' }).click()
    await first.locator('[data-panel=b]').getByText('Pick a metric').waitFor()
    await first.locator('[data-panel=b] .cm-content').click()
    await first.keyboard.type(BUCKETS)
    await first.keyboard.press('Control+Enter')
    await first.locator('[data-panel=b]').getByText('Heatmap', { exact: true }).click()
    await first.getByTestId('heatmap').waitFor()
    await first.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await first.getByRole('button', { name: 'Copy link' }).click()
    await first.getByRole('menuitem', { name: 'Copy link with these very times' }).click()
    await first.getByRole('button', { name: 'Link copied' }).waitFor()
    const { pathname, search, searchParams } = new URL(await first.evaluate<string>('navigator.clipboard.readText()'))
    expect(searchParams.get('from')).toMatch(/^\d{13}$/)
    const second = await rig.open(pathname + search)
    await second.getByTestId('heatmap').waitFor()
    expect(await second.getByRole('combobox', { name: 'Draw as' }).inputValue()).toBe('Stacked')
    expect(await second.locator('[data-panel=b] .cm-content').innerText()).toContain(
      'http_request_duration_seconds_bucket',
    )
    await first.context().close()
    await second.context().close()
  })

  test.each([
    ['classic buckets', BUCKETS, LATENCY_BOUNDS.length + 1],
    ['native histograms', 'sum(rate(rpc_duration_seconds[1m]))', 30],
  ])('draws %s as a heatmap, read by pointer and by keyboard', async (_, query, least) => {
    const page = await rig.open(at(query, '&view=heatmap'))
    const heatmap = page.getByTestId('heatmap')
    await heatmap.waitFor()
    expect(Number(await heatmap.getAttribute('data-rows'))).toBeGreaterThanOrEqual(least)
    const colours = await page.evaluate<number>(`(() => {
      const canvas = document.querySelector('[data-testid=heatmap] canvas')
      const { data } = canvas.getContext('2d').getImageData(80, 20, canvas.width - 120, canvas.height - 80)
      const seen = new Set()
      for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2])
      return seen.size
    })()`)
    expect(colours).toBeGreaterThan(20)
    const box = await page.locator('[data-testid=heatmap] .u-over').boundingBox()
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    await page.getByText(/^[\d.]+ % of all at this time$/).waitFor()
    await page.mouse.move(0, 0)
    await heatmap.focus()
    await page.keyboard.press('Home')
    for (let i = 0; i < 10; i++) await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.locator('[aria-live=polite]', { hasText: /s – .*s: [\d.]+/ }).waitFor()
    await page.context().close()
  })

  test('says what a heatmap needs, and helps to it', async () => {
    const page = await rig.open(at(P99, '&view=heatmap'))
    await page.getByText('This result has no buckets').waitFor()
    await page.getByRole('button', { name: /^Run sum by \(le\)/ }).click()
    await page.getByTestId('heatmap').waitFor()
    await page.context().close()
  })

  test('shows exemplars as diamonds; a click tells the trace', async () => {
    const page = await rig.open(at(P99))
    await page.getByTestId('chart').waitFor()
    await page.getByRole('button', { name: 'Show exemplars' }).click()
    const diamonds = page.getByTestId('exemplars').locator('button')
    await diamonds.first().waitFor()
    expect(await diamonds.count()).toBeGreaterThan(10)
    expect(paramsOf(page)['exemplars']).toBe('1')
    await diamonds.last().click()
    const card = page.getByTestId('exemplar')
    await card.waitFor()
    expect(await card.innerText()).toMatch(/trace_id\s+4bf92f3577b34da6[\da-f]{16}/)
    expect(await card.innerText()).toContain('http_request_duration_seconds_bucket')
    await card.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'List exemplars' }).click()
    const table = page.getByRole('region', { name: 'List exemplars' })
    await table.locator('tbody button').first().press('Enter')
    await card.waitFor()
    await page.context().close()
  })

  test('explains a query: a tree with series, samples and time; parts are selected and run', async () => {
    const query = 'sum by (handler) (rate(http_requests_total{status="500"}[1m])) > 0.01'
    const page = await rig.open(at(query, '&view=tree'))
    const nodes = page.getByTestId('tree-node')
    await nodes.nth(4).waitFor()
    const kinds = await nodes.evaluateAll((all) => all.map((one) => one.getAttribute('data-kind')))
    expect(kinds).toEqual(['binary', 'aggregation', 'call', 'matrix', 'selector', 'number'])
    expect(await nodes.nth(1).innerText()).toMatch(/sum by \(handler\)[\s\S]*Series\s+4[\s\S]* ms · \d+ %/)
    expect(await nodes.nth(2).innerText()).toMatch(/rate[\s\S]*Series\s+12/)
    expect(await nodes.nth(4).innerText()).toMatch(/Series\s+12[\s\S]*Samples\s+1\.\d+k/)
    await nodes.nth(2).getByRole('button').first().click()
    expect(await page.evaluate('getSelection().toString()')).toBe('rate(http_requests_total{status="500"}[1m])')
    await nodes
      .nth(2)
      .getByRole('button', { name: /^Run rate/ })
      .click()
    await untilAddress(
      page,
      ({ searchParams }) => searchParams.get('query') === 'rate(http_requests_total{status="500"}[1m])',
    )
    await page.context().close()
  })

  test('shows the samples behind a query, of each of its selectors', async () => {
    const page = await rig.open(at('sum(rate(http_requests_total[1m])) / sum(http_requests_in_flight)', '&view=raw'))
    const rows = page.getByRole('region', { name: 'Raw samples' }).locator('tbody tr[data-row]')
    await rows.first().waitFor()
    const pick = page.getByRole('combobox', { name: 'Samples of' })
    expect(await pick.inputValue()).toBe('http_requests_total[30m]')
    expect(await rows.first().innerText()).toContain('handler=')
    await pick.click()
    await option(page, 'http_requests_in_flight[30m]').click()
    await until(page, "!document.querySelector('tbody tr[data-row]')?.textContent.includes('handler=')")
    await page.context().close()
  })

  test('sorts and searches the legend', async () => {
    const page = await rig.open(at('http_requests_total'))
    await page.getByTestId('chart').waitFor()
    const rows = page.locator('button[aria-pressed][aria-description]')
    await page
      .getByRole('textbox', { name: 'Search series' })
      .or(page.getByRole('searchbox', { name: 'Search series' }))
      .fill('checkout 500')
    await until(page, "document.querySelectorAll('button[aria-pressed][aria-description]').length === 3")
    await page.getByRole('button', { name: 'Sort by Last' }).click()
    const values = await rows.evaluateAll((all) => all.map((one) => one.children[3]?.textContent ?? ''))
    const numbers = values.map((text) => Number.parseFloat(text))
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a))
    expect(Number.isNaN(numbers[0])).toBe(false)
    await page.context().close()
  })

  test('remembers queries: searched, starred, and kept for the next visit', async () => {
    const page = await rig.open(at('http_requests_in_flight'))
    await page.getByTestId('chart').waitFor()
    await page.goto(`${rig.bongsu.url}${at(RATE)}`)
    await page.getByTestId('chart').waitFor()
    await page.getByRole('button', { name: 'History' }).click()
    const entries = page.getByTestId('history-entry')
    await entries.nth(1).waitFor()
    expect(await entries.first().innerText()).toContain(RATE)
    await page.getByLabel('Search queries').fill('in_flight')
    await until(page, "document.querySelectorAll('[data-testid=history-entry]').length === 1")
    await entries.getByRole('button', { name: 'Add to favourites' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByText('Favourites', { exact: true }).click()
    await entries.getByText('http_requests_in_flight').click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('query') === 'http_requests_in_flight')
    await page.context().close()
  })

  test('a query that takes long can be cancelled, and run again', async () => {
    const page = await rig.open('/explore?from=now-30m&to=now')
    let held = true
    await page.route('**/api/v1/query_range*', (route) => (held ? undefined : route.continue()))
    await typed(page, 'up')
    await page.keyboard.press('Control+Enter')
    const given = page.waitForEvent('requestfailed', (request) => request.url().includes('query_range'))
    await page.getByRole('button', { name: 'Cancel' }).click()
    await given
    await page.getByText('Cancelled').waitFor()
    held = false
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByTestId('chart').waitFor()
    await page.context().close()
  })

  test('shows refusals with advice', async () => {
    const page = await rig.open(at('http_requests_total + on (instance) process_resident_memory_bytes'))
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('422 execution')
    expect(await page.getByTestId('advice').innerText()).toContain('group_left or group_right')
    await page.goto(`${rig.bongsu.url}${at('rate(up)')}`)
    await page.getByTestId('advice').waitFor()
    expect(await page.getByTestId('advice').innerText()).toContain('Add a range in brackets')
    await page.context().close()
  })

  test('asks for some hundreds of many series, and for all when told so', async () => {
    const page = await rig.open(at('many_items'))
    await page.getByText(`Drawing 50 of ${MANY} series`).waitFor()
    await page.getByRole('button', { name: `Show all ${MANY}` }).click()
    await page.locator(`[data-testid=chart][data-series="${MANY}"]`).waitFor()
    await page.context().close()
  })

  test('says what to do with a range vector, and where a query lost its series', async () => {
    const page = await rig.open(at('http_requests_total[5m]'))
    await page.getByText('A range vector has no graph').waitFor()
    await page.getByRole('button', { name: 'rate(http_requests_total[5m])', exact: true }).click()
    await page.getByTestId('chart').waitFor()
    await page.goto(`${rig.bongsu.url}${at('http_requests_in_flight > 1e9')}`)
    await page.getByText('Nothing is left').waitFor()
    await page.locator('[data-state=empty]').getByRole('button', { name: 'Explain' }).click()
    await page.getByTestId('tree-node').first().waitFor()
    await page.context().close()
  })

  test('fits a phone, with every view', async () => {
    const page = await rig.open(at(RATE, `&query.b=${encodeURIComponent(BUCKETS)}&view.b=heatmap`), {
      viewport: { width: 390, height: 780 },
    })
    await page.getByTestId('heatmap').waitFor()
    for (const view of ['Table', 'Raw samples', 'Explain', 'Heatmap']) {
      await page.locator('[data-panel=b]').getByText(view, { exact: true }).first().click()
      await page.locator('[data-panel=b] [data-state=skeleton]').waitFor({ state: 'detached' })
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        view,
      ).toBeLessThanOrEqual(0)
    }
    await page.context().close()
  })
})
