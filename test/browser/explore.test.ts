import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, paramsOf, SHARDS, startRig, untilAddress } from './rig.ts'
import type { BrowserRig } from './rig.ts'

const at = (query: string, rest = ''): string => `/explore?from=now-5m&to=now&query=${encodeURIComponent(query)}${rest}`
const chart = (page: Page) => page.getByTestId('chart')
const drawn = async (page: Page): Promise<number> => {
  await chart(page).waitFor()
  return Number(await chart(page).getAttribute('data-series'))
}

/** Pixels of the chart that are not empty: axes and grid are some thousands, so lines are looked for by their colour. */
const paintedWith = (page: Page, token: string): Promise<number> =>
  page.evaluate(`(() => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue('${token}').trim()
    const want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))
    const canvas = document.querySelector('[data-testid=chart] canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let found = 0
    for (let i = 0; i < data.length; i += 4)
      if (want.every((value, k) => Math.abs(data[i + k] - value) < 12) && data[i + 3] > 200) found++
    return found
  })()`)

describe.skipIf(!hasChromium)('the metrics explorer', () => {
  let rig: BrowserRig
  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(() => rig.stop())
  afterEach(() => rig.assertNoFaults())

  test('lists metrics with type and help, finds one, and draws it', async () => {
    const page = await rig.open('/explore?from=now-5m&to=now')
    await page.getByText('Pick a metric').waitFor()
    await page.getByLabel('Search metrics').fill('queue shop')
    const item = page.getByTestId('metric-list').getByRole('button')
    await page.getByText('1 metric', { exact: true }).waitFor()
    const text = await item.innerText()
    expect(text).toContain('shop_queue_bytes')
    expect(text).toContain('gauge')
    expect(text).toContain('Bytes that wait to be sent.')
    await item.click()
    expect(await drawn(page)).toBe(1)
    expect(paramsOf(page)).toMatchObject({ query: 'shop_queue_bytes', find: 'queue shop' })
    const colours = await Promise.all(Array.from({ length: 10 }, (_, i) => paintedWith(page, `--b-series-${i}`)))
    expect(Math.max(...colours)).toBeGreaterThan(20)
    await page.context().close()
  })

  test('shows values in their unit under the pointer, and at the cursor of the keyboard', async () => {
    const page = await rig.open(at('shop_queue_bytes'))
    await drawn(page)
    const box = await chart(page).boundingBox()
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 20, (box?.y ?? 0) + 120)
    await page
      .getByText(/^\d(\.\d+)? MiB$/)
      .first()
      .waitFor()
    await chart(page).focus()
    await page.keyboard.press('End')
    await page.locator('[aria-live=polite]', { hasText: /shop_queue_bytes.*MiB/ }).waitFor()
    await page.context().close()
  })

  test('completes metric names and label values from the server; Enter accepts, Enter again runs', async () => {
    const page = await rig.open('/explore?from=now-5m&to=now')
    const editor = page.getByRole('textbox', { name: 'Query' })
    await page.locator('.cm-content').waitFor()
    await editor.click()
    await page.keyboard.type('shop_ord')
    const option = page.getByRole('option', { name: /shop_orders_total/ })
    await option.waitFor()
    expect(await option.innerText()).toContain('counter')
    await page.keyboard.press('Enter')
    await page.keyboard.type('{region="bu')
    await page.getByRole('option', { name: 'busan' }).waitFor()
    await page.keyboard.press('Enter')
    await untilEditor(page, 'shop_orders_total{region="busan"}')
    await page.keyboard.press('Enter')
    expect(await drawn(page)).toBe(1)
    expect(paramsOf(page)['query']).toBe('shop_orders_total{region="busan"}')
    await page.context().close()
  })

  test("shows the server's refusal in its own words, and where in the query it is", async () => {
    const page = await rig.open(at('shop_orders_total{region==1}'))
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toContain('parse error')
    expect(await alert.innerText()).toContain('400 bad_data')
    await page.locator('.cm-lintRange-error').first().waitFor()
    expect(await page.locator('[data-state=empty]').count()).toBe(0)
    await page.context().close()
  })

  test('tells the three kinds of nothing apart, and helps out of each', async () => {
    const page = await rig.open(at('shop_orders_total{region="seoul", method="barter"}'))
    await page.getByText('No series match').waitFor()
    await page.getByRole('button', { name: 'Without method="barter"' }).click()
    expect(await drawn(page)).toBe(2)

    await page.goto(`${rig.bongsu.url}/explore?query=shop_orders_total&from=1700000000000&to=1700003600000`)
    await page.getByText('No data in this range').waitFor()
    await page.getByRole('button', { name: 'Last 1 d' }).click()
    expect(await drawn(page)).toBe(3)

    await page.goto(`${rig.bongsu.url}${at('shop_orders_total', '&tenant=somebody-else')}`)
    await page.getByText('Nothing received yet').waitFor()
    expect(await page.getByRole('button', { name: 'See targets' }).isVisible()).toBe(true)
    await page.context().close()
  })

  test('shows a skeleton at first, later a thin bar over what was there, and keeps it through a failure', async () => {
    const page = await rig.open('/explore?from=now-5m&to=now')
    const gate = await holdBack(page, '**/api/v1/query_range*')
    await page.goto(`${rig.bongsu.url}${at('shop_orders_total')}`)
    await page.locator('[data-state=skeleton]').last().waitFor()
    await gate.release()
    expect(await drawn(page)).toBe(3)
    expect(await page.locator('main [data-state=skeleton]').count()).toBe(0)

    await gate.hold()
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.locator('main [data-state=loading]').waitFor()
    expect(await drawn(page)).toBe(3)
    await gate.fail()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toContain('The server cannot be reached')
    expect(await drawn(page)).toBe(3)

    await gate.release()
    await alert.getByRole('button', { name: 'Try again' }).click()
    await alert.waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('draws fifty of many series and says so; more on demand', async () => {
    const page = await rig.open(at('shop_shard_items'))
    expect(await drawn(page)).toBe(50)
    await page.getByText(`Drawing 50 of ${SHARDS} series`).waitFor()
    await page.getByRole('button', { name: `Draw ${SHARDS}` }).click()
    await page.locator(`[data-testid=chart][data-series="${SHARDS}"]`).waitFor()
    await page.context().close()
  })

  test('hides and isolates series by the legend', async () => {
    const page = await rig.open(at('shop_orders_total'))
    expect(await drawn(page)).toBe(3)
    const row = page.locator('button[aria-pressed]', { hasText: 'busan' })
    await row.click()
    await page.locator('[data-testid=chart][data-series="1"]').waitFor()
    await row.click()
    await page.locator('[data-testid=chart][data-series="3"]').waitFor()
    await row.click({ modifiers: ['Control'] })
    await page.locator('[data-testid=chart][data-series="2"]').waitFor()
    expect(await row.getAttribute('aria-pressed')).toBe('false')
    await page.context().close()
  })

  test('zooms in by dragging, and out again', async () => {
    const page = await rig.open(at('shop_orders_total'))
    await drawn(page)
    const box = await page.locator('[data-testid=chart] .u-over').boundingBox()
    const y = (box?.y ?? 0) + 80
    await page.mouse.move((box?.x ?? 0) + 100, y)
    await page.mouse.down()
    await page.mouse.move((box?.x ?? 0) + 300, y, { steps: 5 })
    await page.mouse.up()
    await untilAddress(page, ({ searchParams }) => /^\d+$/.test(searchParams.get('from') ?? ''))
    const { from, to } = paramsOf(page)
    const length = Number(to) - Number(from)
    expect(length).toBeGreaterThan(10_000)
    expect(length).toBeLessThan(150_000)
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('from') !== from)
    const wider = paramsOf(page)
    expect(Math.abs(Number(wider['to']) - Number(wider['from']) - 2 * length)).toBeLessThan(3)
    await page.context().close()
  })

  test('breaks a result down by its labels, and narrows the query by a click', async () => {
    const page = await rig.open(at('shop_orders_total'))
    await drawn(page)
    await page.getByRole('button', { name: /^region/ }).click()
    await page.getByRole('button', { name: 'busan', exact: true }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('query') === 'shop_orders_total{region="busan"}')
    await untilEditor(page, 'shop_orders_total{region="busan"}')
    await page.goBack()
    await page.locator('[data-testid=chart][data-series="3"]').waitFor()
    await page.getByRole('button', { name: /^method/ }).click()
    await page.getByRole('button', { name: 'Leave out cash' }).click()
    await untilAddress(page, ({ searchParams }) => searchParams.get('query') === 'shop_orders_total{method!="cash"}')
    await page.context().close()
  })

  test('shows newest values as a table that can be sorted', async () => {
    const page = await rig.open(at('shop_shard_items', '&view=table'))
    const table = page.getByRole('region', { name: 'Table' })
    await table.getByRole('button', { name: 'Value' }).click()
    const first = table.locator('tbody tr[data-row]').first()
    expect(await first.innerText()).toMatch(new RegExp(`^${SHARDS - 1}\\s+${(SHARDS - 1) * 10}$`))
    await table.getByRole('button', { name: 'Value' }).click()
    expect(await first.innerText()).toMatch(/^0\s+0$/)
    await page.context().close()
  })

  test('shows samples as stored, to the millisecond', async () => {
    const page = await rig.open(at('shop_queue_bytes', '&view=raw'))
    const rows = page.getByRole('region', { name: 'Raw samples' }).locator('tbody tr[data-row]')
    await rows.nth(1).waitFor()
    expect(await rows.first().innerText()).toMatch(/shop_queue_bytes.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\s+\d+/s)
    await page.context().close()
  })

  test('shows what a chart shows as a table too', async () => {
    const page = await rig.open(at('shop_orders_total'))
    await drawn(page)
    await page.getByRole('button', { name: 'Show chart as table' }).click()
    const table = page.getByRole('region', { name: 'Show chart as table' })
    expect(await table.locator('thead th').count()).toBe(4)
    expect(await table.locator('tbody tr[data-row]').count()).toBeGreaterThan(0)
    await page.context().close()
  })

  test('an address opens the very same view, drawing style and all', async () => {
    const page = await rig.open(at('shop_orders_total', '&draw=stack&scale=zero&step=15s&tz=utc'))
    await drawn(page)
    expect(await page.getByRole('combobox', { name: 'Draw as' }).inputValue()).toBe('Stacked')
    expect(await page.getByRole('combobox', { name: 'Value axis' }).inputValue()).toBe('Axis: from zero')
    await page.getByText('step 15s').waitFor()
    await page.getByRole('button', { name: /Last 5 min UTC/ }).waitFor()
    await page.context().close()
  })
})

