/** Steady writes and queries for a while (BONGSU_SOAK_SECONDS, 20 by default): memory and open files do not creep up. */
import { expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import { ownMetrics } from '../support/own-metrics.ts'
import { api, vector } from '../support/prometheus-api.ts'
import { postWrite } from '../support/remote-write-sender.ts'

const SECONDS = Number(process.env['BONGSU_SOAK_SECONDS'] ?? 20)
const SERIES = 1000
const MIB = 1024 * 1024
const DELAY = 'bongsu_process_event_loop_delay_seconds'

/** The least bucket bound that `share` of the observations do not exceed. */
function quantile(own: ReadonlyMap<string, number>, share: number): number {
  const wanted = (own.get(`${DELAY}_count`) ?? 0) * share
  const bounds = [...own].flatMap(([name, count]): number[] => {
    const le = /_bucket\{le="([^"]+)"\}$/.exec(name.startsWith(DELAY) ? name : '')?.[1]
    return le === undefined || count < wanted ? [] : [le === '+Inf' ? Infinity : Number(le)]
  })
  return Math.min(...bounds)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test(`${SECONDS} s of steady work`, { timeout: SECONDS * 1000 + 60_000 }, async () => {
  const config = 'head: { flush_interval: 2s }\nself_scrape: { interval: 1s }'
  const bongsu = await startBongsu({ config })
  const rss: number[] = []
  const files: number[] = []
  let batches = 0
  const writeOne = async (): Promise<void> => {
    const timestamp = Date.now()
    const series = Array.from({ length: SERIES }, (_, i) => ({
      labels: [['__name__', 'soak'] as const, ['i', String(i)] as const],
      samples: [{ value: batches + i, timestamp }],
    }))
    expect((await postWrite(bongsu.url, series, batches % 2 === 0 ? 1 : 2)).status).toBe(204)
    batches++
  }
  try {
    const began = performance.now()
    while (performance.now() - began < SECONDS * 1000) {
      await writeOne()
      expect(await vector(bongsu.url, 'soak{i=~"1.."}')).toHaveLength(100)
      await api(bongsu.url, 'label/i/values')
      if (batches % 10 !== 0) continue
      const own = await ownMetrics(bongsu.url)
      rss.push(own.get('process_resident_memory_bytes') ?? NaN)
      files.push(own.get('process_open_fds') ?? NaN)
    }
    const own = await ownMetrics(bongsu.url)
    const quarter = Math.floor(rss.length / 4)
    expect(quarter).toBeGreaterThan(1)
    // The first quarter is the warming up: caches fill, the heap finds its size.
    const [early, late] = [rss.slice(quarter, 2 * quarter), rss.slice(-quarter)]
    console.log(
      `${batches} batches of ${SERIES}; ${Math.round(mean(early) / MIB)} -> ${Math.round(mean(late) / MIB)} MiB;`,
      `files ${files.slice(0, 3).join(' ')} ... ${files.slice(-3).join(' ')};`,
      `event loop p99 <= ${quantile(own, 0.99)} s`,
    )
    expect(mean(late)).toBeLessThan(mean(early) * 1.25 + 64 * MIB)
    expect(Math.max(...files.slice(-quarter))).toBeLessThanOrEqual(Math.max(...files.slice(0, 2 * quarter)) + 64)
    expect(quantile(own, 0.99)).toBeLessThanOrEqual(1)
    expect(own.get('bongsu_store_pending_bytes')).toBeLessThan(32 * MIB)
  } finally {
    expect(await bongsu.stop()).toBe(0)
  }
})
