/** What the browser tests share: a real Bongsu with known targets, and Debian's Chromium looking at its page. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { eventually } from '../support/eventually.ts'
import { vector } from '../support/prometheus-api.ts'

const CHROMIUM = process.env['BONGSU_CHROMIUM'] ?? '/usr/bin/chromium'

/** False on a machine without Chromium: the tests are skipped then, with a line that says how to get it. */
export const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) console.log(`browser tests are skipped: no ${CHROMIUM} (apt-get install -y chromium fonts-noto-cjk)`)

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** As many as the explorer draws without being asked, and ten more. */
export const SHARDS = 60

/** A target with all that the pages show: types, help, units, many series, a moving gauge. */
function exposition(scrapes: number): string {
  const shards = Array.from({ length: SHARDS }, (_, i) => `shop_shard_items{shard="${i}"} ${i * 10}`)
  return `# HELP shop_orders_total Orders taken.
# TYPE shop_orders_total counter
shop_orders_total{method="card",region="seoul"} ${100 + scrapes * 3}
shop_orders_total{method="card",region="busan"} ${50 + scrapes}
shop_orders_total{method="cash",region="seoul"} ${10 + scrapes}
# HELP shop_queue_bytes Bytes that wait to be sent.
# TYPE shop_queue_bytes gauge
shop_queue_bytes ${1024 * 1024 * (2 + (scrapes % 5))}
# HELP shop_shard_items Items of each shard.
# TYPE shop_shard_items gauge
${shards.join('\n')}
`
}

export interface BrowserRig {
  readonly bongsu: BongsuProcess
  /** A fresh browser profile at a path of the page. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** Throws when any page so far had errors on its console, refused scripts, or requests to elsewhere. */
  assertNoFaults(): void
  stop(): Promise<void>
}

/** Starts target, Bongsu and browser, and waits for the first samples. */
export async function startRig(args: readonly string[] = []): Promise<BrowserRig> {
  let scrapes = 0
  const target = createServer((_, response) =>
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition(scrapes++)),
  )
  await new Promise<void>((done) => target.listen(0, '127.0.0.1', done))
  const { port } = target.address() as AddressInfo
  const bongsu = await startBongsu({ config: configOf(port), args })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const faults: string[] = []
  const rig: BrowserRig = {
    bongsu,
    assertNoFaults: () => {
      const found = faults.splice(0)
      if (found.length > 0) throw new Error(`the page is at fault:\n${found.join('\n')}`)
    },
    open: (path, options = {}) => openPage(browser, bongsu.url, path, options, faults),
    stop: async () => {
      await browser.close()
      await bongsu.stop()
      target.closeAllConnections()
      target.close()
    },
  }
  try {
    await eventually('samples of the target', async () => {
      const found = await vector(bongsu.url, 'shop_queue_bytes')
      return found.length > 0 && scrapes > 2 ? found : undefined
    })
  } catch (error) {
    await rig.stop()
    throw error
  }
  return rig
}

function configOf(port: number): string {
  return `
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: shop
    static_configs:
      - targets: ['127.0.0.1:${port}']
        labels: { team: store }
  - job_name: gone
    static_configs:
      - targets: ['127.0.0.1:1']
  - job_name: dropped
    static_configs:
      - targets: ['10.9.8.7:9999']
    relabel_configs:
      - action: drop
        source_labels: [__address__]
        regex: '10\\..*'
`
}

async function openPage(
  browser: Browser,
  base: string,
  path: string,
  options: BrowserContextOptions,
  faults: string[],
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    locale: 'en-US',
    timezoneId: 'Asia/Seoul',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => faults.push(`${path}: ${error.message}`))
  page.on('console', (message) => {
    // The network's own lines are about answers that tests provoke.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`${path}: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== new URL(base).origin && url.protocol.startsWith('http'))
      faults.push(`${path}: asked ${url.origin}`)
  })
  await page.goto(base + path)
  return page
}

/** The address bar's parameters. */
export const paramsOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams)

/** Waits until the address says what is wanted. */
export async function untilAddress(page: Page, wanted: (url: URL) => boolean): Promise<void> {
  await page.waitForURL((url) => wanted(url))
}