async function untilEditor(page: Page, text: string): Promise<void> {
  await page.waitForFunction(`document.querySelector('.cm-content')?.textContent === ${JSON.stringify(text)}`)
}

interface Gate {
  hold(): Promise<void>
  /** Lets through what waits and what comes. */
  release(): Promise<void>
  /** Breaks off what waits and what comes. */
  fail(): Promise<void>
}

/** Holds answers of an address back, lets them through, or breaks them off, as a test says. Begins by holding. */
async function holdBack(page: Page, pattern: string): Promise<Gate> {
  let mode: 'hold' | 'release' | 'fail' = 'hold'
  let waiting: (() => Promise<void>)[] = []
  await page.route(pattern, async (route) => {
    const go = async (): Promise<void> => (mode === 'fail' ? route.abort('connectionrefused') : route.continue())
    if (mode === 'hold') waiting.push(go)
    else await go()
  })
  const set = async (next: typeof mode): Promise<void> => {
    mode = next
    const due = waiting
    waiting = []
    // A request that the page has given up meanwhile has nothing left to answer.
    for (const go of due) await go().catch(() => undefined)
  }
  return {
    hold: () => {
      mode = 'hold'
      return Promise.resolve()
    },
    release: () => set('release'),
    fail: () => set('fail'),
  }
}
