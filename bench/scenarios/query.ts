/** Selectors over what is in memory, and over what only the tables hold. For orientation: no arithmetic, no aggregation. */
import { cpuSeconds, percentile } from '../support/process-figures.ts'
import { ask } from '../support/queries.ts'
import { load } from '../support/remote-write-load.ts'
import { podSeries } from '../support/remote-write-layout.ts'
import type { Figures, FigureSpec, Scenario } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target } from '../support/targets.ts'
import { groupsOf, makeBodies, STEP_MS } from '../support/write-bodies.ts'
import type { Body } from '../support/write-bodies.ts'

const PODS = 50
/** Bongsu keeps in memory what is younger than this; the others have no such border, and get the same queries. */
const HEAD_MS = 1_200_000
const RANGE_MS = 600_000

const QUERIES: Readonly<Record<string, string>> = {
  'one series': 'worker_queue_3_processed_bytes_total{pod="checkout-0-0"}',
  'up, 50 series': 'up',
  '1,400 series': 'http_requests_total',
}

const PLACES = ['memory', 'disk'] as const

const cellOf = (place: string, kind: string, query: string, what: 'p50' | 'CPU'): string =>
  `${place}: ${kind}, ${query}, ${what}`

function figuresOf(): Record<string, FigureSpec> {
  const figures: Record<string, FigureSpec> = {}
  for (const place of PLACES) {
    for (const kind of ['instant', '10 min']) {
      for (const query of Object.keys(QUERIES)) {
        for (const what of ['p50', 'CPU'] as const) {
          const label = cellOf(place, kind, query, what)
          figures[label] = { label, unit: 'ms', better: 'less' }
        }
      }
    }
  }
  return figures
}

export function queryScenario(quick: boolean): Scenario {
  const scrapes = quick ? 200 : 400
  const repeats = quick ? 30 : 150
  let data: { readonly bodies: readonly Body[]; readonly end: number } | undefined
  return {
    name: 'query',
    summary: `selectors over 10,000 series, ${repeats} times each, of the newest ten minutes (in Bongsu's memory) and the oldest (on disk)`,
    rounds: 1,
    variants: ['selectors'],
    figures: figuresOf(),
    measure: async (name, _variant, bench) => {
      const end = data?.end ?? Date.now()
      const fleet = Array.from({ length: PODS }, (_, pod) => podSeries(pod))
      data ??= { bodies: makeBodies(groupsOf(fleet, 500), { layout: 'd10', scrapes, end }), end }
      const target = await bench.targets.start(name, { bongsuConfig: `head: { max_age: ${HEAD_MS / 60_000}m }\n` })
      try {
        await load({ url: target.writeUrl, senders: 2, pid: target.pid }, data.bodies)
        await settle(target, 45)
        const times = { memory: end - STEP_MS, disk: end - (scrapes - 1) * STEP_MS + RANGE_MS }
        const figures: Record<string, number> = {}
        for (const place of PLACES) Object.assign(figures, await queryAt(target, place, times[place], repeats))
        return figures
      } finally {
        await target.stop()
      }
    },
  }
}

async function queryAt(target: Target, place: string, time: number, repeats: number): Promise<Figures> {
  const figures: Record<string, number> = {}
  const kinds = [
    ['instant', { time }],
    ['10 min', { start: time - RANGE_MS, end: time, stepMs: STEP_MS }],
  ] as const
  for (const [kind, at] of kinds) {
    for (const [label, text] of Object.entries(QUERIES)) {
      const latencies: number[] = []
      const before = cpuSeconds(target.pid)
      for (let n = 0; n < repeats; n++) {
        const started = performance.now()
        const found = await ask(target, text, at)
        latencies.push(performance.now() - started)
        if (found.length === 0) throw new Error(`${target.name} found nothing for ${text}`)
      }
      figures[cellOf(place, kind, label, 'p50')] = percentile(latencies, 0.5)
      figures[cellOf(place, kind, label, 'CPU')] = ((cpuSeconds(target.pid) - before) / repeats) * 1000
    }
  }
  return figures
}
