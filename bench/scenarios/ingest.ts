/** Remote write: accepted samples a second, and what they cost, with everything written and merged that the load left behind. */
import { keptBytes } from '../support/disk.ts'
import { cpuSeconds, residentBytes, threadSeconds } from '../support/process-figures.ts'
import { load } from '../support/remote-write-load.ts'
import { podSeries } from '../support/remote-write-layout.ts'
import type { Figures, Scenario } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target } from '../support/targets.ts'
import { groupsOf, LAYOUTS, makeBodies } from '../support/write-bodies.ts'
import type { Body, Layout } from '../support/write-bodies.ts'

/** 32,000 series: sixteen senders of 2,000 series each. */
const PODS = 160

export function ingestScenario(quick: boolean): Scenario {
  const scrapes: Readonly<Record<Layout, number>> = quick ? { d1: 15, d10: 50 } : { d1: 60, d10: 240 }
  const made = new Map<Layout, Body[]>()
  const bodiesOf = (layout: Layout): Body[] => {
    const fleet = Array.from({ length: PODS }, (_, pod) => podSeries(pod))
    const groups = groupsOf(fleet, LAYOUTS[layout].seriesPerRequest)
    const bodies = made.get(layout) ?? makeBodies(groups, { layout, scrapes: scrapes[layout], end: Date.now() })
    made.set(layout, bodies)
    return bodies
  }
  return {
    name: 'ingest',
    summary: `remote write of ${PODS * 200} series, d1 (2,000 series a request, ${scrapes.d1} scrapes) and d10 (500 series of ten samples, ${scrapes.d10} scrapes)`,
    rounds: 1,
    variants: ['d1, 2 senders', 'd1, 16 senders', 'd10, 2 senders', 'd10, 16 senders'],
    figures: {
      perSecond: { label: 'accepted', unit: 'samples/s', better: 'more' },
      perCpuSecond: { label: 'until the last answer', unit: 'samples/CPU s', better: 'more' },
      perCpuSecondSettled: { label: 'until written and merged', unit: 'samples/CPU s', better: 'more' },
      bytesPerSample: { label: 'kept on disk', unit: 'B/sample', better: 'less' },
      residentMiB: { label: 'resident memory', unit: 'MiB', better: 'less' },
      mainNs: { label: 'of it: event loop', unit: 'CPU ns/sample' },
      helpersNs: { label: 'of it: V8 and file writes', unit: 'CPU ns/sample' },
      storeNs: { label: 'of it: inserts', unit: 'CPU ns/sample' },
      mergesNs: { label: 'of it: merges', unit: 'CPU ns/sample' },
    },
    measure: async (name, variant, bench) => {
      const [layout = 'd1', senders = '2'] = variant.replace(' senders', '').split(', ')
      const bodies = bodiesOf(layout as Layout)
      const target = await bench.targets.start(name)
      try {
        return await ingest(target, Number(senders), bodies)
      } finally {
        await target.stop()
      }
    },
  }
}

async function ingest(target: Target, senders: number, bodies: readonly Body[]): Promise<Figures> {
  const before = cpuSeconds(target.pid)
  const threadsBefore = threadSeconds(target.pid)
  const { samples, seconds, cpuSeconds: used } = await load({ url: target.writeUrl, senders, pid: target.pid }, bodies)
  const isSettled = await settle(target)
  const settled = cpuSeconds(target.pid) - before
  const threads = threadSeconds(target.pid)
  const ns = (kind: keyof typeof threads): number => ((threads[kind] - threadsBefore[kind]) / samples) * 1e9
  return {
    perSecond: samples / seconds,
    perCpuSecond: samples / used,
    ...(isSettled ? { perCpuSecondSettled: samples / settled } : {}),
    residentMiB: residentBytes(target.pid) / 2 ** 20,
    bytesPerSample: (await keptBytes(target)) / samples,
    ...(target.name === 'bongsu'
      ? { mainNs: ns('main'), helpersNs: ns('helpers'), storeNs: ns('store'), mergesNs: ns('merges') }
      : {}),
  }
}
