/** A million active series: what they take of memory once all is written, and after further scrapes of them. */
import { cpuSeconds, residentBytes } from '../support/process-figures.ts'
import { load } from '../support/remote-write-load.ts'
import { podSeries } from '../support/remote-write-layout.ts'
import type { Labels } from '../support/remote-write-layout.ts'
import { sleep } from '../support/scenario.ts'
import type { Figures, Scenario } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target } from '../support/targets.ts'
import { groupsOf, makeBodies, STEP_MS } from '../support/write-bodies.ts'
import type { Body } from '../support/write-bodies.ts'

const SENDERS = 4
const LIMITS = 'limits: { max_global_series_per_user: 0, max_global_series_per_metric: 0 }\n'

export function millionScenario(quick: boolean): Scenario {
  const pods = quick ? 500 : 5000
  // The first brings the series, the others follow at the pace of real ones.
  const scrapes = quick ? 2 : 4
  let made: readonly Body[] | undefined
  return {
    name: 'million',
    summary: `${pods * 200} active series of ten labels, ${scrapes} scrapes`,
    rounds: 1,
    variants: [`${pods * 200} series`],
    figures: {
      registered: { label: 'first scrape', unit: 'series/s', better: 'more' },
      registeredPerCpu: { label: 'first scrape', unit: 'series/CPU s', better: 'more' },
      settledMiB: { label: 'resident, written', unit: 'MiB', better: 'less' },
      steadyMiB: { label: 'resident, after further scrapes', unit: 'MiB', better: 'less' },
      scrapeCpu: { label: 'a further scrape', unit: 'CPU s', better: 'less' },
    },
    measure: async (name, _variant, bench) => {
      made ??= makeBodies(groupsOf(fleet(pods), 2000), { layout: 'd1', scrapes, end: Date.now() })
      const target = await bench.targets.start(name, { bongsuConfig: LIMITS })
      try {
        return await million(target, made, scrapes, quick ? 5 : 45)
      } finally {
        await target.stop()
      }
    },
  }
}

/** `component` has few values here: a label that is different in each of a million series is nobody's. */
function* fleet(pods: number): Generator<readonly Labels[]> {
  for (let pod = 0; pod < pods; pod++) {
    yield podSeries(pod).map((labels, i) =>
      labels.map(([name, value]) => [name, name === 'component' ? `component-${i % 8}` : value] as const),
    )
  }
}

async function million(target: Target, bodies: readonly Body[], scrapes: number, settleFor: number): Promise<Figures> {
  const aScrape = bodies.length / scrapes
  const options = { url: target.writeUrl, senders: SENDERS, pid: target.pid }
  const first = await load(options, bodies.slice(0, aScrape))
  await settle(target, settleFor)
  const settledMiB = residentBytes(target.pid) / 2 ** 20
  const before = cpuSeconds(target.pid)
  for (let scrape = 1; scrape < scrapes; scrape++) {
    const started = performance.now()
    await load(options, bodies.slice(scrape * aScrape, (scrape + 1) * aScrape))
    await sleep(Math.max(0, STEP_MS - (performance.now() - started)))
  }
  return {
    registered: first.samples / first.seconds,
    registeredPerCpu: first.samples / first.cpuSeconds,
    settledMiB,
    steadyMiB: residentBytes(target.pid) / 2 ** 20,
    scrapeCpu: (cpuSeconds(target.pid) - before) / (scrapes - 1),
  }
}
